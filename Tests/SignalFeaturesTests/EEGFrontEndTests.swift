import Foundation
import SignalFeatures
import Signals
import Testing

struct EEGFrontEndTests {
    private func fed(_ signal: (Int) -> Double, samples: Int) -> EEGFrontEnd {
        let front = EEGFrontEnd(channels: 1, rate: 250)
        for n in 0..<samples {
            let row = [Float(signal(n) * 1e-6)]
            row.withUnsafeBufferPointer { front.feed(counter: UInt64(n), $0) }
        }
        return front
    }

    private func features(_ front: EEGFrontEnd, at counter: UInt64) -> [Float]? {
        var values = [Float](repeating: -1, count: front.features)
        let isThere = values.withUnsafeMutableBufferPointer { front.setFeatures(at: counter, $0) }
        return isThere ? values : nil
    }

    @Test func `a sine of four whole periods has the closed forms of all five features`() throws {
        // 31.25 Hz at 250 Hz: a period is 8 samples, the window of 32 holds four. A sine's rms is A/√2, its mean 0, its
        // kurtosis 3/2; it crosses zero twice a period; all power is in one bin, so the entropy is 0.
        let front = fed({ 50 * sin(2 * .pi * 31.25 * Double($0) / 250 + 0.3) }, samples: 2000)
        let values = try #require(features(front, at: 1999))
        let r = tan(.pi * 31.25 / 250) / tan(.pi * 70 / 250)
        let passed = 50 / (1 + r * r * r * r).squareRoot()
        #expect(abs(Double(values[0]) - passed / 2.0.squareRoot()) < 0.05)
        #expect(abs(values[1] * 32 - 8) <= 1)
        #expect(abs(values[2]) < 0.05)
        #expect(abs(values[3] - 1.5) < 0.01)
        #expect(values[4] < 0.01)
    }

    @Test func `white noise has kurtosis 3 and high entropy on average`() throws {
        var random = SplitMix64(seed: 2)
        let noise = (0..<3000).map { _ in 20 * random.normal() }
        let front = fed({ noise[$0] }, samples: 3000)
        var (kurtosis, entropy, count) = (Float(0), Float(0), Float(0))
        for counter in stride(from: UInt64(600), to: 3000, by: 16) {
            let values = try #require(features(front, at: counter))
            kurtosis += values[3]
            entropy += values[4]
            count += 1
        }
        // Windows of 32 samples pull the mean kurtosis of a normal variable a little under 3: 3 (n − 1)/(n + 1) = 2.82.
        #expect(abs(kurtosis / count - 2.82) < 0.15)
        #expect(entropy / count > 0.7 && entropy / count < 1)
    }

    @Test func `samples that have not come, or are gone, have no features`() {
        let front = fed({ Double($0 % 7) }, samples: 5000)
        #expect(features(front, at: 5000) == nil)
        #expect(features(front, at: 20) == nil)
        #expect(features(front, at: 800) == nil)
        #expect(features(front, at: 4999) != nil)
        #expect(front.end == 5000)
    }

    @Test func `a constant signal has neither kurtosis nor entropy`() throws {
        let front = fed({ _ in 0 }, samples: 500)
        #expect(try #require(features(front, at: 400)) == [0, 0, 0, 0, 0])
    }
}
