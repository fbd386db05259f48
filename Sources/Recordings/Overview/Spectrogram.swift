import Foundation
import LinearAlgebra

/// Power spectral density of a signal over time, in decibels.
///
///     S(t, f) = 2 · |X(f)|² / (rate · Σ w²)       mean over the Hann windows of a column; 10 · log₁₀ S
///
/// - Source: P. D. Welch, IEEE Trans. Audio Electroacoust. 15 (1967) 70.
package struct Spectrogram {
    /// Hertz of the highest row's upper edge.
    package let highest: Double
    package let columns: Int
    package let rows: Int
    /// dB of full scale squared per hertz, shape `[columns, rows]`, row 0 at 0 Hz; NaN in columns without a whole window.
    package private(set) var decibels: [Float]

    /// Windows of a column at most: enough for its mean, and long recordings take no longer for it.
    private static let windowsPerColumn = 12
    private static let floor = 1e-20

    /// - Parameters:
    ///   - signal: one channel.
    ///   - rate: Hz, above 0.
    ///   - bounds: index of each column's first sample, and one more at the end.
    ///   - highest: hertz to show, at most half the rate is there.
    ///   - isWhole: whether no frame is missing between two samples.
    package init(
        _ signal: [Float], rate: Double, bounds: [Int], rows: Int, highest limit: Double, isWhole: (Int, Int) -> Bool
    ) {
        let length = Self.windowLength(rate)
        let fft = RealFFT(length: length)
        let shown = max(1, min(fft.bins, Int((limit / rate * Double(length)).rounded())))
        columns = bounds.count - 1
        self.rows = min(rows, shown)
        highest = Double(shown) * rate / Double(length)
        let window = (0..<length).map { Float(0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(length))) }
        let scale = 2 / (rate * window.reduce(0) { $0 + Double($1) * Double($1) })
        decibels = [Float](repeating: .nan, count: columns * self.rows)
        var windowed = [Float](repeating: 0, count: length)
        var power = [Float](repeating: 0, count: fft.bins)
        for column in 0..<columns {
            let starts = Self.starts(bounds[column], bounds[column + 1], length, signal.count).filter {
                isWhole($0, $0 + length - 1)
            }
            guard !starts.isEmpty else { continue }
            var sum = [Double](repeating: 0, count: shown)
            for start in starts {
                for i in 0..<length { windowed[i] = signal[start + i] * window[i] }
                windowed.withUnsafeBufferPointer { input in
                    power.withUnsafeMutableBufferPointer { fft.setPower(of: input, into: $0) }
                }
                for bin in 0..<shown { sum[bin] += Double(power[bin]) * scale / Double(starts.count) }
            }
            for row in 0..<self.rows {
                let bins = row * shown / self.rows..<max((row + 1) * shown / self.rows, row * shown / self.rows + 1)
                let mean = sum[bins].reduce(0, +) / Double(bins.count)
                decibels[column * self.rows + row] = Float(10 * log10(max(mean.isFinite ? mean : 0, Self.floor)))
            }
        }
    }

    /// About 32 ms: short enough for syllables, long enough for the harmonics of a voice.
    private static func windowLength(_ rate: Double) -> Int {
        var length = 32
        while Double(length) < rate * 0.024, length < 1 << 15 { length *= 2 }
        return length
    }

    /// Where the windows of a column begin: evenly over it, centred where the column is shorter than a window.
    private static func starts(_ first: Int, _ end: Int, _ length: Int, _ count: Int) -> [Int] {
        guard end > first, count >= length else { return [] }
        let room = end - first - length
        if room <= 0 { return [min(max(0, (first + end - length) / 2), count - length)] }
        let windows = min(windowsPerColumn, 1 + room / (length / 2))
        return windows == 1 ? [first + room / 2] : (0..<windows).map { first + room * $0 / (windows - 1) }
    }
}
