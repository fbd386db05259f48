import Foundation
import SignalFeatures
import Testing

struct BandAmplitudeTests {
    private static let rate = 250.0

    /// The last value after four seconds of a sine of amplitude 1.
    private func amplitude(_ frequency: Double, band: ClosedRange<Double> = 8...12, window: Double = 1) -> Double {
        var measure = BandAmplitude(rate: Self.rate, band: band, window: window)
        var last = Double.nan
        for sample in 0..<1000 { last = measure.take(Float(sin(2 * .pi * frequency * Double(sample) / Self.rate))) }
        return last
    }

    @Test func `a sine within the band has its root mean square, one far from it none`() {
        #expect(abs(amplitude(10, band: 5...20) - 0.5.squareRoot()) < 0.01)
        #expect(amplitude(1) < 1e-3 && amplitude(60) < 1e-3)
    }

    @Test(arguments: [8.0...12, 10...11, 5...20, 1...40])
    func `a sine at the centre of a band is right to a tenth from the first value on`(band: ClosedRange<Double>) {
        let frequency = (band.lowerBound * band.upperBound).squareRoot()
        // Whole periods, so that the window itself adds no ripple.
        var measure = BandAmplitude(rate: Self.rate, band: band, window: 4 / frequency)
        let values = (0..<2000).map { measure.take(Float(sin(2 * .pi * frequency * Double($0) / Self.rate))) }
            .filter(\.isFinite)
        #expect(values.count > 1000)
        for value in values { #expect(abs(value / 0.5.squareRoot() - 1) < 0.1) }
    }

    @Test(arguments: [8.0, 12])
    func `at the edges of the alpha band half of the power is left`(edge: Double) {
        #expect(abs(amplitude(edge) - 0.5) < 0.005)
    }

    @Test(arguments: [8.0, 16])
    func `at the edges of a wide band half of the power is left`(edge: Double) {
        // A band of one octave; the other edge of the fourth-order filters takes little there.
        let band = edge == 8 ? 8.0...80 : 1.6...16
        #expect(abs(amplitude(edge, band: band) - 0.5) < 0.01)
    }

    @Test func `before the filters have settled, after a hole and after what is no number nothing is known`() {
        var measure = BandAmplitude(rate: 250, band: 10...20, window: 0.1)
        func known(_ count: Int) -> Int { (0..<count).filter { _ in measure.take(1).isFinite }.count }
        // A window of 25 samples, and two over the bandwidth.
        #expect(known(75) == 0 && known(10) == 10)
        measure.restart()
        #expect(known(75) == 0 && known(1) == 1)
        #expect(measure.take(.nan).isNaN && known(75) == 0 && known(1) == 1)
        var plain = BandAmplitude(rate: 250, band: nil, window: 1)
        #expect(plain.take(0.25) == 0.25 && plain.take(.infinity).isNaN && plain.take(-3) == -3)
    }

    @Test func `after a huge artefact small signals are as they were`() {
        var measure = BandAmplitude(rate: 250, band: 5...20, window: 0.2)
        var last = 0.0
        for sample in 0..<5000 {
            let signal = 1e-6 * sin(2 * .pi * 10 * Double(sample) / 250)
            last = measure.take(Float(signal + (sample == 500 ? 1e3 : 0)))
        }
        #expect(abs(last / (1e-6 * 0.5.squareRoot()) - 1) < 0.05)
    }
}
