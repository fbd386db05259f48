import Foundation
import RigCheck
import SignalFeatures
import Signals
import Testing

/// Clicks that are put into sound at known moments between samples, and found again by their stamps.
@Suite struct PulseSoundTests {
    private struct Case {
        var seed: UInt64
        var rate: Double
        /// The card's clock against the host's.
        var drift_ppm: Double
        /// Of the noise, root mean square relative to full scale; the clicks have a gain of 0.2.
        var noise: Double
    }

    private static let cases = [
        Case(seed: 1, rate: 48_000, drift_ppm: 0, noise: 0), Case(seed: 2, rate: 44_100, drift_ppm: 80, noise: 0.005),
        Case(seed: 3, rate: 16_000, drift_ppm: -200, noise: 0.01), Case(seed: 4, rate: 8000, drift_ppm: 50, noise: 0.005),
        Case(seed: 5, rate: 48_000, drift_ppm: 300, noise: 0.02),
    ]

    /// Ten clicks of which two are missing, `delay` seconds late.
    private func hear(_ one: Case, delay: Double, missing: Set<Int>) throws -> PulseDelay {
        var random = SplitMix64(seed: one.seed)
        let shape = PulseSound(slowest: one.rate)
        let start = HostTime(seconds: 77)
        let sent = PulseSchedule.times(seconds: 9.5, seed: one.seed).map { start + $0 }
        let rate = one.rate * (1 + one.drift_ppm * 1e-6)
        var samples = (0..<Int(11 * rate)).map { _ in Float(0.05 + one.noise * random.normal()) }
        for (index, time) in sent.enumerated() where !missing.contains(index) {
            let place = (time - start + delay) * rate
            let first = Int(place.rounded(.up))
            // The same chirp, sampled by the card's clock from between two samples on.
            for (k, value) in shape.samples(rate: rate, offset: (Double(first) - place) / rate).enumerated() {
                samples[first + k] += 0.2 * value
            }
        }
        let stream = StreamDescription(
            name: "mic.audio", kind: .audio, channels: [.init(label: "ch1", unit: .fullScale)], nominalRate: one.rate,
            device: "d")
        var heard = HeardSound(stream, seconds: 20)
        for begin in stride(from: 0, to: samples.count, by: 480) {
            let piece = Array(samples[begin..<min(begin + 480, samples.count)])
            var item = SampleRingItem(
                stream: 0, channels: 1, frames: piece.count, firstCounter: UInt64(begin), missingBefore: 0, hostTime: start)
            item.setMade(start + Double(begin) / rate, period: 1 / rate)
            piece.withUnsafeBufferPointer { heard.take(item, $0) }
        }
        return try PulseDelay(sent: sent, found: PulseCheck.find(shape, in: heard, rate: one.rate), stream: stream.name)
    }

    @Test(arguments: 0..<5)
    func `clicks are found to 0.05 ms at any rate, drift and offset, in noise`(index: Int) throws {
        for delay in [0.0, 0.012_345, 0.2] {
            let result = try hear(Self.cases[index], delay: delay, missing: [])
            #expect(result.lost == 0 && abs(result.median - delay * 1e3) < 0.05 && result.spread < 0.05, "\(result)")
        }
    }

    @Test func `clicks that did not sound are lost and nothing else`() throws {
        let result = try hear(Self.cases[1], delay: 0.04, missing: [0, 4, 5])
        #expect(result.lost == 3 && abs(result.median - 40) < 0.05)
    }

    @Test func `clicks that drown in noise are not found`() {
        var one = Self.cases[0]
        one.noise = 1
        #expect(throws: PulseError.self) { try hear(one, delay: 0.04, missing: []) }
    }

    /// By the formula, with a loop written out.
    @Test func `likeness is the correlation coefficient of the template and each stretch`() throws {
        var random = SplitMix64(seed: 21)
        let template = (0..<37).map { _ in Float(random.normal()) }
        let signal = (0..<200).map { _ in Float(3 + 0.1 * random.normal()) }
        let search = try #require(SoundSearch(template))
        let found = search.likeness(in: signal, places: 10..<1000)
        #expect(found.count == 200 - 37 + 1 - 10)
        for (index, value) in found.enumerated() {
            let stretch = signal[10 + index..<10 + index + 37].map(Double.init)
            let (a, b) = (template.map(Double.init), stretch)
            let (ma, mb) = (a.reduce(0, +) / 37, b.reduce(0, +) / 37)
            let product = zip(a, b).reduce(0) { $0 + ($1.0 - ma) * ($1.1 - mb) }
            let size = (a.reduce(0) { $0 + ($1 - ma) * ($1 - ma) } * b.reduce(0) { $0 + ($1 - mb) * ($1 - mb) }).squareRoot()
            #expect(abs(Double(value) - product / size) < 1e-4)
        }
        #expect(SoundSearch([Float(1), 1, 1]) == nil && SoundSearch([Float]()) == nil)
        #expect(search.likeness(in: [Float](repeating: 1, count: 30), places: 0..<30).isEmpty)
        #expect(search.likeness(in: [Float](repeating: 1, count: 50), places: 0..<50).allSatisfy { $0 == 0 })
    }
}
