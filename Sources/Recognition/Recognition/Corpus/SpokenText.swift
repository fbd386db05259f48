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
    /// Raw features of its EEG, a hundred frames a second: of a recogniser without sound those of the utterance, of one with both those of
    /// each frame of ``heard(rate:in:among:replaced:seed:)``; nil for all others.
    public var eeg: [Float]?
    /// The sitting in which its EEG was recorded; empty where nobody knows.
    public var session = ""
    /// Of ``samples``, per second; 0 where nobody needs it.
    public var rate = 0
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
        self.rate = rate
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

    /// Frames of features of the sound with what is put before and behind it, and `delay` more.
    func paddedFrames(delay: Int) -> Int {
        guard rate > 0 else { return 0 }
        let all = samples.count + 2 * Int(Self.padding * Double(rate))
        return max(0, (all - rate * 25 / 1000) / (rate / 100) + 1 + delay)
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
