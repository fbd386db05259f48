import Devices
import Protocols
import Signals
import Testing

@Suite struct CytonSampleDecoderTests {
    private func decoder(gains: [Int] = [Int](repeating: 24, count: 8)) -> CytonSampleDecoder {
        CytonSampleDecoder(CytonConfiguration(name: "headset", gains: gains, firmware: "v3.1.2"))
    }

    /// Packets whose first channel counts 0, 1, 2, …; the board's counter goes with it.
    private func packets(_ range: Range<Int>, board: (Int) -> Int = { $0 }) -> [[UInt8]] {
        range.map { index in
            CytonPacket(counter: UInt8(board(index) & 0xFF), counts: [Int32(index), 0, 0, 0, 0, 0, 0, 0])
                .bytes
        }
    }

    /// Feeds packets at the board's pace, 4 ms apart, the one with number 0 at `start`.
    private func feed(
        _ numbers: some Sequence<Int>, start: Double = 10, _ decoder: CytonSampleDecoder,
        _ sink: SampleCollector
    ) {
        for number in numbers {
            decoder.decode(packets(number..<number + 1)[0], at: start + Double(number) / 250, into: sink)
        }
    }

    @Test(arguments: [1, 2, 4, 6, 8, 12, 24])
    func `a count is 4.5 V over the gain over 2^23 - 1`(gain: Int) {
        // ADS1299 data sheet, section 9.5.1: LSB = Vref / gain / (2^23 − 1), Vref = 4.5 V.
        let sink = SampleCollector()
        let counts: [Int32] = [1, -1, 8_388_607, -8_388_608, 1000, -1000, 0, 4_194_304]
        decoder(gains: [Int](repeating: gain, count: 8)).decode(
            CytonPacket(counter: 0, counts: counts).bytes, at: 1, into: sink)
        let expected = counts.map { Float(Double($0) * 4.5 / Double(gain) / 8_388_607) }
        for (found, value) in zip(sink.samples(0), expected) {
            #expect(abs(found - value) <= abs(value) * 1e-6)
        }
    }

    @Test func `each channel has its own gain, and full scale says so`() {
        let gains = [1, 2, 4, 6, 8, 12, 24, 24]
        let sink = SampleCollector()
        let decoder = decoder(gains: gains)
        decoder.decode(
            CytonPacket(counter: 0, counts: [Int32](repeating: 8_388_607, count: 8)).bytes, at: 1, into: sink)
        for channel in 0..<8 {
            #expect(abs(sink.samples(0)[channel] - Float(4.5 / Double(gains[channel]))) < 1e-6)
            #expect(decoder.streams[0].channels[channel].fullScale == Float(4.5 / Double(gains[channel])))
        }
    }

    @Test func `acceleration is 0.125 mg per count`() {
        // OpenBCI's data format: 0.002 g / 2⁴ per count.
        let sink = SampleCollector()
        let packet = CytonPacket(
            counter: 0, counts: [Int32](repeating: 0, count: 8), auxiliary: [0x1F, 0x40, 0xE0, 0xC0, 0, 8])
        decoder().decode(packet.bytes, at: 1, into: sink)
        #expect(sink.samples(1) == [1.0, -1.0, 0.001])
    }

    @Test func `a hole in the counter is counted and named, also across its wrap`() {
        let sink = SampleCollector()
        feed((0..<700).filter { !(250..<260).contains($0) && $0 != 600 }, decoder(), sink)
        #expect(sink.gaps(0) == [Gap(first: 250, count: 10), Gap(first: 600, count: 1)])
        #expect(
            sink.counters(0) == (0..<700).filter { !(250..<260).contains($0) && $0 != 600 }.map(UInt64.init))
        #expect(sink.gaps(1) == sink.gaps(0))
    }

    @Test func `a hole of whole turns of the counter is counted by the time that went by`() {
        let sink = SampleCollector()
        feed(Array(0..<10) + Array(1034..<1040), decoder(), sink)
        #expect(sink.gaps(0) == [Gap(first: 10, count: 1024)])
    }

    @Test func `a packet that comes twice or late is dropped and reported`() {
        let sink = SampleCollector()
        feed([0, 1, 2], decoder(), sink)
        let decoder = decoder()
        let other = SampleCollector()
        for (order, number) in [0, 1, 2, 2, 1, 3].enumerated() {
            decoder.decode(packets(number..<number + 1)[0], at: 10 + Double(order) / 250, into: other)
        }
        #expect(other.counters(0) == [0, 1, 2, 3])
        #expect(other.total(.duplicateDropped) == 2)
        #expect(sink.total(.duplicateDropped) == 0)
    }

    @Test
    func `after a loss the hole is as long as the interruption, and the board's counter may begin anew`() {
        let sink = SampleCollector()
        let decoder = decoder()
        feed(0..<100, decoder, sink)
        decoder.note(.lost, at: 10.4)
        decoder.note(.reconnected, at: 12.396)
        // The last packet came at 10.396 s; the board restarts its counter, the first packet comes 2 s later: 500 periods.
        for (index, packet) in packets(0..<50).enumerated() {
            decoder.decode(packet, at: 12.396 + Double(index) / 250, into: sink)
        }
        #expect(sink.gaps(0) == [Gap(first: 100, count: 499)])
        #expect(sink.counters(0).last == 648)
    }

    @Test func `half a packet before a loss is thrown away, not joined to the next one`() {
        let sink = SampleCollector()
        let decoder = decoder()
        decoder.decode(Array(packets(0..<1)[0][0..<20]), at: 1, into: sink)
        decoder.note(.lost, at: 1.1)
        decoder.note(.reconnected, at: 2)
        for (index, packet) in packets(0..<3).enumerated() {
            decoder.decode(packet, at: 2 + Double(index) / 250, into: sink)
        }
        #expect(sink.samples(0).enumerated().filter { $0.offset % 8 == 0 }.map(\.element).count == 3)
        #expect(sink.total(.garbageSkipped) == 20)
    }

    @Test func `garbage between packets is counted by the byte and costs no packet`() {
        let sink = SampleCollector()
        let decoder = decoder()
        let garbage: [UInt8] = [1, 2, 3, 0xA0, 0xC0, 9]
        let bytes = packets(0..<5).flatMap { $0 } + garbage + packets(5..<12).flatMap { $0 }
        decoder.decode(bytes, at: 1, into: sink)
        #expect(sink.frames(0) == 12)
        #expect(sink.missing(0) == 0)
        #expect(sink.total(.garbageSkipped) == UInt64(garbage.count))
    }

    @Test func `how the bytes are cut does not matter`() {
        let bytes = packets(0..<300).flatMap { $0 }
        var results: [[Float]] = []
        for size in [1, 7, 33, 100, 4092, bytes.count] {
            let sink = SampleCollector()
            let decoder = decoder()
            for start in stride(from: 0, to: bytes.count, by: size) {
                let piece = Array(bytes[start..<min(start + size, bytes.count)])
                decoder.decode(piece, at: 1 + Double(start + piece.count) / (33 * 250), into: sink)
            }
            results.append(sink.samples(0))
        }
        #expect(results.allSatisfy { $0 == results[0] })
        #expect(results[0].count == 300 * 8)
    }

    @Test func `no bytes make it trap, and every frame it gives is finite`() {
        var random = SplitMix64(seed: 11)
        let decoder = decoder()
        let sink = SampleCollector()
        for round in 0..<200 {
            let bytes = (0..<100).map { _ -> UInt8 in
                [0xA0, 0xC0, 0xC3, UInt8(random.integer(below: 256))][random.integer(below: 4)]
            }
            decoder.decode(bytes, at: Double(round) * 0.01, into: sink)
        }
        #expect(sink.samples(0).allSatisfy { $0.isFinite })
    }
}
