import Glibc
import Signals

/// What a test sound is heard in.
public struct SoundCondition: Sendable, Equatable {
    public enum Noise: String, Sendable, CaseIterable, Codable {
        case white, pink
        /// Six voices of other speakers of the corpus at once.
        case babble
    }

    public var noise: Noise
    /// Power of the speech over that of the noise.
    public var ratio_dB: Double

    public init(_ noise: Noise, ratio_dB: Double) { (self.noise, self.ratio_dB) = (noise, ratio_dB) }
}

extension SpokenText {
    /// Seconds of near silence around a test sound.
    static let padding = 0.3
    /// Amplitude of the near silence: three steps of 16 bits.
    private static let quiet: Float = 3.0 / 32768

    /// The sound as a test hears it: with 0.3 s before and behind it, in near silence or in noise.
    /// - Parameters:
    ///   - others: voices for babble.
    ///   - tail: seconds more behind it.
    ///   - replaced: whether noise of the same power takes the place of the speech: the control.
    package func heard(
        rate: Int, in condition: SoundCondition?, among others: [SpokenText], tail: Double = 0, replaced: Bool = false,
        seed: UInt64
    ) -> [Float] {
        var random = SplitMix64(seed: seed)
        let silence = [Float](repeating: 0, count: Int(Self.padding * Double(rate)))
        var signal = silence + samples + silence + [Float](repeating: 0, count: Int((tail * Double(rate)).rounded()))
        let power = samples.isEmpty ? 0 : samples.reduce(Float(0)) { $0 + $1 * $1 } / Float(samples.count)
        if replaced { signal = [Float](repeating: 0, count: signal.count) }
        var noise: [Float]
        var scale = Self.quiet
        switch condition?.noise {
        case .babble:
            noise = Self.babble(signal.count, of: others.filter { $0.speaker != speaker }, &random)
        case .pink: noise = Perturbation.noise(.pink, count: signal.count, &random)
        case .white, nil: noise = Perturbation.noise(.white, count: signal.count, &random)
        }
        if let condition { scale = power.squareRoot() * Float(pow(10, -condition.ratio_dB / 20)) }
        if replaced { scale = max(scale, power.squareRoot()) }
        for i in signal.indices { signal[i] += scale * noise[i] }
        return signal
    }

    private static func babble(_ count: Int, of voices: [SpokenText], _ random: inout SplitMix64) -> [Float] {
        guard !voices.isEmpty else { return [Float](repeating: 0, count: count) }
        var sum = [Float](repeating: 0, count: count)
        for _ in 0..<6 {
            var place = -random.integer(below: max(1, count / 2))
            while place < count {
                let voice = voices[random.integer(below: voices.count)].samples
                for i in max(0, -place)..<max(max(0, -place), min(voice.count, count - place)) { sum[place + i] += voice[i] }
                place += max(1, voice.count)
            }
        }
        let power = sum.reduce(Float(0)) { $0 + $1 * $1 } / Float(max(1, count))
        return power > 0 ? sum.map { $0 / power.squareRoot() } : sum
    }
}
