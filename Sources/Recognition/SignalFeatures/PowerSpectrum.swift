import Glibc
import LinearAlgebra
import Signals

/// One-sided power spectral density by Welch's method: Hann windows of two seconds, half overlapping, means taken off.
///
///     S(f) = 2 · |X(f)|² / (rate · Σ w²)        unit² per hertz, mean over the windows
///
/// - Source: P. D. Welch, IEEE Trans. Audio Electroacoust. 15 (1967) 70.
package struct PowerSpectrum {
    /// Hertz from one bin to the next.
    package let step: Double
    /// Bins from 0 Hz to half the rate.
    package let density: [Double]

    /// - Returns: nil for less than one window.
    package init?(_ signal: [Float], rate: Double) {
        let length = max(2, Int(saturating: 2 * rate) / 2 * 2)
        guard rate > 0, signal.count >= length else { return nil }
        let fft = RealFFT(length: length)
        let window = (0..<length).map { 0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(length)) }
        let scale = 2 / (rate * window.reduce(0) { $0 + $1 * $1 })
        var sum = [Double](repeating: 0, count: fft.bins)
        var power = [Float](repeating: 0, count: fft.bins)
        var windows = 0.0
        for start in stride(from: 0, through: signal.count - length, by: length / 2) {
            let piece = signal[start..<start + length]
            let mean = piece.reduce(0) { $0 + Double($1) } / Double(length)
            let windowed = zip(piece, window).map { Float((Double($0) - mean) * $1) }
            windowed.withUnsafeBufferPointer { signal in
                power.withUnsafeMutableBufferPointer { fft.setPower(of: signal, into: $0) }
            }
            for k in sum.indices { sum[k] += Double(power[k]) * scale }
            windows += 1
        }
        step = rate / Double(length)
        density = sum.map { $0 / windows }
    }

    /// Root of the power from `low` to `high` hertz, without a hertz on either side of each line frequency and its multiples.
    package func rms(from low: Double, to high: Double, without lines: [Double]) -> Double {
        var power = 0.0
        for (k, value) in density.enumerated() {
            let f = Double(k) * step
            guard f >= low, f <= high else { continue }
            let isLine = lines.contains { line in abs(f - line * max(1, (f / line).rounded())) <= 1 }
            if !isLine { power += value * step }
        }
        return power.squareRoot()
    }
}
