import Foundation

/// Samples of a band-limited signal at other times: a sinc interpolation under a Kaiser window, without a delay.
///
///     y(t) = Σ x[n] h(t − n) / Σ h(t − n),   h(u) = c · sinc(c u) · w(u c / Z),   |u| < Z / c
///
/// c is the cutoff in cycles per two samples of the input, 0.95 of the lower of the two Nyquist frequencies, and Z = 64 zero crossings of
/// the sinc on each side. What lies below 0.9 of that Nyquist frequency passes unchanged within 1e-5, what lies above it is damped by
/// 100 dB and more. The division keeps a constant signal constant, also at the ends, where there are fewer samples.
///
/// libsamplerate, which sound goes through, has 32-bit floats alone and takes what lies beyond the ends for zeros: an offset of an
/// electrode, a thousand times the signal, would ring there.
///
/// - Source: J. O. Smith, "Digital Audio Resampling"; window: J. F. Kaiser, IEEE ISCAS 1974, 20, with β = 0.1102 (A − 8.7) for
///   A = 100 dB.
public struct BandLimitedResampler: Sendable {
    /// Times of an output sample in samples of the input.
    public let step: Double
    private let cutoff: Double
    /// Samples of the input on each side that an output needs.
    public let reach: Int

    private static let crossings = 64.0
    private static let pointsPerCrossing = 2048.0
    private static let beta = 0.1102 * (100 - 8.7)
    /// h over one side, in steps of 1/2048 of a zero crossing.
    private static let table: [Double] = (0...Int(crossings * pointsPerCrossing) + 1).map { index in
        let u = Double(index) / pointsPerCrossing
        let part = min(1, u / crossings)
        let window = bessel(beta * (1 - part * part).squareRoot()) / bessel(beta)
        return (u == 0 ? 1 : sin(.pi * u) / (.pi * u)) * window
    }

    /// - Parameters:
    ///   - rate: of the input, Hz; above 0.
    ///   - target: of the output, Hz; above 0.
    public init(from rate: Double, to target: Double) {
        precondition(rate > 0 && target > 0 && rate.isFinite && target.isFinite, "rates are above 0")
        step = rate / target
        cutoff = 0.95 * min(1, target / rate)
        reach = Int((Self.crossings / cutoff).rounded(.up))
    }

    /// Values of channels at some time.
    /// - Parameters:
    ///   - time: in samples of the input; between the first and the last one.
    ///   - input: frame-major, shape `[frames, channels]`, of finite values.
    ///   - channels: in each frame; 1 or more.
    ///   - output: receives `channels` values.
    public func values(at time: Double, of input: UnsafeBufferPointer<Double>, channels: Int, into output: inout [Double]) {
        let frames = input.count / max(1, channels)
        for channel in 0..<channels { output[channel] = 0 }
        guard frames > 0 else { return }
        let middle = Int(max(-1e15, min(1e15, time.rounded())))
        var sum = 0.0
        for frame in max(0, middle - reach)...max(0, min(frames - 1, middle + reach)) where frame < frames {
            let weight = Self.weight(abs(time - Double(frame)) * cutoff)
            if weight == 0 { continue }
            sum += weight
            let base = frame * channels
            for channel in 0..<channels { output[channel] += weight * input[base + channel] }
        }
        guard sum != 0 else { return }
        for channel in 0..<channels { output[channel] /= sum }
    }

    private static func weight(_ u: Double) -> Double {
        guard u < crossings else { return 0 }
        let place = u * pointsPerCrossing
        let index = Int(place)
        return table[index] + (place - Double(index)) * (table[index + 1] - table[index])
    }

    /// The modified Bessel function of the first kind and order 0, by its series.
    private static func bessel(_ x: Double) -> Double {
        var (sum, term) = (1.0, 1.0)
        for k in 1...200 {
            term *= (x / 2 / Double(k)) * (x / 2 / Double(k))
            sum += term
            if term < sum * 1e-17 { break }
        }
        return sum
    }
}
