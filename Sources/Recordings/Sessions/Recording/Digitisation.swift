import Texts

extension Recording.Track {
    /// How the file that a track was read from holds it as whole numbers, so that a file of the same kind can hold it again without
    /// a change.
    public struct Digitisation: Sendable, Equatable {
        /// The straight line through a channel's numbers: `digitalMinimum` stands for `physicalMinimum`, and so the maxima.
        public struct Channel: Sendable, Equatable {
            public var physicalMinimum: Double
            public var physicalMaximum: Double
            public var digitalMinimum: Int32
            public var digitalMaximum: Int32

            /// A number is its own physical value: the channel holds codes or counts.
            public var isCount: Bool {
                Double(digitalMinimum) == physicalMinimum && Double(digitalMaximum) == physicalMaximum
            }

            /// Physical units of one step.
            public var step: Double {
                (physicalMaximum - physicalMinimum) / (Double(digitalMaximum) - Double(digitalMinimum))
            }
        }

        /// Seconds and frames of one data record; 0 where the file has none.
        public var recordSeconds: Double
        public var recordFrames: Int
        /// One for each channel; nil where the file gives none.
        public var channels: [Channel?]
        /// Name of the file that several tracks of several rates came from; nil for a file of one rate.
        public var sharedFile: String?
        /// Number of each channel among all of that file, from 0; empty for a file of one rate.
        public var signals: [Int] = []

        public init(channels: [Channel?]) { self.init(recordSeconds: 0, recordFrames: 0, channels: channels) }

        public init(recordSeconds: Double, recordFrames: Int, channels: [Channel?]) {
            self.recordSeconds = recordSeconds
            self.recordFrames = recordFrames
            self.channels = channels
        }
    }
}

/// As elements of a stream's header in XDF.
extension Recording.Track.Digitisation {
    var element: String {
        guard recordFrames > 0 else { return "" }
        let file = sharedFile.map { "<file>\(ForeignText.xml($0))</file>" } ?? ""
        return "<data_record><seconds>\(recordSeconds)</seconds><frames>\(recordFrames)</frames>\(file)</data_record>"
    }

    func element(_ channel: Int) -> String {
        let signal = signals.indices.contains(channel) ? "<signal>\(signals[channel])</signal>" : ""
        guard channels.indices.contains(channel), let channel = channels[channel] else { return signal }
        return signal + "<digitisation><physical_minimum>\(channel.physicalMinimum)</physical_minimum>"
            + "<physical_maximum>\(channel.physicalMaximum)</physical_maximum>"
            + "<digital_minimum>\(channel.digitalMinimum)</digital_minimum>"
            + "<digital_maximum>\(channel.digitalMaximum)</digital_maximum></digitisation>"
    }

    /// - Returns: nil where the header does not tell it, or tells what cannot be.
    init?(_ description: HeaderElement, channels: [HeaderElement]) {
        self.init(channels: channels.map { $0.child("digitisation").flatMap { Channel($0) } })
        if let record = description.child("data_record") {
            guard let seconds = record["seconds"].flatMap(Double.init), let frames = record["frames"].flatMap(Int.init),
                seconds.isFinite, seconds > 0, (1..<1 << 24).contains(frames)
            else { return nil }
            (recordSeconds, recordFrames, sharedFile) = (seconds, frames, record["file"])
        } else if self.channels.allSatisfy({ $0 == nil }) {
            return nil
        }
        let numbers = channels.compactMap { $0["signal"].flatMap(Int.init) }
        if sharedFile != nil, numbers.count == channels.count { signals = numbers } else { sharedFile = nil }
    }
}

extension Recording.Track.Digitisation.Channel {
    fileprivate init?(_ element: HeaderElement) {
        guard let low = element["physical_minimum"].flatMap(Double.init), low.isFinite,
            let high = element["physical_maximum"].flatMap(Double.init), high.isFinite, low != high,
            let first = element["digital_minimum"].flatMap(Int32.init),
            let last = element["digital_maximum"].flatMap(Int32.init), first != last
        else { return nil }
        self.init(physicalMinimum: low, physicalMaximum: high, digitalMinimum: first, digitalMaximum: last)
    }
}
