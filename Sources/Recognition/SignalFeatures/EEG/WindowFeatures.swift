import Glibc

/// Five features of a window of one channel:
///
///     root mean square        √(Σ x² / n)                                         the signal's unit
///     zero-crossing rate      changes between x < 0 and x ≥ 0, over n              0 … 1
///     moving average          x̄ = Σ x / n                                          the signal's unit
///     kurtosis                n Σ (x − x̄)⁴ / (Σ (x − x̄)²)²                         1 … n; 3 for a normal variable
///     power spectral entropy  − Σ p ln p / ln(n / 2), p = |X(k)|² / Σ |X|², k = 1 … n/2    0 … 1
///
/// A window whose samples are all the same, to rounding, has kurtosis 0 and entropy 0.
///
/// - Source of the set: G. Krishna et al., arXiv:2103.00383, section 3. The length of the window is not published.
public struct WindowFeatures: Sendable, Equatable {
    public static let count = 5
    /// Where the moving average stands among the values.
    static let meanPlace = 2

    public var rms: Double
    public var zeroCrossingRate: Double
    public var mean: Double
    public var kurtosis: Double
    public var spectralEntropy: Double

    /// In the order of the table.
    public var values: [Double] { [rms, zeroCrossingRate, mean, kurtosis, spectralEntropy] }

    /// - Parameter window: finite samples; their number is a power of two, at least 4.
    public init(_ window: [Double]) {
        let spectrum = WindowPower(length: window.count)
        var powers = [Double](repeating: 0, count: 2 * spectrum.bins)
        self = window.withUnsafeBufferPointer { samples in
            powers.withUnsafeMutableBufferPointer { powers in
                spectrum.setPowers(samples, samples, into: powers)
                return WindowFeatures(samples, powers: UnsafeBufferPointer(rebasing: powers[..<spectrum.bins]))
            }
        }
    }

    /// - Parameter powers: |X(k)|² of the window, k = 0 … n / 2.
    init(_ window: UnsafeBufferPointer<Double>, powers: UnsafeBufferPointer<Double>) {
        let n = Double(window.count)
        var (sum, squares, crossings) = (0.0, 0.0, 0.0)
        for (place, value) in window.enumerated() {
            sum += value
            squares += value * value
            if place > 0, (value < 0) != (window[place - 1] < 0) { crossings += 1 }
        }
        mean = sum / n
        rms = (squares / n).squareRoot()
        zeroCrossingRate = crossings / n
        var (second, fourth) = (0.0, 0.0)
        for value in window {
            let square = (value - mean) * (value - mean)
            second += square
            fourth += square * square
        }
        (kurtosis, spectralEntropy) = (0, 0)
        // What moves less than rounding does is constant.
        guard second > 1e-24 * squares, second > 1e-100 else { return }
        kurtosis = n * fourth / (second * second)
        var total = 0.0
        for k in 1..<powers.count { total += powers[k] }
        guard total > 0 else { return }
        var entropy = 0.0
        for k in 1..<powers.count where powers[k] > 0 {
            let share = powers[k] / total
            entropy -= share * log(share)
        }
        spectralEntropy = max(0, entropy / log(Double(powers.count - 1)))
    }
}
