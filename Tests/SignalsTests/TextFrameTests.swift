import Signals
import Testing

@Suite struct TextFrameTests {
    private func item(_ buffer: TextFrameBuffer, channels: Int) -> SampleRingItem {
        SampleRingItem(
            stream: 0, channels: channels, textBytes: buffer.count, counter: 7, missingBefore: 0,
            hostTime: HostTime(nanoseconds: 5), mark: (1, 99))
    }

    private func append(_ text: String, to buffer: TextFrameBuffer) {
        Array(text.utf8).withUnsafeBytes { buffer.append($0) }
    }

    @Test(arguments: [
        ["a"], [""], ["", "b", ""], ["Stimulus", "S  1"], ["müde 😀", "x\u{0}y", String(repeating: "z", count: 999)],
    ])
    func `texts come through a ring as they went in`(texts: [String]) throws {
        let buffer = TextFrameBuffer()
        let ring = SampleRing(streams: 1, minimumItems: 4, minimumSamples: 1024)
        // Twice, so that the second lies across the ring's end at some size.
        for _ in 0..<20 {
            buffer.begin()
            for text in texts { append(text, to: buffer) }
            ring.write(item(buffer, channels: texts.count), buffer.values)
            let scratch = UnsafeMutableBufferPointer<Float>.allocate(capacity: 1024)
            defer { scratch.deallocate() }
            let found = try #require(ring.take(into: scratch))
            #expect(found.kind == .text && found.frames == 1 && found.firstCounter == 7 && found.event == nil)
            #expect(found.mark?.stream == 1 && found.mark?.counter == 99)
            #expect(TextFrame.texts(of: found, UnsafeBufferPointer(scratch)) == texts)
        }
    }

    @Test(arguments: [0, 9, 10, -1, 1234567890, Int64.max, Int64.min])
    func `numbers are written as Swift writes them`(number: Int64) {
        let buffer = TextFrameBuffer()
        buffer.append(number)
        #expect(TextFrame.texts(of: item(buffer, channels: 1), buffer.values) == ["\(number)"])
    }

    @Test func `a text that is too long is cut between characters, a channel without room is empty`() {
        let buffer = TextFrameBuffer(capacity: 16)
        append(String(repeating: "ä", count: 40), to: buffer)
        append("more", to: buffer)
        // 16 bytes hold a length and twelve bytes: six characters of two.
        #expect(TextFrame.texts(of: item(buffer, channels: 2), buffer.values) == [String(repeating: "ä", count: 6), ""])
    }

    @Test func `a long text leaves room for the channels after it, and what was cut is counted`() {
        let buffer = TextFrameBuffer(capacity: 2000)
        buffer.begin(channels: 3)
        append(String(repeating: "x", count: 5000), to: buffer)
        append("after", to: buffer)
        append(String(repeating: "y", count: 5000), to: buffer)
        let texts = TextFrame.texts(of: item(buffer, channels: 3), buffer.values)
        // 2000 bytes less three lengths, less 256 for each of the two channels after the first.
        #expect(texts.map(\.utf8.count) == [2000 - 12 - 512, 5, 512 - 5] && texts[1] == "after")
        #expect(buffer.cutTexts == 2)
        buffer.begin(channels: 1)
        append("short", to: buffer)
        #expect(buffer.cutTexts == 0)
    }

    @Test func `a refused text is one missing frame of its stream`() {
        let buffer = TextFrameBuffer()
        append("marker", to: buffer)
        let ring = SampleRing(streams: 1, minimumItems: 1, minimumSamples: 64)
        #expect(ring.write(item(buffer, channels: 1), buffer.values))
        #expect(!ring.write(item(buffer, channels: 1), buffer.values))
        #expect(ring.refusedFrames(stream: 0) == 1)
    }

    @Test func `bytes that are no frame give texts that are cut or empty`() {
        let bytes: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0x41]
        #expect(bytes.withUnsafeBytes { TextFrame.texts($0, channels: 2) } == ["A", ""])
        #expect(bytes[0..<3].withUnsafeBytes { TextFrame.texts($0, channels: 1) } == [""])
    }
}
