import Foundation
import Recognition
import SignalFeatures
import Signals
import Testing

/// What training does to sounds, seen from outside: a string's features and windows.
@Suite struct PerturbationTests {
    @Test func `a scaled perturbation is as much wider, and nothing at all is left of one scaled by a little`() {
        let whole = Perturbation()
        let half = whole.scaled(by: 0.5)
        #expect(abs((1 - half.speed.lowerBound) - 0.5 * (1 - whole.speed.lowerBound)) < 1e-12)
        #expect(abs((half.warp.upperBound - 1) - 0.5 * (whole.warp.upperBound - 1)) < 1e-12)
        #expect(half.noisy == 0.5 * whole.noisy && half.maskedBands == 3 && half.ratio_dB == whole.ratio_dB)
        let twice = whole.scaled(by: 2)
        #expect(twice.noisy == 1 && twice.speed.lowerBound > 0)
    }

    @Test
    func
        `numbers for noise are normal: mean, deviation, shares beyond one, two and three deviations, no likeness of neighbours`()
    {
        var numbers = NormalNumbers(seed: 4)
        let values = (0..<200_000).map { _ in Double(numbers.next()) }
        let mean = values.reduce(0, +) / 200_000
        let variance = values.reduce(0) { $0 + $1 * $1 } / 200_000 - mean * mean
        #expect(abs(mean) < 0.01 && abs(variance - 1) < 0.015)
        for (limit, share) in [(1.0, 0.3173), (2, 0.0455), (3, 0.0027)] {
            let found = Double(values.count { abs($0) > limit }) / 200_000
            #expect(abs(found - share) < 4 * (share / 200_000).squareRoot())
        }
        let likeness = zip(values, values.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / 200_000
        #expect(abs(likeness) < 0.01)
    }

    /// Power in bands of an octave.
    @Test func `pink noise falls by three decibels an octave`() {
        var random = SplitMix64(seed: 1)
        let noise = Perturbation.noise(.pink, count: 160_000, &random)
        let power = noise.reduce(Float(0)) { $0 + $1 * $1 } / 160_000
        #expect(abs(power - 1) < 1e-3)
        let spectrum = PowerSpectrum(noise, rate: 16_000)
        let octaves = (0..<5).map { octave -> Double in
            let low = 125.0 * Double(1 << octave)
            return 20 * log10(spectrum?.rms(from: low, to: 2 * low, without: []) ?? 0)
        }
        // The same power in each octave.
        for level in octaves { #expect(abs(level - octaves[0]) < 1) }
    }

    @Test func `a faster sound is shorter and higher`() {
        let tone = (0..<8000).map { Float(sin(2 * Double.pi * 500 * Double($0) / 8000)) }
        for speed in [0.8, 1.0, 1.25] {
            let changed = Perturbation.faster(tone[...], speed: speed)
            #expect(abs(Double(changed.count) * speed - 8000) <= 2)
            let crossings = zip(changed, changed.dropFirst()).count { ($0 < 0) != ($1 < 0) }
            let frequency = Double(crossings) / 2 / (Double(changed.count) / 8000)
            #expect(abs(frequency - 500 * speed) < 5)
        }
    }
}
