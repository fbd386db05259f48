import Recognition
import Recording
import Signals
import Testing

/// Times of words on written timelines. By hand throughout: a delay is the decision's time less the word's end.
@Suite struct WordDelaysTests {
    private static func at(_ milliseconds: Double) -> HostTime { HostTime(seconds: 100 + milliseconds * 1e-3) }

    private func said(_ text: String, _ begin: Double, _ end: Double) -> SpokenTime {
        SpokenTime(text: text, begin: Self.at(begin), end: Self.at(end))
    }

    private func decided(_ text: String, _ time: Double) -> DecidedWord { DecidedWord(text: text, at: Self.at(time)) }

    private func close(_ a: Double?, _ b: Double) -> Bool { a.map { abs($0 - b) < 1e-6 } ?? false }

    @Test func `a spoken word's delay counts from its end, whatever came before and after`() throws {
        let delay = try #require(
            RunReport.WordDelay.ofSpoken(
                [said("one", 0, 400), said("two", 900, 1300), said("six", 1800, 2100)],
                [decided("one", 450), decided("two", 1510), decided("nine", 1700), decided("six", 2090)]))
        // 50, 210 and −10 ms: the last was decided within its fading end.
        #expect(delay.from == .spokenEnd && delay.count == 3)
        #expect(close(delay.p50, 50) && close(delay.max, 210) && close(delay.p99, 210))
    }

    @Test func `a word that is said twice has two decisions, and one that is missed takes none of the other's`() throws {
        let words = [said("one", 0, 400), said("one", 900, 1300)]
        let both = try #require(RunReport.WordDelay.ofSpoken(words, [decided("one", 430), decided("one", 1360)]))
        #expect(both.count == 2 && close(both.p50, 30) && close(both.max, 60))
        let second = try #require(RunReport.WordDelay.ofSpoken(words, [decided("one", 1360)]))
        #expect(second.count == 1 && close(second.max, 60))
        // Read twice: the first decision is the word's.
        let twice = try #require(RunReport.WordDelay.ofSpoken([words[0]], [decided("one", 430), decided("one", 600)]))
        #expect(twice.count == 1 && close(twice.max, 30))
    }

    @Test func `decisions before the word, three seconds after it and of other words are none of it`() {
        let word = [said("one", 1000, 1400)]
        #expect(RunReport.WordDelay.ofSpoken(word, [decided("one", 999)]) == nil)
        #expect(RunReport.WordDelay.ofSpoken(word, [decided("one", 4400)]) == nil)
        #expect(RunReport.WordDelay.ofSpoken(word, [decided("one", 4399)])?.count == 1)
        #expect(RunReport.WordDelay.ofSpoken(word, [decided("two", 1500)]) == nil)
        #expect(RunReport.WordDelay.ofSpoken([], [decided("two", 1500)]) == nil)
    }

    @Test func `computing time counts from the stamp, the delay from the named end: 3 ms and 200 ms are not mixed up`() throws {
        var computing = ComputingTimes()
        var delays = WordDelays(keeps: true)
        for word in 0..<10 {
            let begin = Double(word) * 1000
            let (end, stamp, decided) = (Self.at(begin), Self.at(begin + 197), Self.at(begin + 200))
            computing.record(seconds: decided - stamp)
            delays.record(word: ["a", "b"][word % 2], end: end, decided: decided)
        }
        let (time, delay) = (try #require(computing.quantiles), try #require(delays.ofNamedSpans))
        // The histogram keeps three digits.
        #expect(abs(time.p50 - 3) < 0.01 && abs(time.max - 3) < 0.01 && time.count == 10)
        #expect(abs(delay.p50 - 200) < 0.3 && delay.from == .namedSpanEnd && delay.count == 10)
        #expect(delays.decided.prefix(2) == [decided("a", 200), decided("b", 1200)])
    }

    @Test func `a decision whose span no clock places has no delay; without knowledge of the speech nothing is kept`() {
        var delays = WordDelays(keeps: false)
        delays.record(word: "a", end: nil, decided: Self.at(1))
        #expect(delays.ofNamedSpans == nil && delays.decided.isEmpty)
    }

    @Test func `quantiles are those of the nearest rank`() {
        // Of 1 … 1000 ms: rank ⌈p/100 · 1000⌉.
        let all = RunReport.Quantiles(seconds: (1...1000).reversed().map { Double($0) * 1e-3 })
        #expect(close(all?.p50, 500) && close(all?.p99, 990) && close(all?.p999, 999) && close(all?.max, 1000))
        #expect(RunReport.Quantiles(seconds: []) == nil)
    }
}
