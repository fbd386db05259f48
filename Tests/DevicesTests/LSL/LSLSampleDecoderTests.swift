import Devices
import Protocols
import Signals
import Testing

@Suite struct LSLSampleDecoderTests {
    @Test func `types of channels are the sender's, where they tell more than the stream's`() {
        func types(_ words: [String], of stream: String = "EEG") -> [ChannelType?] {
            let header = LSLStreamHeader(
                name: "s", type: stream, format: .float32, channelCount: words.count, nominalRate: 100,
                channels: words.map { .init(label: "", unit: "", type: $0) })
            return LSLSampleDecoder(LSLConfiguration(name: "d", header: header)).streams[0].channels.map(\.type)
        }
        #expect(types(["EEG", "eog", "rays"]) == [.eeg, .eog, nil])
        #expect(types(["EEG", "EEG", ""]) == [nil, nil, nil] && types(["", "x"], of: "Gaze") == [nil, nil])
        #expect(types(["PUPIL", "x"], of: "Gaze") == [.pupil, nil])
    }

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

    // MARK: Jumps of the stamps

    /// Ten samples that come as one record: sample n is taken at 1 + n / 100 s and comes 20 ms after the last one of the ten.
    private func tens(
        _ records: Range<Int>, _ decoder: LSLSampleDecoder, _ sink: SampleCollector, shift: Double = 0, late: Double = 0.02,
        before: Int = 0
    ) {
        for record in records {
            let stamps = (0..<10).map { 1 + Double(record * 10 + $0) / 100 + shift }
            decoder.decode(
                LSLRecords.chunk(UInt64(record * 10 - before), stamps: stamps),
                at: 1 + Double(record * 10 + 9) / 100 + late, into: sink)
        }
    }

    private func values(_ sink: SampleCollector, _ code: DeviceEvent.Code) -> [UInt64] {
        sink.events.filter { $0.code == code }.map(\.value)
    }

    @Test func `a jump of 15 s and back, the samples in step, is two events and no loss`() {
        let sink = SampleCollector()
        let decoder = decoder()
        decoder.decode(LSLRecords.offset(0), at: 1, into: sink)
        tens(0..<20, decoder, sink)
        tens(20..<40, decoder, sink, shift: 15)
        tens(40..<60, decoder, sink)
        #expect(sink.missing(0) == 0 && sink.counters(0) == Array(0..<600))
        #expect(values(sink, .stampJump) == [15_000, 15_000])
        // While the clock is astray, the arrivals align; the stamps stay as they were sent.
        #expect(sink.items.map(\.alignsByArrival) == (0..<60).map { (20..<40).contains($0) })
        #expect(abs((sink.items[20].deviceTime ?? 0) - 18) < 1e-9)
    }

    @Test func `a step that the arrivals share is a hole`() {
        let sink = SampleCollector()
        let decoder = decoder()
        decoder.decode(LSLRecords.offset(0), at: 1, into: sink)
        tens(0..<20, decoder, sink)
        // Records 20 to 39 were never sent: 200 samples.
        tens(40..<60, decoder, sink, before: 200)
        #expect(sink.gaps(0) == [Gap(first: 200, count: 200)] && values(sink, .stampJump).isEmpty)
    }

    @Test func `a hole is seen in a backlog, too`() {
        let sink = SampleCollector()
        let decoder = decoder()
        decoder.decode(LSLRecords.offset(0), at: 1, into: sink)
        tens(0..<20, decoder, sink)
        // A transport that stood still for three seconds brings what was before the hole and after it at once.
        let samples = Array(200..<250) + Array(400..<450)
        let stamps: [Double] = samples.map { 1 + Double($0) / 100 }
        decoder.decode(LSLRecords.chunk(200, stamps: stamps), at: 8.5, into: sink)
        #expect(sink.gaps(0) == [Gap(first: 250, count: 150)] && values(sink, .stampJump).isEmpty)
    }

    @Test func `a jump within the first record is one, where the clock is known`() {
        let sink = SampleCollector()
        let decoder = decoder()
        decoder.decode(LSLRecords.offset(0), at: 1, into: sink)
        let stamps: [Double] = (0..<100).map { sample in
            let stamp = 1 + Double(sample) / 100
            return sample < 50 ? stamp : stamp + 15
        }
        decoder.decode(LSLRecords.chunk(0, stamps: stamps), at: 2.1, into: sink)
        #expect(sink.missing(0) == 0 && values(sink, .stampJump) == [15_000] && values(sink, .foreignStamps).isEmpty)
    }

    @Test func `a stamp that alone is far off, back or forth, is two jumps, also in a stream's first second`() {
        for (shift, size) in [(-10.0, 10_000), (10, 10_000), (-5000, 5_000_000)] as [(Double, UInt64)] {
            let sink = SampleCollector()
            let decoder = decoder()
            decoder.decode(LSLRecords.offset(0), at: 1, into: sink)
            tens(0..<5, decoder, sink)
            for sample in 50..<60 {
                let stamp = 1 + Double(sample) / 100
                decoder.decode(
                    LSLRecords.chunk(UInt64(sample), stamps: [sample == 53 ? stamp + shift : stamp]), at: stamp + 0.02,
                    into: sink)
            }
            tens(6..<30, decoder, sink)
            #expect(sink.missing(0) == 0 && values(sink, .stampJump) == [size, size])
            #expect(sink.counters(0) == Array(0..<300))
        }
    }

    @Test func `a jump within a chunk is one, and a step back is one`() {
        let sink = SampleCollector()
        let decoder = decoder()
        decoder.decode(LSLRecords.offset(0), at: 1, into: sink)
        tens(0..<20, decoder, sink)
        let stamps: [Double] = (200..<210).map { sample in
            let stamp = 1 + Double(sample) / 100
            return sample < 205 ? stamp : stamp - 7.25
        }
        decoder.decode(LSLRecords.chunk(200, stamps: stamps), at: 3.11, into: sink)
        #expect(sink.missing(0) == 0 && values(sink, .stampJump) == [7250])
        #expect(sink.items.suffix(2).map(\.alignsByArrival) == [false, true])
    }

    @Test func `a hole of a stream that catches up is a hole`() {
        let sink = SampleCollector()
        let decoder = decoder()
        decoder.decode(LSLRecords.offset(0), at: 1, into: sink)
        // The sender was connected late: its first second comes at once, 0.6 s after its last sample, then nothing is late any more.
        decoder.decode(LSLRecords.chunk(0, stamps: (0..<100).map { 1 + Double($0) / 100 }), at: 2.59, into: sink)
        decoder.decode(LSLRecords.chunk(100, stamps: (200..<210).map { 1 + Double($0) / 100 }), at: 3.1, into: sink)
        #expect(sink.gaps(0) == [Gap(first: 100, count: 100)] && values(sink, .stampJump).isEmpty)
    }

    @Test func `a jump is told after an hour of a clock that runs 200 ppm slow`() {
        let sink = SampleCollector()
        let decoder = decoder()
        for second in 0..<3600 {
            let stamp = Double(second) * (1 - 200e-6)
            let stamps = (0..<100).map { stamp + Double($0) / 100 }
            decoder.decode(LSLRecords.chunk(UInt64(second * 100), stamps: stamps), at: Double(second) + 1, into: sink)
        }
        let stamps = (0..<100).map { 3600 * (1 - 200e-6) + 2 + Double($0) / 100 }
        decoder.decode(LSLRecords.chunk(360_000, stamps: stamps), at: 3601, into: sink)
        #expect(sink.missing(0) == 0 && values(sink, .stampJump) == [2000])
    }

    @Test func `stamps of another epoch are told once and not used, and the recording keeps them`() {
        let sink = SampleCollector()
        let decoder = decoder()
        let epoch = 1_790_000_000.0
        decoder.decode(LSLRecords.offset(0.001), at: 1, into: sink)
        tens(0..<30, decoder, sink, shift: epoch)
        // The first record comes at 1.11 s and ends with the stamp epoch + 1.09 s.
        #expect(values(sink, .foreignStamps) == [1_790_000_000_000 - 20 + 1])
        #expect(sink.items.count >= 30 && sink.items.allSatisfy(\.alignsByArrival))
        #expect(sink.items.first?.deviceTime == epoch + 1 && sink.missing(0) == 0 && values(sink, .stampJump).isEmpty)
        // A stream whose clock is right is left alone.
        let other = SampleCollector()
        let second = self.decoder()
        second.decode(LSLRecords.offset(0.001), at: 1, into: other)
        tens(0..<30, second, other)
        #expect(other.events.isEmpty && !other.items.contains(where: \.alignsByArrival))
    }

    @Test func `after a loss, stamps that disagree with the arrivals are an event, and the arrivals tell the gap`() {
        let sink = SampleCollector()
        let decoder = decoder()
        decoder.decode(LSLRecords.offset(0), at: 1, into: sink)
        tens(0..<20, decoder, sink)
        decoder.note(.lost, at: 3.1)
        decoder.note(.reconnected, at: 4)
        decoder.decode(LSLRecords.offset(0), at: 4, into: sink)
        // Last arrival 3.01 s; ten samples at 5.01 s: two seconds are 200 samples, of which ten came. The stamps say 1000 s.
        decoder.decode(LSLRecords.chunk(0, stamps: (0..<10).map { 1003 + Double($0) / 100 }), at: 5.01, into: sink)
        #expect(sink.gaps(0) == [Gap(first: 200, count: 190)])
        // 1003.09 + 0.02 s would have been the arrival.
        #expect(values(sink, .stampJump) == [998_100])
    }

    @Test func `samples whose stamps are no numbers leave no hole`() {
        let sink = SampleCollector()
        let decoder = decoder()
        tens(0..<20, decoder, sink)
        for record in 20..<40 {
            let stamps = [Double](repeating: record % 2 == 0 ? .nan : 1e300, count: 10)
            decoder.decode(
                LSLRecords.chunk(UInt64(record * 10), stamps: stamps), at: 1 + Double(record * 10 + 9) / 100 + 0.02, into: sink)
        }
        tens(40..<60, decoder, sink)
        #expect(sink.frames(0) == 600 && sink.missing(0) == 0 && values(sink, .stampJump).isEmpty)
    }

    // MARK: Formats

    @Test func `doubles and 64-bit integers go on bit for bit, whatever their unit`() {
        func sent<T: FixedWidthInteger & BitwiseCopyable>(_ format: LSLFormat, _ numbers: [T]) -> [T] {
            let sink = SampleCollector()
            let decoder = LSLSampleDecoder(
                LSLConfiguration(
                    name: "d",
                    header: LSLStreamHeader(
                        name: "s", type: "EEG", format: format, channelCount: 3, nominalRate: 100,
                        channels: ["µV", "volts", ""].map { .init(label: "", unit: $0) })))
            #expect(decoder.streams[0].sampleFormat.rawValue == format.name)
            #expect(decoder.streams[0].channels.map(\.unitWord) == ["µV", "volts", ""])
            #expect(decoder.streams[0].channels.map(\.scale) == [1e-6, 1, 1])
            let bytes = numbers.flatMap { value in withUnsafeBytes(of: value.littleEndian) { Array($0) } }
            decoder.decode(LSLRecords.chunk(0, stamps: [1, 1.01], format, channels: 3, bytes), at: 2, into: sink)
            #expect(sink.blocks.map(\.frames) == [2])
            return sink.exact(0, as: T.self)
        }
        let whole: [Int64] = [9_007_199_254_740_993, .min, .max, -1, 3, -9_007_199_254_740_993]
        #expect(sent(.int64, whole) == whole)
        let reals = [0.1, 1e300, -1e-300, .infinity, 1_790_000_000.123_456_7, .leastNonzeroMagnitude].map(\.bitPattern)
        #expect(sent(.double64, reals) == reals)
        let middle: [Int32] = [.min, .max, 16_777_217, -16_777_217, 0, 1]
        #expect(sent(.int32, middle) == middle)
        let small: [Int16] = [.min, .max, 1, -1, 0, 2]
        #expect(sent(.int16, small) == small)
        let least: [Int8] = [.min, .max, 1, -1, 0, 2]
        #expect(sent(.int8, least) == least)
    }

    @Test func `texts keep their sender's type, under the stream's name that they always had`() {
        func stream(_ type: String, _ format: LSLFormat = .string) -> StreamDescription {
            let header = LSLStreamHeader(name: "s", type: type, format: format, channelCount: 1, nominalRate: 0)
            return LSLSampleDecoder(LSLConfiguration(name: "d", header: header)).streams[0]
        }
        #expect(stream("Diary").name == "d.markers" && stream("Diary").typeWord == "Diary")
        for type in ["Markers", ""] { #expect(stream(type).name == "d.markers" && stream(type).typeWord == "Markers") }
        #expect(stream("Gaze", .float32).typeWord == "Auxiliary")
    }

    @Test func `a cut text is an event before it`() {
        let sink = SampleCollector()
        let decoder = LSLSampleDecoder(
            LSLConfiguration(
                name: "d",
                header: LSLStreamHeader(name: "s", type: "Markers", format: .string, channelCount: 2, nominalRate: 0)))
        var note = [UInt8](repeating: 0, count: LSLRecord.headerSize)
        note.withUnsafeMutableBytes {
            LSLRecord.putHeader(
                .textCut, format: .string, channels: 2, samples: 1, firstSample: 0, size: $0.count, into: $0)
        }
        decoder.decode(note, at: 2, into: sink)
        decoder.decode(
            LSLRecords.chunk(0, stamps: [1], .string, channels: 2, [1, 0, 0, 0, 0x61, 2, 0, 0, 0, 0x62, 0x63]), at: 2,
            into: sink)
        #expect(sink.total(.textCut) == 1 && sink.texts.map(\.texts) == [["a", "bc"]])
        #expect(sink.total(.corruptDropped) == 0)
        note[12] = 0
        decoder.decode(note, at: 2, into: sink)
        #expect(sink.total(.corruptDropped) == 1)
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

    /// - Parameter values: bytes of the numbers or texts.
    static func chunk(_ first: UInt64, stamps: [Double], _ format: LSLFormat, channels: Int, _ values: [UInt8]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: LSLRecord.valuesOffset(samples: stamps.count)) + values
        bytes.withUnsafeMutableBytes { raw in
            LSLRecord.putHeader(
                .samples, format: format, channels: channels, samples: stamps.count, firstSample: first, size: raw.count,
                into: raw)
            for (index, stamp) in stamps.enumerated() { LSLRecord.put(stamp, at: LSLRecord.headerSize + 8 * index, into: raw) }
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
