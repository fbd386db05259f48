extension XDFReader {
    /// One stream of a file.
    public struct Stream: Sendable {
        public var id: UInt32
        public var name: String
        public var type: String
        public var channels: Int
        /// Hz; 0 for an irregular stream.
        public var nominalRate: Double
        public var format: XDFFormat
        /// One for each channel; "1", "2", … where the header names none.
        public var labels: [String]
        /// As the header has them, "" where it names none.
        public var units: [String]
        public var sourceID: String
        /// How the file that the stream was imported from holds it as whole numbers; nil where it holds none.
        public var digitisation: Recording.Track.Digitisation?
        /// What the header tells of each channel beside label, unit and numbers; empty where it tells nothing.
        var channelDetails: [[HeaderElement]] = []
        /// What the header's `desc` tells beside the channels.
        var details: [HeaderElement] = []
        /// Seconds, one per sample: as written, those not in the file placed by the nominal rate, then as the options ask.
        public var stamps: [Double] = []
        /// Shape `[samples, channels]`; empty for text and where only stamps were asked for.
        public var values = XDFValues.float32([])
        /// Shape `[samples, channels]`, for text.
        public var texts: [String] = []
        /// Collection time and offset, in seconds: what must be added to a stamp to bring it to the recorder's clock.
        public var clockOffsets: [(time: Double, offset: Double)] = []
        /// Ranges of samples between clock resets; one when there was none. Filled in by synchronisation.
        public var clockSegments: [Range<Int>] = []
        /// Ranges of samples without a break. Filled in by dejittering.
        public var segments: [Range<Int>] = []
        /// What is wrong with the rate that the header says, in words.
        private(set) var rateFault: String?
        public var hasFooter = false
        /// What the footer says, if there is one.
        public var footerSampleCount: Int?
        /// Byte at which the footer begins.
        var footerOffset = 0

        /// What a survey counted.
        struct Tally: Sendable {
            var samples = 0
            var first: Double?
            var last: Double?
            /// Of the recorder's own remarks (``isEventLog``): events of devices, and notes of gaps.
            var deviceEvents = 0
            var gaps = 0
        }
        /// Nil where the stamps are kept.
        var tally: Tally?

        public var samples: Int { tally?.samples ?? stamps.count }
        public var firstStamp: Double? { tally.map(\.first) ?? stamps.first }
        public var lastStamp: Double? { tally.map(\.last) ?? stamps.last }

        init?(id: UInt32, header: HeaderElement, channelsAtMost limit: Int = 1 << 20) {
            guard let channels = header["channel_count"].flatMap(Int.init), channels > 0, channels < 1 << 20,
                channels <= limit,
                let format = header["channel_format"].flatMap(XDFFormat.init(rawValue:))
            else { return nil }
            self.id = id
            self.channels = channels
            self.format = format
            values = XDFValues(empty: format)
            name = header["name"] ?? ""
            type = header["type"] ?? ""
            sourceID = header["source_id"] ?? ""
            let said = header["nominal_srate"]
            let rate = said.flatMap(Double.init) ?? .nan
            nominalRate = rate.isFinite && rate > 0 ? rate : 0
            if !(rate.isFinite && rate >= 0), let said {
                rateFault = "the nominal_srate “\(said.prefix(40))” is no rate; the stream counts as irregular"
            }
            let described =
                header.child("desc")?.child("channels")?.children.filter { $0.name == "channel" } ?? []
            labels = (0..<channels).map {
                described.count == channels ? described[$0]["label"] ?? "\($0 + 1)" : "\($0 + 1)"
            }
            units = (0..<channels).map { described.count == channels ? described[$0]["unit"] ?? "" : "" }
            guard let description = header.child("desc") else { return }
            details = description.children.filter { !["channels", "data_record"].contains($0.name) }
            guard described.count == channels else { return }
            digitisation = Recording.Track.Digitisation(description, channels: described)
            let rest = described.map { $0.children.filter { !Self.ownElements.contains($0.name) } }
            if rest.contains(where: { !$0.isEmpty }) { channelDetails = rest }
        }

        private static let ownElements: Set = ["label", "unit", "digitisation", "signal"]

        /// Channels of the stream in which imported annotations lie.
        static let annotationsName = "annotations"
        static let annotationLabels = ["description", "duration_s", "channel"]
        /// Its samples are annotations with a duration.
        public var isAnnotations: Bool { format == .string && labels == Self.annotationLabels }

        /// What is said at each sample of a stream of texts, without the recorder's notes of gaps.
        public var markerTexts: [String] {
            if isEventLog { return texts.filter { GapMarker($0) == nil } }
            return isAnnotations ? stride(from: 0, to: texts.count, by: channels).map { texts[$0] } : texts
        }
    }
}
