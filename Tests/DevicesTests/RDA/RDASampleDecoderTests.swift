import Devices
import Protocols
import Signals
import Testing

@Suite struct RDASampleDecoderTests {
    private let start = RDAStart(samplingInterval_us: 1000, resolutions: [0.5, 0.1], names: ["Fp1", "Fp2"])

    private func decoder() -> RDASampleDecoder { RDASampleDecoder(RDAConfiguration(name: "amplifier", start: start)) }

    private func block(_ number: UInt32, markers: [RDAMarker] = [], isFloat: Bool = true) -> [UInt8] {
        RDAData.bytes(
            block: number, points: 3, values: [2, 10, 4, 20, 6, 30].map { $0 + Double(number) }, isFloat: isFloat,
            markers: markers)
    }

    @Test func `values times resolution are microvolt`() {
        for isFloat in [true, false] {
            let sink = SampleCollector()
            let decoder = decoder()
            #expect(decoder.streams[0].nominalRate == 1000 && decoder.streams[0].channels.map(\.label) == ["Fp1", "Fp2"])
            decoder.decode(block(0, isFloat: isFloat), at: 1, into: sink)
            let expected: [Float] = [1e-6, 1e-6, 2e-6, 2e-6, 3e-6, 3e-6]
            #expect(zip(sink.samples(0), expected).allSatisfy { abs($0 - $1) < 1e-12 })
        }
    }

    @Test func `a marker keeps its place and its text`() throws {
        let sink = SampleCollector()
        let decoder = decoder()
        decoder.decode(block(0), at: 1, into: sink)
        decoder.decode(
            block(
                1,
                markers: [
                    RDAMarker(position: 2, points: 1, channel: -1, type: "Stimulus", text: "S  1"),
                    RDAMarker(position: 0, points: 7, channel: 1, type: "Comment", text: "müde"),
                ]), at: 1.003, into: sink)
        #expect(decoder.streams[1].isText && decoder.streams[1].channels.map(\.label).count == 5)
        // Block 1 begins with point 3.
        #expect(
            sink.texts.map(\.texts) == [
                ["Stimulus", "S  1", "5", "1", "-1"], ["Comment", "müde", "3", "7", "1"],
            ])
        #expect(sink.texts.map { $0.item.mark?.counter } == [5, 3])
        #expect(sink.texts.map(\.item.firstCounter) == [0, 1])
    }

    @Test func `a text of thousands of characters comes whole`() throws {
        let sink = SampleCollector()
        let text = String(repeating: "ä", count: 8000)
        decoder().decode(block(0, markers: [RDAMarker(position: 0, type: "", text: text)]), at: 1, into: sink)
        #expect(sink.texts.map(\.texts) == [["", text, "0", "1", "-1"]])
    }

    @Test func `a new start of monitoring counts blocks anew, the hole is as long as the pause`() {
        let sink = SampleCollector()
        let decoder = decoder()
        decoder.decode(block(7), at: 1, into: sink)
        decoder.decode(RDAMessage.stop, at: 1.5, into: sink)
        decoder.decode(start.bytes + block(0), at: 2.003, into: sink)
        // 1,003 ms at 1 kHz went by, three points of it came.
        #expect(sink.gaps(0) == [Gap(first: 3, count: 1000)])
        #expect(sink.total(.corruptDropped) == 0)
    }

    @Test(arguments: [
        (1000, [1], ["A"], "1 channels, expected 2"),
        (1000, [0.5, 0.5], ["Fp1", "Fp2"], "a resolution of 0.5 µV for channel 2, expected 0.1 µV"),
        (2000, [0.5, 0.1], ["Fp1", "Fp2"], "500.0 Hz, expected 1000.0 Hz"),
        (1000, [0.5, 0.1], ["Fp2", "Fp1"], "channel 1 named “Fp2”, expected “Fp1”"),
    ])
    func `a start message with another set-up ends the stream, and no value after it is made`(
        interval: Double, resolutions: [Double], names: [String], reason: String
    ) {
        let other = RDAStart(samplingInterval_us: interval, resolutions: resolutions, names: names)
        let sink = SampleCollector()
        let decoder = decoder()
        let piece = block(0) + other.bytes + block(0) + block(1)
        decoder.decode(piece, at: 1, into: sink)
        decoder.decode(block(2), at: 1.003, into: sink)
        #expect(sink.frames(0) == 3 && sink.total(.corruptDropped) == 1)
        #expect(decoder.fault?.detail.contains(reason) == true, "\(String(describing: decoder.fault))")
        #expect(decoder.fault?.remedy?.isEmpty == false)
        // The line was closed and Recorder came back with the first set-up.
        decoder.note(.lost, at: 1.01)
        #expect(decoder.fault == nil)
        decoder.note(.reconnected, at: 1.9)
        decoder.decode(block(0) + block(1), at: 2.003, into: sink)
        // 1,003 points went by since the first block, three of them came in the first of these two.
        #expect(sink.frames(0) == 9 && sink.gaps(0) == [Gap(first: 3, count: 1000)])
    }

    @Test func `a start message that cannot be read ends the stream, too`() {
        let sink = SampleCollector()
        let decoder = decoder()
        var cut = start.bytes
        cut[24] = 3
        decoder.decode(block(0) + cut + block(1), at: 1, into: sink)
        #expect(sink.frames(0) == 3 && decoder.fault != nil)
    }

    @Test func `the same start message again is no fault`() {
        let sink = SampleCollector()
        let decoder = decoder()
        decoder.decode(block(0) + start.bytes + block(0), at: 1, into: sink)
        #expect(decoder.fault == nil && sink.frames(0) == 6)
    }

    @Test func `a data message that its numbers do not use up exactly is corrupt`() {
        let other = RDAData.bytes(block: 0, points: 3, values: (0..<12).map(Double.init), isFloat: true)
        for message in [other, longer(block(0)), shorter(block(0))] {
            let sink = SampleCollector()
            decoder().decode(message, at: 1, into: sink)
            #expect(sink.blocks.isEmpty && sink.total(.corruptDropped) == 1)
        }
    }

    private func longer(_ message: [UInt8]) -> [UInt8] { sized(message + [0]) }
    private func shorter(_ message: [UInt8]) -> [UInt8] { sized(message.dropLast()) }

    /// A message with its own size in bytes 16 to 19.
    private func sized(_ message: [UInt8]) -> [UInt8] {
        var message = message
        for place in 0..<4 { message[16 + place] = UInt8(message.count >> (8 * place) & 255) }
        return message
    }

    @Test func `a block with a wrong counter comes through at its place, with its markers`() {
        let sink = SampleCollector()
        let decoder = decoder()
        for number in 0..<10 as Range<UInt32> {
            let marker = RDAMarker(position: 1, type: "Stimulus", text: "S\(number)")
            var message = block(number, markers: [marker])
            if number == 4 { message[24] = 200 }
            decoder.decode(message, at: 1 + 0.003 * Double(number), into: sink)
        }
        #expect(sink.counters(0) == Array(0..<30) && sink.missing(0) == 0)
        #expect(sink.texts.map { $0.texts[1] } == (0..<10).map { "S\($0)" })
        let points: [UInt64?] = stride(from: 1, to: 30, by: 3).map { $0 }
        #expect(sink.texts.map(\.item.mark?.counter) == points)
        #expect(sink.total(.counterWrong) == 200)
    }

    @Test func `a block that is held when monitoring stops is not lost`() {
        let sink = SampleCollector()
        let decoder = decoder()
        decoder.decode(block(0), at: 1, into: sink)
        decoder.decode(block(2), at: 1.006, into: sink)
        decoder.decode(RDAMessage.stop, at: 1.007, into: sink)
        #expect(sink.frames(0) == 6 && sink.gaps(0) == [Gap(first: 3, count: 3)])
    }
}
