/// The sound of an utterance in memory, and what was said in it.
public struct SpokenText: Sendable, Equatable {
    /// Relative to full scale.
    public var samples: [Float]
    public var text: String
    /// Empty where nobody knows.
    public var speaker: String
    /// Likewise.
    public var language = ""
    /// Sample after the last loud one: where speech ends.
    public var end: Int
    /// Phonemes or words whose times are known, as samples; nil where nobody knows.
    public var marks: [Mark]?
    /// Raw features of its EEG, a hundred frames a second, for a recogniser without sound; nil for all others.
    public var eeg: [Float]?
    /// Sample after each of the text's units, as an alignment found it; nil without one.
    public var unitEnds: [Int]?

    /// What sounds in which samples.
    public struct Mark: Sendable, Equatable {
        public var text: String
        public var samples: Range<Int>

        public init(_ text: String, _ samples: Range<Int>) { (self.text, self.samples) = (text, samples) }
    }

    /// The end is the last 10 ms that are no more than 30 dB below the loudest.
    public init(samples: [Float], rate: Int, text: String, speaker: String = "", marks: [Mark]? = nil) {
        self.marks = marks
        self.samples = samples
        self.text = text
        self.speaker = speaker
        let hop = max(1, rate / 100)
        let powers = stride(from: 0, to: samples.count, by: hop).map { start in
            samples[start..<min(start + hop, samples.count)].reduce(Float(0)) { $0 + $1 * $1 }
        }
        let loudest = powers.max() ?? 0
        let last = powers.lastIndex { $0 >= loudest * 1e-3 } ?? 0
        end = min(samples.count, (last + 1) * hop)
    }

    /// The marks, or the whole text where it is a single word: its time is known without them.
    var knownMarks: [Mark]? {
        if let marks { return marks }
        guard end > 0, !text.isEmpty, !text.contains(where: \.isWhitespace) else { return nil }
        let loudest = samples[..<end].reduce(Float(0)) { max($0, abs($1)) }
        let first = samples.firstIndex { abs($0) >= loudest * 0.03 } ?? 0
        return first < end ? [Mark(text, first..<end)] : nil
    }

    /// Mean power of the samples up to the end.
    var power: Float { end > 0 ? samples[..<end].reduce(0) { $0 + $1 * $1 } / Float(end) : 0 }
}
