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

        /// Seconds and frames of one data record.
        public var recordSeconds: Double
        public var recordFrames: Int
        /// One for each channel; nil where the file gives none.
        public var channels: [Channel?]
    }
}

/// As elements of a stream's header in XDF.
extension Recording.Track.Digitisation {
    var element: String {
        "<data_record><seconds>\(recordSeconds)</seconds><frames>\(recordFrames)</frames></data_record>"
    }

    func element(_ channel: Int) -> String {
        guard channels.indices.contains(channel), let channel = channels[channel] else { return "" }
        return "<digitisation><physical_minimum>\(channel.physicalMinimum)</physical_minimum>"
            + "<physical_maximum>\(channel.physicalMaximum)</physical_maximum>"
            + "<digital_minimum>\(channel.digitalMinimum)</digital_minimum>"
            + "<digital_maximum>\(channel.digitalMaximum)</digital_maximum></digitisation>"
    }

    /// - Returns: nil where the header does not tell it, or tells what cannot be.
    init?(_ description: HeaderElement, channels: [HeaderElement]) {
        guard let record = description.child("data_record"), let seconds = record["seconds"].flatMap(Double.init),
            let frames = record["frames"].flatMap(Int.init), seconds.isFinite, seconds > 0, (1..<1 << 24).contains(frames)
        else { return nil }
        recordSeconds = seconds
        recordFrames = frames
        self.channels = channels.map { $0.child("digitisation").flatMap { Channel($0) } }
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
