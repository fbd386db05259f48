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

    @Test func `a start message with other channels is reported`() {
        let sink = SampleCollector()
        let other = RDAStart(samplingInterval_us: 1000, resolutions: [1], names: ["A"])
        decoder().decode(other.bytes, at: 1, into: sink)
        #expect(sink.total(.corruptDropped) == 1)
    }
}
