import Glibc

/// A causal second-order filter section, transposed direct form II.
///
/// - Source: R. Bristow-Johnson, "Cookbook formulae for audio equalizer biquad filter coefficients".
public struct Biquad: Sendable {
    private let b0: Double, b1: Double, b2: Double, a1: Double, a2: Double
    private var s1 = 0.0
    private var s2 = 0.0

    /// H(z) = (b₀ + b₁ z⁻¹ + b₂ z⁻²) / (a₀ + a₁ z⁻¹ + a₂ z⁻²).
    init(b: (Double, Double, Double), a: (Double, Double, Double)) {
        b0 = b.0 / a.0
        b1 = b.1 / a.0
        b2 = b.2 / a.0
        a1 = a.1 / a.0
        a2 = a.2 / a.0
    }

    /// Butterworth high-pass (Q = 1/√2).
    /// - Parameters:
    ///   - cutoff: −3 dB point in Hz, below half the rate.
    ///   - rate: samples per second.
    public static func highPass(cutoff: Double, rate: Double) -> Biquad {
        let (c, alpha) = terms(cutoff, rate)
        return Biquad(b: ((1 + c) / 2, -(1 + c), (1 + c) / 2), a: (1 + alpha, -2 * c, 1 - alpha))
    }

    /// Butterworth low-pass (Q = 1/√2).
    public static func lowPass(cutoff: Double, rate: Double) -> Biquad {
        let (c, alpha) = terms(cutoff, rate)
        return Biquad(b: ((1 - c) / 2, 1 - c, (1 - c) / 2), a: (1 + alpha, -2 * c, 1 - alpha))
    }

    /// Forgets what came before.
    public mutating func reset() { (s1, s2) = (0, 0) }

    /// Takes one sample and gives the filtered one.
    public mutating func process(_ x: Double) -> Double {
        let y = b0 * x + s1
        s1 = b1 * x - a1 * y + s2
        s2 = b2 * x - a2 * y
        return y
    }

    private static func terms(_ cutoff: Double, _ rate: Double) -> (cosine: Double, alpha: Double) {
        precondition(cutoff > 0 && cutoff < rate / 2, "a cut-off lies between 0 and half the rate")
        let w = 2 * Double.pi * cutoff / rate
        return (cos(w), sin(w) / 2.0.squareRoot())
    }
}
