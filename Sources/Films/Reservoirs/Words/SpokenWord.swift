/// A recording of one word, for a task of reservoirs.
public struct SpokenWord: Sendable, Equatable {
    /// What it is for.
    public enum Part: Sendable, Equatable { case training, validation, test }

    /// Relative to full scale.
    public var samples: [Float]
    /// Index of what was said.
    public var label: Int
    /// Who said it; empty where nobody knows.
    public var speaker: String
    public var part: Part

    public init(samples: [Float], label: Int, speaker: String, part: Part) {
        (self.samples, self.label, self.speaker, self.part) = (samples, label, speaker, part)
    }
}
