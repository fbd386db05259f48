import Glibc

/// The sound of a pulse: a chirp of 10 ms under a Hann window. It has the band of speech, so that any microphone hears it, and is found
/// again to a fraction of a sample (``SoundSearch``), also in noise.
package struct PulseSound: Sendable {
    package static let seconds = 0.01
    static let loudness = 0.5
    static let low = 800.0
    /// As alike must be what is taken for a pulse: rooms and loudspeakers colour it.
    package static let likeness = 0.5

    /// Where the chirp ends, in hertz.
    private let high: Double

    /// - Parameter slowest: the lowest rate at which the sound is played or heard, above 4000 frames per second.
    package init(slowest: Double) { high = min(6000, 0.4 * slowest) }

    ///     s(t) = ½ · sin²(π t / T) · sin(2π (f₀ t + (f₁ − f₀) t² / 2T))        0 ≤ t ≤ T = 10 ms
    ///
    /// - Parameter offset: seconds by which its beginning lies before the first sample.
    package func samples(rate: Double, offset: Double = 0) -> [Float] {
        (0..<Int((Self.seconds * rate).rounded(.up))).map { k in
            let t = Double(k) / rate + offset
            guard (0...Self.seconds).contains(t) else { return 0 }
            let window = sin(.pi * t / Self.seconds)
            let phase = 2 * .pi * (Self.low * t + (high - Self.low) * t * t / (2 * Self.seconds))
            return Float(Self.loudness * window * window * sin(phase))
        }
    }
}
