import Glibc
import SignalFeatures
package import Signals

/// How training sounds are changed, so that a recogniser does not rely on the voices, rooms and microphones that it was trained with.
/// Everything is drawn anew for each string and each epoch.
public struct Perturbation: Sendable, Equatable {
    /// Factor of tempo and pitch together.
    public var speed = 0.85...1.15
    /// Factor of the frequency axis: lengths of vocal tracts (``MelOptions/warp``).
    public var warp = 0.85...1.18
    /// k of y(t) = x(t) + k x(t − 1), a tilt of the spectrum.
    public var tilt = -0.5...0.5
    /// Of the whole string.
    public var gain_dB = -15.0...9.0
    /// Speech to noise; white noise, pink noise, or other voices of the corpus.
    public var ratio_dB = 0.0...30.0
    /// Share of strings with noise.
    public var noisy = 0.7
    /// Share of the noisy strings in which the noise is other voices.
    public var babble = 0.25
    /// Voices at once in babble.
    public var voices = 3...6
    /// Bands that are masked at most, in each of two places; of features that are bands.
    public var maskedBands = 6

    public init() {}

    /// Nothing but babble of six voices, in every string.
    /// - Parameter ratio: speech to babble, dB.
    public static func babble(_ ratio: ClosedRange<Double>) -> Perturbation {
        var babble = Perturbation()
        (babble.speed, babble.warp, babble.tilt, babble.gain_dB, babble.maskedBands) = (1...1, 1...1, 0...0, 0...0, 0)
        (babble.ratio_dB, babble.noisy, babble.babble, babble.voices) = (ratio, 1, 1, 6...6)
        return babble
    }

    /// All ranges `factor` times as wide, and the noise as much more or less frequent.
    public func scaled(by factor: Double) -> Perturbation {
        func scaled(_ range: ClosedRange<Double>, around middle: Double) -> ClosedRange<Double> {
            max(0.5 * middle, middle + factor * (range.lowerBound - middle))...middle + factor * (range.upperBound - middle)
        }
        var copy = self
        copy.speed = scaled(speed, around: 1)
        copy.warp = scaled(warp, around: 1)
        copy.tilt = factor * tilt.lowerBound...factor * tilt.upperBound
        copy.gain_dB = factor * gain_dB.lowerBound...factor * gain_dB.upperBound
        copy.noisy = min(1, factor * noisy)
        copy.maskedBands = Int((factor * Double(maskedBands)).rounded())
        return copy
    }

    /// What is drawn for one string.
    struct Draw {
        var speed: Double
        var warp: Double
        var tilt: Float
        var gain: Float
        /// Amplitude of the noise for speech of power 1; 0 for none.
        var noise: Float
        var kind: Noise
        var masks: [Range<Int>]
    }

    package enum Noise { case white, pink, babble }

    /// Steps of the warp: filter banks are made once for each.
    static let warps = 24

    func draw(bands: Int, _ random: inout SplitMix64) -> Draw {
        func between(_ range: ClosedRange<Double>) -> Double {
            range.lowerBound + (range.upperBound - range.lowerBound) * random.uniform()
        }
        let speed = between(speed)
        let warp =
            warp.lowerBound + (warp.upperBound - warp.lowerBound) * Double(random.integer(below: Self.warps))
            / Double(Self.warps - 1)
        let tilt = Float(between(tilt))
        let gain = Float(pow(10, between(gain_dB) / 20))
        let isNoisy = random.uniform() < noisy
        let noise = Float(pow(10, -between(ratio_dB) / 20))
        let kind: Noise = random.uniform() < babble ? .babble : random.integer(below: 2) == 0 ? .white : .pink
        let masks = (0..<2).map { _ -> Range<Int> in
            let width = random.integer(below: maskedBands + 1)
            let start = random.integer(below: max(1, bands - width + 1))
            return start..<min(bands, start + width)
        }
        return Draw(speed: speed, warp: warp, tilt: tilt, gain: gain, noise: isNoisy ? noise : 0, kind: kind, masks: masks)
    }

    /// A sound `speed` times as fast, by straight lines between the samples.
    package static func faster(_ samples: ArraySlice<Float>, speed: Double) -> [Float] {
        guard speed != 1, samples.count > 1 else { return Array(samples) }
        let first = samples.startIndex
        return (0..<Int(Double(samples.count - 1) / speed)).map { i in
            let place = Double(i) * speed
            let left = Int(place)
            let share = Float(place - Double(left))
            return samples[first + left] * (1 - share) + samples[first + left + 1] * share
        }
    }

    /// Noise of power 1 without babble.
    /// - Source of the pink filter: three first-order filters after P. Kellet's published coefficients, within 0.5 dB of 1/f above 40 Hz.
    package static func noise(_ kind: Noise, count: Int, _ random: inout SplitMix64) -> [Float] {
        var normal = NormalNumbers(seed: random.next())
        guard kind == .pink else { return (0..<count).map { _ in normal.next() } }
        var (a, b, c): (Float, Float, Float) = (0, 0, 0)
        let values = (0..<count).map { _ -> Float in
            let white = normal.next()
            a = 0.99765 * a + white * 0.0990460
            b = 0.96300 * b + white * 0.2965164
            c = 0.57000 * c + white * 1.0526913
            return a + b + c + white * 0.1848
        }
        let power = values.reduce(Float(0)) { $0 + $1 * $1 } / Float(max(1, count))
        let scale = power > 0 ? 1 / power.squareRoot() : 0
        return values.map { $0 * scale }
    }
}
