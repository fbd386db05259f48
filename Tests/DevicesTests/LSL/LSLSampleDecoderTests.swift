import Devices
import Protocols
import Signals
import Testing

@Suite struct LSLSampleDecoderTests {
    private func decoder(rate: Double = 100) -> LSLSampleDecoder {
        LSLSampleDecoder(
            LSLConfiguration(
                name: "d",
                header: LSLStreamHeader(
                    name: "s", type: "EEG", format: .float32, channelCount: 1, nominalRate: rate,
                    channels: [.init(label: "Cz", unit: "µV")])))
    }

    @Test func `blocks end where the stamps leave the rate's line`() {
        let sink = SampleCollector()
        decoder().decode(LSLRecords.chunk(0, stamps: [1, 1.01, 1.02, 1.05, 1.06]), at: 2, into: sink)
        #expect(sink.blocks.map(\.frames) == [3, 2] && sink.missing(0) == 0)
        #expect(sink.items.map(\.deviceTime) == [1, 1.05])
        #expect(sink.samples(0) == (0..<5).map { Float(Double($0) * 1e-6) })
    }

    @Test func `irregular samples go out each with its stamp and have no gaps`() {
        let sink = SampleCollector()
        decoder(rate: 0).decode(LSLRecords.chunk(0, stamps: [1, 50, 50]), at: 60, into: sink)
        #expect(sink.items.map(\.deviceTime) == [1, 50, 50] && sink.missing(0) == 0)
    }

    @Test func `a record that is missing is counted, one that comes twice is dropped`() {
        let sink = SampleCollector()
        let decoder = decoder()
        decoder.decode(LSLRecords.chunk(0, stamps: [1, 1.01]), at: 2, into: sink)
        decoder.decode(LSLRecords.chunk(7, stamps: [1.07]), at: 2, into: sink)
        decoder.decode(LSLRecords.chunk(7, stamps: [1.07]), at: 2, into: sink)
        decoder.decode(LSLRecords.chunk(8, stamps: [1.08]), at: 2, into: sink)
        #expect(sink.gaps(0) == [Gap(first: 2, count: 5)] && sink.total(.duplicateDropped) == 1)
        #expect(sink.counters(0) == [0, 1, 7, 8])
    }

    @Test func `after a loss the corrected stamps tell the gap, also when the sender's clock began anew`() {
        let sink = SampleCollector()
        let decoder = decoder()
        decoder.decode(LSLRecords.offset(10), at: 11, into: sink)
        decoder.decode(LSLRecords.chunk(0, stamps: [1]), at: 11.2, into: sink)
        decoder.note(.lost, at: 11.3)
        decoder.note(.reconnected, at: 15)
        // Clock of a machine that was started again: 0.5 s there are 14 s here; samples at 11.00 and 14.00 s.
        decoder.decode(LSLRecords.offset(13.5), at: 15, into: sink)
        decoder.decode(LSLRecords.chunk(0, stamps: [0.5]), at: 19, into: sink)
        #expect(sink.gaps(0) == [Gap(first: 1, count: 299)])
        #expect(sink.clockOffsets.map(\.clockOffset) == [10, 13.5])
    }

    @Test func `without an offset the arrivals tell the gap of a loss`() {
        let sink = SampleCollector()
        let decoder = decoder()
        decoder.decode(LSLRecords.chunk(0, stamps: [1]), at: 11, into: sink)
        decoder.note(.lost, at: 11.3)
        decoder.decode(LSLRecords.chunk(0, stamps: [7, 7.01]), at: 13, into: sink)
        // Two seconds are 200 samples, of which two came.
        #expect(sink.gaps(0) == [Gap(first: 1, count: 198)])
    }

    @Test func `a chunk of another shape is corrupt`() {
        let sink = SampleCollector()
        decoder().decode(LSLRecords.chunk(0, stamps: [1, 2], channels: 2), at: 2, into: sink)
        #expect(sink.total(.corruptDropped) == 1 && sink.blocks.isEmpty)
    }
}

/// Records as `firmware-protocols/lsl` writes them.
enum LSLRecords {
    /// Values count up from the first sample's number.
    static func chunk(_ first: UInt64, stamps: [Double], channels: Int = 1) -> [UInt8] {
        let offset = LSLRecord.valuesOffset(samples: stamps.count)
        var bytes = [UInt8](repeating: 0, count: offset + 4 * channels * stamps.count)
        bytes.withUnsafeMutableBytes { raw in
            LSLRecord.putHeader(
                .samples, format: .float32, channels: channels, samples: stamps.count, firstSample: first,
                size: raw.count, into: raw)
            for (index, stamp) in stamps.enumerated() { LSLRecord.put(stamp, at: LSLRecord.headerSize + 8 * index, into: raw) }
            for index in 0..<channels * stamps.count {
                let value = Float(first % 16) + Float(index)
                raw.storeBytes(of: value.bitPattern.littleEndian, toByteOffset: offset + 4 * index, as: UInt32.self)
            }
        }
        return bytes
    }

    static func offset(_ seconds: Double) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: LSLClockOffset.size)
        bytes.withUnsafeMutableBytes {
            LSLClockOffset(remote: 0, correction: seconds, uncertainty: 0, hostMinusLocal: 0).put(into: $0)
        }
        return bytes
    }
}
