import Foundation
import Sessions
import Testing

/// The first difference of two recordings, which these tests make.
struct SessionComparisonTests {
    private let scratch = ScratchFolder()

    private func copies() throws {
        try SmallSession(blocks: 6, gapBefore: 3).write(scratch("a"))
        try FileManager.default.copyItem(atPath: scratch("a"), toPath: scratch("b"))
    }

    private func change(_ name: String, _ body: (inout Data) -> Void) throws {
        let url = URL(fileURLWithPath: scratch(name))
        var data = try Data(contentsOf: url)
        body(&data)
        try data.write(to: url)
    }

    @Test func `copies are equal`() throws {
        try copies()
        let found = try SessionComparison(scratch("a"), scratch("b"))
        #expect(found.equal && found.lines == 6)
        // Six blocks of 25 and of 1,600 frames; two gaps and the start are markers.
        #expect(found.samples == 6 * 25 + 6 * 1600 + 3)
    }

    @Test func `a changed event is told by its line and field`() throws {
        try copies()
        func log(_ last: String) -> Data {
            let lines = [(1.5, "one"), (2, last)].map { "{\"event\":\"word\",\"time_s\":\($0),\"text\":\"\($1)\"}\n" }
            return Data(lines.joined().utf8)
        }
        try change("b/events.jsonl") { $0 = log("two") }
        try change("a/events.jsonl") { $0 = log("ten") }
        let found = try SessionComparison(scratch("a"), scratch("b"))
        #expect(found.difference == SessionDifference(line: 2, field: "text", a: "ten", b: "two"))
        #expect(try SessionComparison(scratch("a/events.jsonl"), scratch("b/events.jsonl")).difference == found.difference)
    }

    @Test func `a missing line is a difference`() throws {
        try copies()
        try change("b/events.jsonl") { $0.removeLast("{\"block\":5}\n".utf8.count) }
        let found = try SessionComparison(scratch("a"), scratch("b"))
        #expect(found.difference == SessionDifference(line: 6, field: "line", a: "{\"block\":5}", b: nil))
    }

    @Test(arguments: [0, 1, 73, 149])
    func `a changed value is told by stream, sample and channel`(sample: Int) throws {
        try copies()
        let block = sample / 25
        // The value's place is found by its bytes, which occur once.
        let counter = UInt64(sample) + (block >= 3 ? 50 : 0)
        var row = [SmallSession.value(counter, 0), SmallSession.value(counter, 1)]
        let bytes = row.withUnsafeMutableBytes { Data($0) }
        try change("b/recording.xdf") { data in
            let place = data.range(of: bytes)!
            data[place.lowerBound + 7] ^= 0x01
        }
        let found = try SessionComparison(scratch("a"), scratch("b"))
        #expect(found.difference?.stream == "headset.eeg" && found.difference?.field == "value")
        #expect(found.difference?.sample == sample && found.difference?.channel == 1)
        #expect(found.difference?.a == "\(Double(row[1]))")
    }

    @Test func `other stamps are a difference unless they are to be ignored`() throws {
        try copies()
        let whole = try XDFReader(path: scratch("a/recording.xdf"))
        let stream = try #require(whole.streams.first { $0.name == "headset.audio" })
        // The stamp of the third block's first sample.
        let stamp = withUnsafeBytes(of: stream.stamps[3200].bitPattern.littleEndian) { Data($0) }
        try change("b/recording.xdf") { data in
            let place = data.range(of: [8] + stamp + withUnsafeBytes(of: SmallSession.sound(3200)) { Data($0) })!
            data[place.lowerBound + 3] ^= 0x80
        }
        let found = try SessionComparison(scratch("a"), scratch("b"))
        #expect(found.difference?.stream == "headset.audio" && found.difference?.field == "stamp")
        #expect(found.difference?.sample == 3200)
        #expect(try SessionComparison(scratch("a"), scratch("b"), ignoresStamps: true).equal)
    }

    @Test func `a shorter recording and a missing stream are differences`() throws {
        try copies()
        try SmallSession(blocks: 5, gapBefore: 3).write(scratch("c"))
        let shorter = try SessionComparison(scratch("a/recording.xdf"), scratch("c/recording.xdf"))
        #expect(shorter.difference?.field == "samples" && shorter.difference?.a == "150" && shorter.difference?.b == "125")
        var other = RawXDF()
        other.header(1, "other", rate: 0, format: "string")
        try other.write(scratch("other.xdf"))
        let missing = try SessionComparison(scratch("a/recording.xdf"), scratch("other.xdf"))
        #expect(missing.difference?.field == "stream" && missing.difference?.b == nil)
    }

    @Test func `what cannot be compared is an error`() throws {
        try copies()
        #expect(throws: SessionError.self) { try SessionComparison(scratch("a/events.jsonl"), scratch("b/recording.xdf")) }
        #expect(throws: SessionError.self) { try SessionComparison(scratch("a"), scratch("nowhere")) }
    }
}
