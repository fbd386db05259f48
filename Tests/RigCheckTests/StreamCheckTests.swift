import Foundation
import RigCheck
import Signals
import Testing

@Suite struct StreamCheckTests {
    private func description(rate: Double = 250, channels: Int = 2, kind: StreamDescription.Kind = .eeg) -> StreamDescription {
        StreamDescription(
            name: "h.eeg", kind: kind,
            channels: (1...channels).map { .init(label: "\($0)", unit: .volt, fullScale: 0.01) }, nominalRate: rate,
            device: "test")
    }

    /// Feeds blocks of `block` frames that arrive when their last frame was made, later by `delay(block number)`.
    private func run(
        _ description: StreamDescription, seconds: Double, block: Int = 5, ppm: Double = 0, delay: (Int) -> Double = { _ in 0 },
        skip: Set<Int> = [], _ value: (Int, Double) -> Float
    ) -> StreamCheckResult {
        var check = StreamCheck(description)
        let rate = description.nominalRate * (1 + ppm * 1e-6)
        var missing: UInt64 = 0
        for number in 0..<Int(seconds * description.nominalRate) / block {
            if skip.contains(number) {
                missing += UInt64(block)
                continue
            }
            let first = number * block
            let values = (first..<first + block).flatMap { frame in
                (0..<description.channelCount).map { value($0, Double(frame) / description.nominalRate) }
            }
            let item = SampleRingItem(
                stream: 0, channels: description.channelCount, frames: block, firstCounter: UInt64(first),
                missingBefore: missing, hostTime: HostTime(seconds: 50 + Double(first + block) / rate + delay(number)))
            missing = 0
            values.withUnsafeBufferPointer { check.take(item, $0) }
        }
        return check.result()
    }

    @Test func `a sine at the mains' frequency is found with its amplitude, and noise without it`() throws {
        // 20 µV at 50 Hz, and white noise of 2 µV rms: from 1 Hz to 125 Hz without 49–51, 59–61 and 99–101 Hz
        // that is 2 µV · √(118 / 125).
        var random = SplitMix64(seed: 1)
        let result = run(description(), seconds: 20) { _, t in
            Float(20e-6 * sin(2 * .pi * 50 * t) + 2e-6 * random.normal())
        }
        #expect(result.pass)
        let line = try #require(result.lineUv)
        #expect(abs(line - 20) < 0.5 && result.lineHz == 50)
        let noise = try #require(result.noiseUvRms)
        #expect(abs(noise - 2 * (118.0 / 125).squareRoot()) < 0.08)
    }

    @Test func `a stream of doubles in microvolts is checked in volts`() throws {
        let stream = StreamDescription(
            name: "l.eeg", kind: .eeg,
            channels: [.init(label: "1", unit: .volt, own: .init(word: "microvolts", scale: 1e-6))], nominalRate: 250,
            device: "test", sampleFormat: .double64)
        var check = StreamCheck(stream)
        for block in 0..<1000 {
            let frames: [Double] = (0..<5).map { frame in
                let phase = 2 * Double.pi * 50 * Double(5 * block + frame) / 250
                return 20 * sin(phase)
            }
            let item = SampleRingItem(
                stream: 0, channels: 1, frames: 5, firstCounter: UInt64(5 * block), missingBefore: 0,
                hostTime: HostTime(seconds: 50 + Double(5 * block + 5) / 250), format: .double64)
            frames.withUnsafeBytes { raw in check.take(item, raw.bindMemory(to: Float.self)) }
        }
        let result = check.result()
        #expect(abs(try #require(result.lineUv) - 20) < 0.5 && result.flat.isEmpty)
    }

    @Test func `the measured rate's interval holds the true rate`() throws {
        var random = SplitMix64(seed: 2)
        let result = run(description(), seconds: 60, ppm: 80, delay: { _ in 0.004 * random.uniform() }) { c, t in
            Float(c) + Float(t)
        }
        let interval = try #require(result.rateHzInterval)
        let rate = 250 * (1 + 80e-6)
        #expect(interval.low <= rate && rate <= interval.high && interval.high - interval.low < 0.02)
        #expect(abs(try #require(result.driftPpm) - 80) < 20)
    }

    @Test func `jitter is how much later than the earliest a block comes`() throws {
        // Every tenth block is 6 ms late.
        let result = run(description(), seconds: 40, delay: { $0 % 10 == 0 ? 0.006 : 0 }) { _, t in Float(t) }
        let jitter = try #require(result.jitterMs)
        #expect(jitter.p50 < 0.1 && abs(jitter.p99 - 6) < 0.1 && abs(jitter.max - 6) < 0.1)
    }

    @Test func `missing frames fail the check with their number`() {
        let result = run(description(), seconds: 4, skip: [30, 31, 90]) { _, t in Float(t) * 1e-4 }
        #expect(result.lost == 15)
        #expect(result.problems == ["15 frames are missing"])
    }

    @Test func `flat and saturated channels are named, and those that are off are not`() {
        let result = run(description(channels: 3), seconds: 4) { channel, t in
            channel == 0 ? 1e-6 : channel == 1 ? Float(0.02 * sin(t)).magnitude > 0.01 ? 0.01 : 0 : Float(1e-6 * sin(9 * t))
        }
        #expect(result.flat == ["1"] && result.saturated == ["2"])
        #expect(!result.pass)
    }

    @Test func `a rate that is wrong by more than a thousandth fails`() {
        #expect(
            run(description(), seconds: 20, ppm: 3000) { _, t in Float(sin(t)) * 1e-6 }.problems == [
                "the rate is off by more than 0.1 %"
            ])
        #expect(run(description(), seconds: 20, ppm: 300) { _, t in Float(sin(t)) * 1e-6 }.pass)
    }

    @Test func `the plot is well-formed and has a line for each channel`() throws {
        let result = run(description(channels: 3), seconds: 4) { channel, t in Float(1e-6 * sin(Double(channel + 1) * 40 * t)) }
        let svg = SpectrumPlot([result]).svg
        #expect(svg.components(separatedBy: "<polyline").count == 4)
        #expect(svg.components(separatedBy: "<text").count == svg.components(separatedBy: "</text>").count)
        #expect(!svg.contains("nan") && !svg.contains("inf"))
    }
}
