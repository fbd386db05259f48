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
}
