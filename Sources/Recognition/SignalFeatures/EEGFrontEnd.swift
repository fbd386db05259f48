import Glibc
import LinearAlgebra

/// Five features per EEG channel from a running signal: root mean square, zero-crossing rate, moving average, kurtosis
/// and power spectral entropy, each over the last 128 ms or so (32 samples at 250 Hz).
///
/// The signal is band-passed 1–70 Hz by causal filters first. Features are asked for by the device's counter, so that the
/// frame grid of another device can read them.
///
/// - Source of the feature set: G. Krishna et al., arXiv:2103.00383, section 3.
public final class EEGFrontEnd {
    /// RMS, zero-crossing rate, mean, kurtosis, spectral entropy.
    public static let featuresPerChannel = 5
    static let window = 32
    private static let history = 4096

    /// EEG channels.
    public let channels: Int
    /// Values of one frame of features.
    public var features: Int { channels * Self.featuresPerChannel }
    private var filters: [(high: Biquad, low: Biquad)]
    /// Band-passed samples in µV, shape `[channels, history]`, as a ring over the counter.
    private var ring: [Float]
    private var first: UInt64?
    private var next: UInt64 = 0
    private let fft = RealFFT(length: EEGFrontEnd.window)
    private var segment = [Float](repeating: 0, count: EEGFrontEnd.window)
    private var power = [Float](repeating: 0, count: EEGFrontEnd.window / 2 + 1)

    /// - Parameters:
    ///   - channels: number of channels.
    ///   - rate: samples per second, above 140 Hz.
    public init(channels: Int, rate: Double) {
        self.channels = channels
        filters = (0..<channels).map { _ in
            (.highPass(cutoff: 1, rate: rate), .lowPass(cutoff: min(70, 0.45 * rate), rate: rate))
        }
        ring = [Float](repeating: 0, count: channels * Self.history)
    }

    /// Takes one sample of all channels.
    /// - Parameters:
    ///   - counter: the device's counter; a step ahead holds the filters over the hole.
    ///   - values: volt, one per channel.
    public func feed(counter: UInt64, _ values: UnsafeBufferPointer<Float>) {
        if first == nil {
            first = counter
            next = counter
        }
        // A hole is not filled with signal: the features of windows that touch it see the last value held.
        while next < counter {
            if counter - next > UInt64(Self.history) { next = counter - UInt64(Self.history) }
            for channel in 0..<channels {
                ring[place(channel, next)] = next > 0 ? ring[place(channel, next - 1)] : 0
            }
            next += 1
        }
        guard counter == next else { return }
        for channel in 0..<channels {
            let microvolt = Double(values[channel]) * 1e6
            let high = filters[channel].high.process(microvolt.isFinite ? microvolt : 0)
            ring[place(channel, counter)] = Float(filters[channel].low.process(high))
        }
        next += 1
    }

    /// The counter after the last sample; nil before the first.
    public var end: UInt64? { first == nil ? nil : next }

    /// Features of the window that ends with the sample `counter`.
    /// - Parameters:
    ///   - counter: of the last sample of the window.
    ///   - target: 5 values per channel, channel by channel.
    /// - Returns: false, with the target untouched, when the sample has not come, or is no longer there.
    public func setFeatures(at counter: UInt64, _ target: UnsafeMutableBufferPointer<Float>) -> Bool {
        guard let first, counter < next, counter >= first + UInt64(Self.window),
            next - counter < UInt64(Self.history - Self.window)
        else { return false }
        for channel in 0..<channels {
            for i in 0..<Self.window {
                segment[i] = ring[place(channel, counter + 1 - UInt64(Self.window - i))]
            }
            setFeatures(target, channel * Self.featuresPerChannel)
        }
        return true
    }

    private func place(_ channel: Int, _ counter: UInt64) -> Int {
        channel * Self.history + Int(counter % UInt64(Self.history))
    }

    private func setFeatures(_ target: UnsafeMutableBufferPointer<Float>, _ start: Int) {
        let n = Float(Self.window)
        var sum: Float = 0
        var squares: Float = 0
        var crossings: Float = 0
        for i in 0..<Self.window {
            sum += segment[i]
            squares += segment[i] * segment[i]
            if i > 0, (segment[i] < 0) != (segment[i - 1] < 0) { crossings += 1 }
        }
        let mean = sum / n
        var second: Float = 0
        var fourth: Float = 0
        for value in segment {
            let d = (value - mean) * (value - mean)
            second += d
            fourth += d * d
        }
        second /= n
        fourth /= n
        target[start] = (squares / n).squareRoot()
        target[start + 1] = crossings / n
        target[start + 2] = mean
        target[start + 3] = second > 1e-12 ? min(fourth / (second * second), 30) : 0
        segment.withUnsafeBufferPointer { signal in
            power.withUnsafeMutableBufferPointer { fft.setPower(of: signal, into: $0) }
        }
        var total: Float = 0
        for bin in 1..<power.count { total += power[bin] }
        var entropy: Float = 0
        if total > 1e-12 {
            for bin in 1..<power.count {
                let p = power[bin] / total
                if p > 0 { entropy -= p * logf(p) }
            }
        }
        target[start + 4] = entropy / logf(Float(power.count - 1))
    }
}
