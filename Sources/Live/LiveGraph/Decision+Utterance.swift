import Decoding
import Recognition

extension Decision {
    /// What a beam search read between two end points, or has read so far.
    public struct Utterance: Sendable, Equatable {
        /// One of the texts that it may have been.
        public struct Alternative: Sendable, Equatable {
            public var text: String
            /// Share of 1 among the texts that were weighed.
            public var posterior: Double
            /// Natural logarithms: of the network's outputs, and of the language model without its weight.
            public var acoustic: Double
            public var language: Double
        }

        /// How far it has come.
        public enum Progress: Sendable, Equatable {
            /// It is being said: the part of the text that will not change, and the frame of its last unit.
            case partial(settled: String, frame: UInt64)
            /// It has ended: its frames, and why: "silence", "longest" or "stream". Seconds from the end of its first word to where the
            /// text so far began with that word; nil without one. Alternatives, the text itself first.
            case ended(
                first: UInt64, last: UInt64, reason: String, firstWordDelay: Double?, alternatives: [Alternative])
        }

        public var text: String
        public var progress: Progress

        init(_ partial: UtteranceReader.Partial) {
            text = partial.text
            progress = .partial(settled: partial.settled, frame: partial.frame)
        }

        /// - Parameter alternatives: so many beside the text itself; none for 0.
        init(_ utterance: UtteranceReader.Utterance, alternatives: Int) {
            text = utterance.decoded.text
            progress = .ended(
                first: utterance.firstFrame, last: utterance.lastFrame, reason: utterance.decoded.end.rawValue,
                firstWordDelay: utterance.firstWordDelay,
                alternatives: utterance.decoded.alternatives.prefix(alternatives > 0 ? alternatives + 1 : 0).map {
                    Alternative(text: $0.text, posterior: $0.posterior, acoustic: $0.acoustic, language: $0.language)
                })
        }
    }
}
