import Foundation
import SignalFeatures
import Testing

/// Amplitude and phase with which a filter passes a sine, from its output after it has settled.
private func gain(_ filter: Biquad, frequency: Double, rate: Double) -> Double {
    var filter = filter
    var (a, b) = (0.0, 0.0)
    let settle = Int(rate * 20)
    let count = Int(rate * 20)
    for n in 0..<settle + count {
        let phase = 2 * Double.pi * frequency * Double(n) / rate
        let y = filter.process(sin(phase))
        if n >= settle {
            a += y * sin(phase)
            b += y * cos(phase)
        }
    }
    return 2 * (a * a + b * b).squareRoot() / Double(count)
}

struct FilterTests {
    /// Butterworth of second order after the bilinear transform: |H| = 1/√(1 + r⁴), r = tan(πf/fs)/tan(πf₀/fs).
    @Test(arguments: [2.0, 10, 35, 60, 100])
    func `a low-pass has the response of a second-order Butterworth filter`(frequency: Double) {
        let r = tan(.pi * frequency / 250) / tan(.pi * 35 / 250)
        let expected = 1 / (1 + r * r * r * r).squareRoot()
        #expect(abs(gain(.lowPass(cutoff: 35, rate: 250), frequency: frequency, rate: 250) - expected) < 1e-4)
    }

    @Test(arguments: [0.5, 1.0, 4, 40])
    func `a high-pass has the response of a second-order Butterworth filter`(frequency: Double) {
        let r = tan(.pi * 1 / 250) / tan(.pi * frequency / 250)
        let expected = 1 / (1 + r * r * r * r).squareRoot()
        #expect(abs(gain(.highPass(cutoff: 1, rate: 250), frequency: frequency, rate: 250) - expected) < 1e-3)
    }

    /// What a row of sections makes of an impulse.
    private func response(_ filters: [Biquad], count: Int) -> [Double] {
        var filters = filters
        return (0..<count).map { sample in
            filters.indices.reduce(sample == 0 ? 1 : 0) { filters[$1].process($0) }
        }
    }

    @Test(arguments: BandPassValues.cases)
    func `a band-pass is SciPy's Butterworth filter`(_ expected: BandPassValues.Case) {
        let found = response(Biquad.bandPass(expected.band, rate: expected.rate), count: 321)
        let largest = found.map(abs).max() ?? 0
        for (sample, value) in zip(BandPassValues.samples, expected.impulse) {
            #expect(abs(found[sample] - value) < 1e-9 * largest, "\(expected.band), sample \(sample)")
        }
    }

    @Test(arguments: BandPassValues.cases)
    func `a band-pass has gain 1 at the centre, -3 dB at both edges and SciPy's gains elsewhere`(
        _ expected: BandPassValues.Case
    ) {
        #expect(abs(expected.gains[2] - 1) < 1e-9)
        for edge in [1, 3] { #expect(abs(expected.gains[edge] - 0.5.squareRoot()) < 1e-9) }
        // Long enough for the narrowest of them.
        let seconds = 40 / (expected.band.upperBound - expected.band.lowerBound) + 10 / expected.band.lowerBound
        let impulse = response(Biquad.bandPass(expected.band, rate: expected.rate), count: Int(seconds * expected.rate))
        for (frequency, gain) in zip(expected.frequencies, expected.gains) {
            let turn = 2 * Double.pi * frequency / expected.rate
            var (a, b) = (0.0, 0.0)
            for (sample, value) in impulse.enumerated() {
                a += value * cos(turn * Double(sample))
                b += value * sin(turn * Double(sample))
            }
            #expect(abs((a * a + b * b).squareRoot() - gain) < 1e-9, "\(expected.band), \(frequency) Hz")
        }
    }
}
