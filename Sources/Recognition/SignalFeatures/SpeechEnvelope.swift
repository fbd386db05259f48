import Glibc

/// How loud speech is over time, and where it grows louder: what the EEG of a listener follows.
///
///     envelope   e(k) = (Σ x² / n)^(0.3)       over the 10 ms that begin at 10 ms · k: the amplitude to the power 0.6
///     onset      o(k) = max(0, e(k) − e(k − 1))
///
/// - Source of the power law: W. Biesmans et al., IEEE Trans. Neural Syst. Rehabil. Eng. 25 (2017) 402. Of the two predictors: M. J. Crosse et
///   al., Front. Hum. Neurosci. 10 (2016) 604.
public struct SpeechEnvelope: Sendable, Equatable {
    /// A hundred values a second.
    public let envelope: [Float]
    public let onset: [Float]

    /// - Parameters:
    ///   - samples: relative to full scale.
    ///   - rate: samples per second, at least 100.
    public init(_ samples: [Float], rate: Int) {
        let hop = max(1, rate / 100)
        let values = stride(from: 0, to: samples.count, by: hop).map { start -> Float in
            let piece = samples[start..<min(samples.count, start + hop)]
            return powf(piece.reduce(0) { $0 + $1 * $1 } / Float(piece.count), 0.3)
        }
        envelope = values
        onset = values.indices.map { $0 > 0 ? max(0, values[$0] - values[$0 - 1]) : values[$0] }
    }
}
