import LiveGraph
import Recording
import Signals
import Testing

struct EventLinesTests {
    private func gap(_ stream: String, _ count: UInt64) -> Decision {
        Decision(content: .gap(stream: stream, first: 0, count: count), hostTime: HostTime(nanoseconds: 0))
    }

    private func word(_ text: String) -> Decision {
        Decision(content: .word(text: text, frame: 0, logProbability: 0), hostTime: HostTime(nanoseconds: 0))
    }

    @Test func `of 250 bad packets a second three are shown and the others counted, second by second`() {
        var lines = EventLines()
        var shown: [String] = []
        // Four seconds, one gap of two frames every 4 ms.
        for k in 0..<1000 {
            let seconds = Double(k) / 250
            shown += lines.due(at: seconds)
            if let line = lines.take("gap \(k)", of: gap("headset.eeg", 2), at: seconds) { shown.append(line) }
        }
        shown += lines.rest()
        let summary = "gap     headset.eeg: 247 more in this second, 494 frames"
        #expect(
            shown == [
                "gap 0", "gap 1", "gap 2", summary, "gap 250", "gap 251", "gap 252", summary, "gap 500", "gap 501", "gap 502",
                summary, "gap 750", "gap 751", "gap 752", summary,
            ])
    }

    @Test func `devices and kinds do not take each other's room, and rare events are all shown`() {
        var lines = EventLines()
        for k in 0..<3 { _ = lines.take("a\(k)", of: gap("a", 1), at: 0) }
        #expect(lines.take("a3", of: gap("a", 1), at: 0) == nil)
        #expect(lines.take("b", of: gap("b", 1), at: 0) == "b")
        #expect(lines.due(at: 1) == ["gap     a: 1 more in this second, 1 frames"])
        for k in 2..<10 {
            #expect(lines.due(at: Double(k)).isEmpty)
            #expect(lines.take("a", of: gap("a", 1), at: Double(k)) == "a")
        }
    }

    @Test func `words are always shown`() {
        var lines = EventLines()
        for _ in 0..<100 { #expect(lines.take("one", of: word("one"), at: 0) == "one") }
        #expect(lines.rest().isEmpty)
    }
}
