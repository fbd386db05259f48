import Glibc
import SignalFeatures
import Signals

/// How the EEG of a simulated listener answers to a sound: for each channel a temporal response to the envelope and one to the onsets.
///
///     s(c, t) = Σ over sources j of G(c, j) ∫ k(j, τ − d(c)) x(j, t − τ) dτ,    k(j, τ) = exp(−(τ − τ(j))² / 2 σ²) / (σ √2π)
///
/// Four sources: a positive answer to onsets after 50 … 80 ms, a negative one after 90 … 130 ms, a positive one after 170 … 250 ms, and one to
/// the envelope after 100 … 200 ms. A subject has a σ whose half-power frequency lies at 5 … 15 Hz. Gains G and delays d (up to 10 ms) of the
/// channels are drawn, too.
///
/// - Source of the form and the times: E. C. Lalor, J. J. Foxe, Eur. J. Neurosci. 31 (2010) 189; M. J. Crosse et al., Front. Hum. Neurosci. 10
///   (2016) 604.
public struct SimulatedResponse: Sendable, Equatable {
    /// What a source answers to.
    enum Input: Sendable { case onset, envelope }

    struct Source: Sendable, Equatable {
        var input: Input
        /// Seconds.
        var latency: Double
        /// One for each channel.
        var gains: [Double]
    }

    public let channels: Int
    private(set) var sources: [Source]
    /// Seconds; of each channel.
    private var delays: [Double]
    /// Of the kernels, seconds.
    private let width: Double
    /// How much of everything, answer and background, an electrode passes on; of each channel.
    public private(set) var sensitivities: [Double]
    /// Microvolts; of each channel.
    public private(set) var offsets: [Double]

    /// - Parameter seed: of the subject.
    public init(channels: Int, seed: UInt64) {
        self.channels = channels
        var random = SplitMix64(seed: seed)
        func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * random.uniform() }
        let highest = between(5, 15)
        // |K(f)|² = exp(−(2π f σ)²) is a half at this frequency.
        width = log(2.0).squareRoot() / (2 * .pi * highest)
        let kinds: [(Input, Double, Double, Double)] = [
            (.onset, 0.05, 0.08, 1), (.onset, 0.09, 0.13, -1), (.onset, 0.17, 0.25, 1), (.envelope, 0.1, 0.2, 0.3),
        ]
        sources = kinds.map { input, low, high, gain in
            let latency = between(low, high)
            return Source(input: input, latency: latency, gains: (0..<channels).map { _ in gain * (0.5 + random.normal()) })
        }
        delays = (0..<channels).map { _ in between(0, 0.01) }
        sensitivities = [Double](repeating: 1, count: channels)
        offsets = [Double](repeating: 0, count: channels)
    }

    /// The same subject some days later: a random walk, whose steps are the same whatever day is asked for.
    /// - Parameters:
    ///   - days: 0 for no change.
    ///   - drift: of a day: 1 changes gains and sensitivities by about a third, latencies by 10 ms and offsets by 200 µV.
    public func drifted(days: Int, drift: Double, seed: UInt64) -> SimulatedResponse {
        var copy = self
        var random = SplitMix64(seed: seed)
        for _ in 0..<max(0, days) {
            for j in copy.sources.indices {
                let scale = abs(copy.sources[j].gains.reduce(0) { $0 + abs($1) }) / Double(channels)
                copy.sources[j].latency = max(0.02, copy.sources[j].latency + 0.01 * drift * random.normal())
                for c in 0..<channels { copy.sources[j].gains[c] += 0.3 * drift * scale * random.normal() }
            }
            for c in 0..<channels {
                copy.sensitivities[c] *= exp(0.3 * drift * random.normal())
                copy.offsets[c] += 200 * drift * random.normal()
            }
        }
        return copy
    }

    /// Longest time after a sound at which it is answered, seconds.
    public static let longest = 0.5

    /// What a sound evokes in a channel, without scale or unit.
    /// - Parameters:
    ///   - sound: a hundred values a second.
    ///   - rate: samples per second of the EEG.
    /// - Returns: samples from the sound's beginning to ``longest`` after its end.
    func evoked(_ sound: SpeechEnvelope, channel: Int, rate: Double) -> [Double] {
        let seconds = Double(sound.envelope.count) / 100 + Self.longest
        let count = Int(seconds * rate)
        var result = [Double](repeating: 0, count: count)
        // The kernel at the rate of the envelope is enough: it passes nothing beyond 15 Hz.
        for source in sources {
            let values = source.input == .onset ? sound.onset : sound.envelope
            let center = source.latency + delays[channel]
            let gain = source.gains[channel] / (width * (2 * Double.pi).squareRoot()) / 100
            let reach = 4 * width
            for (k, value) in values.enumerated() where value != 0 {
                let time = Double(k) / 100 + center
                let (first, last) = (max(0, Int((time - reach) * rate)), min(count - 1, Int((time + reach) * rate)))
                guard first <= last else { continue }
                for n in first...last {
                    let u = (Double(n) / rate - time) / width
                    result[n] += gain * Double(value) * exp(-0.5 * u * u)
                }
            }
        }
        return result
    }
}
