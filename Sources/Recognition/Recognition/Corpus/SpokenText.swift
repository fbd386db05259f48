/// The sound of an utterance in memory, and what was said in it.
public struct SpokenText: Sendable, Equatable {
    /// Relative to full scale.
    public var samples: [Float]
    public var text: String
    /// Empty where nobody knows.
    public var speaker: String
    /// Sample after the last loud one: where speech ends.
    public var end: Int

    /// The end is the last 10 ms that are no more than 30 dB below the loudest.
    public init(samples: [Float], rate: Int, text: String, speaker: String = "") {
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

    /// Mean power of the samples up to the end.
    var power: Float { end > 0 ? samples[..<end].reduce(0) { $0 + $1 * $1 } / Float(end) : 0 }
}
