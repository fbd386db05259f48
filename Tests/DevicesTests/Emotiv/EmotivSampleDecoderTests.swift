import Devices
import Protocols
import Signals
import Testing

@Suite struct EmotivSampleDecoderTests {
    private func report(_ counter: Int, _ counts: [Int] = [Int](repeating: 8192, count: 14), quality: Int = 540) -> [UInt8] {
        EmotivReport.bytes(counter: counter, battery: 246, counts: counts, quality: quality, gyroscope: [1652, 1681])
    }

    private func decode(_ counters: [Int], pace: Double = 1 / 128.0) -> SampleCollector {
        let sink = SampleCollector()
        let decoder = EmotivSampleDecoder(EmotivConfiguration(name: "d"))
        for (index, counter) in counters.enumerated() {
            decoder.decode(report(counter), at: 1 + Double(index) * pace, into: sink)
        }
        return sink
    }

    @Test func `samples are volts about the middle of the range, half a microvolt a count`() {
        let sink = SampleCollector()
        let counts = [0, 8192, 8193, 16_383] + [Int](repeating: 8000, count: 10)
        EmotivSampleDecoder(EmotivConfiguration(name: "d")).decode(report(3, counts), at: 1, into: sink)
        let expected = [-4177.92e-6, 0, 0.51e-6, 4177.41e-6] + [Double](repeating: -97.92e-6, count: 10)
        let isClose = zip(sink.samples(0), expected).allSatisfy { found, expected in
            abs(Double(found) - expected) <= 1e-6 * abs(expected)
        }
        #expect(isClose && sink.samples(0).count == 14)
        #expect(sink.samples(1) == [1652, 1681])
    }

    @Test func `the battery's report is the 129th of a turn`() {
        let sink = decode(Array(100...128) + Array(0...128) + [0, 1])
        #expect(sink.missing(0) == 0 && sink.events.isEmpty)
        #expect(sink.counters(0) == Array(100..<260))
        #expect(sink.counters(1) == sink.counters(0))
    }

    @Test func `holes are counted over the turn of the counter, and over whole turns by the clock`() {
        let sink = SampleCollector()
        let decoder = EmotivSampleDecoder(EmotivConfiguration(name: "d"))
        decoder.decode(report(120), at: 1, into: sink)
        // 121 … 127, the battery and 0, 1 are lost.
        decoder.decode(report(2), at: 1 + 11 / 128.0, into: sink)
        // Two turns less one: 257.
        decoder.decode(report(2), at: 1 + (11 + 258) / 128.0, into: sink)
        #expect(sink.blocks.filter { $0.stream == 0 }.map(\.missingBefore) == [0, 10, 257])
    }

    @Test func `a report that comes twice is dropped`() {
        let sink = decode([7, 8, 8, 9])
        #expect(sink.total(.duplicateDropped) == 1 && sink.counters(0) == [7, 8, 9])
    }

    @Test func `once a turn the contacts and the battery, with NaN for what no report named`() {
        let sink = decode(Array(10...128) + Array(0...128))
        #expect(sink.frames(2) == 2)
        let first = Array(sink.samples(2).prefix(15))
        #expect(first == [Float](repeating: 1, count: 14) + [97.02])
        // From 81 on only F8, AF4, FC6 and F4 are named.
        let short = Array(decode(Array(81...128)).samples(2))
        let unnamed = short.prefix(10).filter(\.isNaN).count
        #expect(unnamed == 10)
        #expect(Array(short[10...13]) == [1, 1, 1, 1])
    }

    @Test func `many reports in one piece are placed at the times at which they were made`() {
        let sink = SampleCollector()
        let decoder = EmotivSampleDecoder(EmotivConfiguration(name: "d"))
        decoder.decode(report(0), at: 1, into: sink)
        // Nothing for 1.5 s, then 192 reports at once: no turn is missing.
        let backlog = (1...192).flatMap { report($0 % 129) }
        decoder.decode(backlog, at: 2.5, into: sink)
        #expect(sink.missing(0) == 0 && sink.frames(0) == 193)
    }

    @Test func `what is no whole report is garbage, and empty pieces are nothing`() {
        let sink = SampleCollector()
        let decoder = EmotivSampleDecoder(EmotivConfiguration(name: "d"))
        decoder.decode([], at: 1, into: sink)
        decoder.decode(report(1) + [1, 2, 3], at: 1, into: sink)
        #expect(sink.frames(0) == 1 && sink.total(.garbageSkipped) == 3)
    }

    @Test func `after a return the hole is as long as the interruption`() {
        let sink = SampleCollector()
        let decoder = EmotivSampleDecoder(EmotivConfiguration(name: "d"))
        decoder.decode(report(5), at: 1, into: sink)
        decoder.note(.lost, at: 1)
        decoder.note(.reconnected, at: 3)
        decoder.decode(report(0), at: 3, into: sink)
        decoder.decode(report(1), at: 3 + 1 / 128.0, into: sink)
        #expect(sink.blocks.filter { $0.stream == 0 }.map(\.missingBefore) == [0, 255, 0])
    }

    @Test func `no bytes trap, and counters never go back`() {
        var random = SplitMix64(seed: 4)
        let sink = SampleCollector()
        let decoder = EmotivSampleDecoder(EmotivConfiguration(name: "d"))
        for index in 0..<2000 {
            let bytes = (0..<random.integer(below: 200)).map { _ in UInt8(random.integer(below: 256)) }
            decoder.decode(bytes, at: Double(index) * 0.01, into: sink)
        }
        let counters = sink.counters(0)
        let isOrdered = zip(counters, counters.dropFirst()).allSatisfy { $0 < $1 }
        #expect(isOrdered && counters.count > 100)
    }
}
