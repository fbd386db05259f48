import Devices
import Protocols
import Signals
import Testing

@Suite struct RigLinkSampleDecoderTests {
    private static let descriptor = RigLinkDescriptor(
        maker: "Larmor", model: "board", serialNumber: "1", firmware: "1.0", maximumPayload: 4096,
        queueFrames: 8,
        latency_us: 100,
        streams: [
            .init(
                name: "drive", direction: .drive, kind: .drive, rate: 0, channels: 2, labelPrefix: "d",
                unit: .tesla),
            .init(
                name: "eeg", direction: .out, kind: .eeg, rate: 1000, channels: 2, labelPrefix: "e",
                unit: .volt,
                format: .int16, scale: 1e-6),
            .init(
                name: "state", direction: .out, kind: .magnetisation, rate: 0, answers: 0, channels: 1,
                labelPrefix: "m",
                unit: .dimensionless),
        ])

    private func decoder() -> RigLinkSampleDecoder {
        RigLinkSampleDecoder(RigLinkConfiguration(name: "board", descriptor: Self.descriptor))
    }

    /// A samples payload with 16-bit values, written out by hand from the specification.
    private func eeg(counter: UInt64, _ words: [Int16]) -> [UInt8] {
        var bytes: [UInt8] = [1, 0, UInt8(words.count / 2), 0]
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: counter >> (8 * $0)) }
        return bytes + words.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }

    @Test func `values are scaled as the descriptor says, and drive streams give no stream`() {
        var encoder = RigLinkEncoder()
        let sink = SampleCollector()
        let decoder = decoder()
        #expect(decoder.streams.map(\.name) == ["board.eeg", "board.state"])
        decoder.decode(encoder.encode(.samples, eeg(counter: 5, [1000, -1000])), at: 1, into: sink)
        #expect(sink.samples(0) == [Float(1000) * 1e-6, Float(-1000) * 1e-6])
        #expect(sink.counters(0) == [5])
    }

    @Test func `counts of 32 bits keep every bit`() {
        var descriptor = Self.descriptor
        descriptor.streams[1].format = .int32
        // A power of two, so that the products are exact.
        descriptor.streams[1].scale = 0x1p-20
        let decoder = RigLinkSampleDecoder(RigLinkConfiguration(name: "board", descriptor: descriptor))
        let counts: [Int32] = [.max, .min, 16_777_217, -1]
        var bytes: [UInt8] = [1, 0, 2, 0, 5, 0, 0, 0, 0, 0, 0, 0]
        for count in counts { bytes += withUnsafeBytes(of: count.littleEndian) { Array($0) } }
        var encoder = RigLinkEncoder()
        let sink = SampleCollector()
        decoder.decode(encoder.encode(.samples, bytes), at: 1, into: sink)
        #expect(decoder.streams[0].sampleFormat == .double64 && decoder.streams[0].channels[0].unitWord == "volts")
        #expect(sink.exact(0, as: Double.self) == counts.map { Double($0) / 1_048_576 })
        #expect(sink.counters(0) == [5, 6])
    }

    @Test func `a step of the frame counter is a hole, for streams with a clock of their own`() {
        var encoder = RigLinkEncoder()
        let sink = SampleCollector()
        let decoder = decoder()
        for counter in [0, 1, 2, 7, 8] as [UInt64] {
            decoder.decode(encoder.encode(.samples, eeg(counter: counter, [1, 2])), at: 1, into: sink)
        }
        #expect(sink.gaps(0) == [Gap(first: 3, count: 4)])
    }

    @Test func `a board that comes back and counts from zero goes on behind a hole as long as it was away`() {
        var encoder = RigLinkEncoder()
        let sink = SampleCollector()
        let decoder = decoder()
        func decode(_ counter: UInt64, at time: Double) {
            decoder.decode(encoder.encode(.samples, eeg(counter: counter, [1, 2, 3, 4])), at: time, into: sink)
        }
        decode(700, at: 1)
        decoder.note(DeviceEvent(code: .lost, value: 0, hostTime: HostTime(seconds: 1.1)))
        decoder.note(DeviceEvent(code: .reconnected, value: 1, hostTime: HostTime(seconds: 3.4)))
        // 2.5 s at 1000 frames a second, of which two arrive.
        decode(0, at: 3.5)
        decode(2, at: 3.502)
        #expect(sink.gaps(0) == [Gap(first: 702, count: 2498)])
        #expect(sink.counters(0) == [700, 701, 3200, 3201, 3202, 3203])
    }

    @Test func `counters that no device can mean neither trap nor make a hole`() {
        var encoder = RigLinkEncoder()
        let sink = SampleCollector()
        let decoder = decoder()
        for counter in [.max - 1, 5, .max / 2, 1 << 41, 3] as [UInt64] {
            decoder.decode(encoder.encode(.samples, eeg(counter: counter, [1, 2, 3, 4])), at: 1, into: sink)
        }
        #expect(sink.gaps(0).allSatisfy { $0.count < 1 << 41 })
        #expect(sink.counters(0).allSatisfy { $0 < 1 << 62 })
    }

    @Test func `answers count as answers, not as a clock`() {
        var encoder = RigLinkEncoder()
        let sink = SampleCollector()
        let decoder = decoder()
        for counter in [0, 9] as [UInt64] {
            let payload = RigLinkFrames.payload(stream: 2, firstCounter: counter, frames: 1, values: [0.5])
            decoder.decode(encoder.encode(.samples, payload), at: 1, into: sink)
        }
        #expect(decoder.answered == 2)
        #expect(sink.gaps(1).isEmpty)
    }

    @Test func `damaged frames are counted, and the frames around them come through`() {
        var encoder = RigLinkEncoder()
        let sink = SampleCollector()
        let decoder = decoder()
        var frames = (0..<5 as Range<UInt64>).map { encoder.encode(.samples, eeg(counter: $0, [1, 2])) }
        frames[2][6] ^= 0x40
        decoder.decode(frames.flatMap { $0 }, at: 1, into: sink)
        #expect(sink.total(.corruptDropped) == 1)
        #expect(sink.gaps(0) == [Gap(first: 2, count: 1)])
        #expect(sink.frames(0) == 4)
    }

    @Test func `sound messages that do not fit the descriptor are counted as corrupt`() {
        var encoder = RigLinkEncoder()
        let sink = SampleCollector()
        let decoder = decoder()
        var foreign = eeg(counter: 0, [1, 2])
        foreign[0] = 77
        let short = Array(eeg(counter: 0, [1, 2]).dropLast())
        let long = eeg(counter: 0, [1, 2]) + [0]
        let none = eeg(counter: 0, [])
        var drive = eeg(counter: 0, [1, 2])
        drive[0] = 0
        for (number, payload) in [foreign, short, long, none, drive, [], [1, 0, 1]].enumerated() {
            decoder.decode(encoder.encode(.samples, payload), at: 1, into: sink)
            #expect(sink.total(.corruptDropped) == UInt64(number + 1))
        }
        decoder.decode(encoder.encode(.status, [1]) + encoder.encode(.error, [5, 0, 9, 65]), at: 1, into: sink)
        #expect(sink.total(.corruptDropped) == 9 && sink.blocks.isEmpty)
    }

    @Test func `a board's error is an event with its code, and its text for people`() {
        var encoder = RigLinkEncoder()
        let sink = SampleCollector()
        // Written out by hand from the specification: code 5, one byte of length, text.
        let text = "board on fire \u{1B}[31m"
        decoder().decode(encoder.encode(.error, [5, 0, UInt8(text.utf8.count)] + Array(text.utf8)), at: 1, into: sink)
        #expect(sink.events == [DeviceEvent(code: .deviceError, value: 5, hostTime: HostTime(seconds: 1))])
        #expect(sink.messages.map(\.code) == [5])
        // What could act on a terminal is shown as a dot.
        #expect(sink.messages.map(\.text) == ["board on fire ·[31m"])
    }

    /// One message of five frames for each counter, every 5 ms at 1 kHz.
    private func run(_ counters: [UInt64], pauseBefore: Int? = nil) -> SampleCollector {
        var encoder = RigLinkEncoder()
        let sink = SampleCollector()
        let decoder = decoder()
        var time = 10.0
        for (index, counter) in counters.enumerated() {
            time += index == pauseBefore ? 3.005 : 0.005
            let payload = eeg(counter: counter, [Int16](repeating: 1, count: 10))
            decoder.decode(encoder.encode(.samples, payload), at: time, into: sink)
        }
        return sink
    }

    @Test(arguments: [1 << 39, 1 << 30, 100_000] as [UInt64])
    func `a jump of the counter for which the clock has no room is a board that began anew`(jump: UInt64) {
        let sink = run((0..<100).map { $0 * 5 + ($0 < 50 ? 0 : jump) })
        #expect(sink.frames(0) == 500 && sink.missing(0) == 0)
        #expect(sink.events.map(\.code) == [.counterReset])
    }

    @Test func `a jump for which the clock has room is a hole`() {
        let sink = run((0..<100).map { $0 * 5 + ($0 < 50 ? 0 : 3000) }, pauseBefore: 50)
        #expect(sink.frames(0) == 500 && sink.gaps(0) == [Gap(first: 250, count: 3000)] && sink.events.isEmpty)
    }

    @Test func `a counter that never moves is reported once, and no frame is lost`() {
        let sink = run([UInt64](repeating: 0, count: 200))
        #expect(sink.counters(0) == Array(0..<1000))
        #expect(sink.events.map(\.code) == [.counterStuck])
    }

    @Test func `a counter that moves again after it stood still goes on`() {
        let sink = run([UInt64](repeating: 0, count: 100) + (1...100).map { $0 * 5 })
        #expect(sink.counters(0) == Array(0..<1000))
        #expect(sink.events.map(\.code) == [.counterStuck, .counterReset])
    }

    @Test func `a board that begins anew within its first second loses one message, which the clock counts`() {
        let sink = run((0..<40).map { $0 * 5 } + (0..<40).map { $0 * 5 })
        #expect(sink.frames(0) == 395 && sink.missing(0) == 5)
        #expect(sink.total(.duplicateDropped) == 5 && sink.total(.counterReset) > 0)
    }

    @Test func `an old message that comes again is dropped`() {
        let sink = run((0..<50).map { $0 * 5 } + [235] + (50..<100).map { $0 * 5 })
        #expect(sink.frames(0) == 500 && sink.missing(0) == 0 && sink.total(.duplicateDropped) == 5)
    }
}
