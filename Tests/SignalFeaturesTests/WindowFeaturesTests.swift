import Foundation
import SignalFeatures
import Testing

struct WindowFeaturesTests {
    @Test func `the five features are NumPy's and SciPy's`() {
        for (count, expected) in [(32, EEGValues.window32), (128, EEGValues.window128)] {
            let own = WindowFeatures(referenceWave(count, from: 100)).values
            for (value, other) in zip(own, expected) { #expect(abs(value - other) < 1e-9 * max(1, abs(other))) }
        }
    }

    @Test(arguments: [0.0, 1, -63_000, 1e-30, 1e12])
    func `a constant window has no kurtosis and no entropy`(value: Double) {
        let found = WindowFeatures([Double](repeating: value, count: 64))
        #expect(abs(found.rms - abs(value)) <= 1e-12 * abs(value) && abs(found.mean - value) <= 1e-12 * abs(value))
        #expect((found.zeroCrossingRate, found.kurtosis, found.spectralEntropy) == (0, 0, 0))
    }

    @Test func `a single spike has the largest kurtosis and full entropy`() {
        var window = [Double](repeating: 0, count: 64)
        window[20] = 5
        let found = WindowFeatures(window)
        // n Σd⁴ / (Σd²)² of one value among n: n − 2 + 1 / (n − 1).
        #expect(abs(found.kurtosis - (62 + 1.0 / 63)) < 1e-9)
        #expect(abs(found.spectralEntropy - 1) < 0.01)
    }
}
