/// What was said between two end points. Frames count from the start of the stream.
public struct DecodedUtterance: Sendable, Equatable {
    /// Why it ended.
    public enum End: String, Sendable {
        case silence, longest
        /// The stream ended.
        case stream
    }

    public struct Word: Sendable, Equatable {
        public var text: String
        /// The last one included.
        public var frames: ClosedRange<Int>
        /// Share of the alternatives that have it; raw, no calibrated probability.
        public var confidence: Double
        /// Least of its units' probabilities (``UnitAlignment``).
        public var probability: Double
        /// Of all texts that the search kept (``HypothesisPosteriors/Word``), by their scores as they are.
        public var posterior: Double
        public var margin: Double
        /// Places of its units in ``DecodedUtterance/units``.
        public var units: Range<Int>
    }

    public struct Alternative: Sendable, Equatable {
        public var text: String
        public var score: Double
        /// Natural logarithms (``Hypothesis``).
        public var acoustic: Double
        public var language: Double
        /// Share of 1 among the alternatives.
        public var posterior: Double
    }

    public var frames: Range<Int>
    public var end: End
    public var words: [Word]
    /// Units of the best text.
    public var units: [UnitAlignment.Unit]
    /// The best first; it is the text.
    public var alternatives: [Alternative]
    /// Frames from the last frame of the first word to the one since which the best text began with it; nil without a word. Found every
    /// fourth frame.
    public var firstWordDelay: Int?

    public var text: String { words.map(\.text).joined(separator: " ") }
}
