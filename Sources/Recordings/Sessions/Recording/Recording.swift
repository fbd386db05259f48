public import Foundation

/// A recording as files of other programs see it: tracks of uniform rate and markers on one time axis.
///
/// What exporters take and importers give. Times are seconds from the recording's second 0: its earliest stamp of a sample, a marker or a
/// device's event, where stamps of samples are fitted to all arrivals. Event log, verification and annotations of a session count from the
/// session's start instead; ``sessionTime`` is the difference.
public struct Recording: Sendable {
    /// Samples of one stream on their own clock.
    public struct Track: Sendable {
        /// Frames that are missing just before a sample.
        public struct Gap: Sendable, Equatable {
            /// Index in the track of the first sample after the gap.
            public var index: Int
            /// Frames, counted by the device or by the stamps.
            public var count: Int

            public init(index: Int, count: Int) {
                self.index = index
                self.count = count
            }
        }

        public var name: String
        /// "EEG", "Audio", … as in XDF.
        public var type: String
        public var labels: [String]
        /// SI where the file says so ("V"), else the file's own word.
        public var units: [String]
        /// Hz of the track's own clock; 0 for irregular tracks.
        public var rate: Double
        /// Shape `[samples, channels]`.
        public var values: XDFValues
        /// Seconds from the recording's start, one per sample; empty when the track is uniform from ``start``.
        public var stamps: [Double] = []
        /// Seconds from the recording's start to the first sample.
        public var start = 0.0
        public var gaps: [Gap] = []
        /// The range that the device can deliver, per channel in `units`; empty when nothing is known.
        public var fullScale: [Double] = []
        /// How the file that it was read from holds it as whole numbers; nil where it holds none.
        public var digitisation: Digitisation?
        /// What the source tells of each channel beside label and unit, as elements of XDF's `channel` (type, reference, prefilter, …);
        /// empty where it tells nothing.
        var channelDetails: [[HeaderElement]] = []
        /// What the source tells of the stream beside its channels, as elements of XDF's `desc`.
        var details: [HeaderElement] = []
        /// Its place among the source's streams, those of texts counted; nil where there is no order.
        var place: Int?

        public init(
            name: String, type: String, labels: [String], units: [String], rate: Double, values: XDFValues, start: Double = 0
        ) {
            self.name = name
            self.type = type
            self.labels = labels
            self.units = units
            self.rate = rate
            self.values = values
            self.start = start
        }

        public var channels: Int { labels.count }
        public var samples: Int { labels.isEmpty ? 0 : values.count / labels.count }
        /// Frames with those that are missing.
        public var frames: Int { samples + gaps.reduce(0) { $0 + $1.count } }

        /// Seconds from the recording's start to the last sample; nil when there is none.
        public var lastTime: Double? {
            guard samples > 0 else { return nil }
            return stamps.last ?? start + (rate > 0 ? Double(frames - 1) / rate : 0)
        }

        /// Frames per second by the recording's clock, gaps counted; nil where one cannot tell. Its deviation from `rate`
        /// is the drift of the device's clock.
        public var measuredRate: Double? {
            guard let first = stamps.first, let last = stamps.last, last > first, rate > 0 else { return nil }
            return Double(frame(samples - 1) - frame(0)) / (last - first)
        }

        /// Seconds of the recording at which a uniform file of this track begins: its first frame, which may be a missing one.
        public var fileStart: Double {
            guard rate > 0, let first = stamps.first else { return start }
            return first - Double(frame(0)) / rate
        }

        /// Seconds of a moment on the recording's clock from the track's first frame, by the track's own clock: the time
        /// at which a uniform file of this track shows what happened then.
        public func fileTime(_ time: Double) -> Double {
            guard rate > 0, let first = stamps.first, let last = stamps.last else { return time - start }
            if time <= first { return Double(frame(0)) / rate + time - first }
            if time >= last { return Double(frame(samples - 1)) / rate + time - last }
            var (low, high) = (0, samples - 1)
            while high - low > 1 {
                let middle = (low + high) / 2
                if stamps[middle] <= time { low = middle } else { high = middle }
            }
            let span = stamps[high] - stamps[low]
            let part = span > 0 ? (time - stamps[low]) / span : 0
            let (before, after) = (frame(low), frame(high))
            return (Double(before) + part * Double(after - before)) / rate
        }

        /// What the source tells of a channel under a name; nil for nothing.
        func detail(_ name: String, of channel: Int) -> String? {
            guard channelDetails.indices.contains(channel) else { return nil }
            return channelDetails[channel].first { $0.name == name }.flatMap { $0.text.isEmpty ? nil : $0.text }
        }

        /// The frame, gaps counted, at which a sample stands.
        func frame(_ sample: Int) -> Int { sample + gaps.reduce(0) { $0 + ($1.index <= sample ? $1.count : 0) } }
    }

    public struct Marker: Sendable, Equatable {
        /// Seconds from the recording's start; below 0 for what happened before it.
        public var time: Double
        public var text: String
        /// Seconds; 0 for a moment.
        public var duration: Double
        /// Label of the channel whose code it tells ("Status" of BDF); nil for a marker of its own.
        public var channel: String?
        /// The stream that it is a sample of; nil for an annotation.
        public var stream: String?
        /// Its kind in the source's own words ("Stimulus" of a Brain Products amplifier), with which ``text`` begins: "Stimulus/S  1".
        public var type: String?

        public init(
            time: Double, text: String, duration: Double = 0, channel: String? = nil, stream: String? = nil, type: String? = nil
        ) {
            self.time = time
            self.text = text
            self.duration = duration
            self.channel = channel
            self.stream = stream
            self.type = type
        }
    }

    /// Texts of one stream at their times: what ``markers`` tell of it, as it was.
    public struct TextTrack: Sendable, Equatable {
        public var name: String
        public var type: String
        /// One for each text of a sample.
        public var labels: [String]
        /// Hz; 0 for irregular times, as nearly all are.
        public var rate: Double
        /// Seconds from the recording's start, one per sample.
        public var stamps: [Double]
        /// Shape `[samples, channels]`.
        public var texts: [String]
        var channelDetails: [[HeaderElement]] = []
        var details: [HeaderElement] = []
        var place: Int?

        public var channels: Int { labels.count }
    }

    /// When time 0 was, if the file says so.
    public var start: Date?
    public var subject: String?
    public var tracks: [Track] = []
    public var markers: [Marker] = []
    public var texts: [TextTrack] = []
    /// Second 0 on the clock that the source's stamps are of; nil where they have none of their own.
    public var clockZero: Double?
    /// Seconds from the session's start to second 0; nil where the recording is of no session.
    public var sessionTime: Double?
    /// What the source tells of the whole recording, under names of ours: format, edf_patient, edf_recording, brainvision_comment.
    public var metadata: [String: String] = [:]
    /// What the reader had to say about the file.
    public var remarks: [String] = []

    public init() {}
}
