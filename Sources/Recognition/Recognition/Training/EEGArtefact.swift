import Glibc
import Signals

/// A disturbance of a string's EEG features, so that a recogniser does not rely on a quiet recording: a blink, a clenched jaw or
/// a loose electrode moves and stretches them far beyond what a short background shows.
///
/// Half of the strings stay as they are. In the others every feature is stretched by 1/4 … 4 and moved by a normal offset
/// of two standard deviations, within the limits of ``Standardisation``.
struct EEGArtefact {
    private let gains: [Float]
    private let offsets: [Float]

    /// nil for a string that stays as it is.
    init?(features: Int, _ random: inout SplitMix64) {
        guard random.integer(below: 2) == 0 else { return nil }
        gains = (0..<features).map { _ in Float(exp2(4 * random.uniform() - 2)) }
        offsets = (0..<features).map { _ in Float(2 * random.normal()) }
    }

    /// - Parameter value: standardised.
    func apply(_ value: Float, feature: Int) -> Float {
        max(-6, min(6, gains[feature] * value + offsets[feature]))
    }
}
