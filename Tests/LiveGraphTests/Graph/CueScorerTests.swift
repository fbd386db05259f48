import Confidence
import Foundation
import LiveGraph
import Signals
import Testing

@Suite struct CueScorerTests {
    private static func time(_ seconds: Double) -> HostTime { HostTime(nanoseconds: 0) + seconds }

    private func cue(_ text: String, at seconds: Double, _ stream: String = "console.prompts", isCut: Bool = false) -> Decision
    {
        Decision(
            content: .marker(stream: stream, texts: [text], at: Self.time(seconds), isCut: isCut),
            hostTime: Self.time(seconds + 0.01))
    }

    private func word(_ text: String, end: Double, decided: Double? = nil, stage: String? = nil) -> Decision {
        Decision(
            content: .word(text: text, frame: 0, logProbability: log(0.5)), hostTime: Self.time(decided ?? end + 0.2),
            stage: stage, spanEnd: Self.time(end))
    }

    private func scored(_ decisions: [Decision], stage: String? = nil, isFilm: Bool = false) -> [String] {
        var scorer = CueScorer(truth: "console.prompts", stage: stage, isFilm: isFilm)
        var cues: [CueScorer.Scored] = []
        for decision in decisions {
            scorer.take(decision)
            cues += scorer.judged(at: decision.hostTime)
        }
        return (cues + scorer.finish()).map { cue in
            "\(cue.cue): " + cue.words.map { "\($0.text)\($0.isRight ? "+" : "-")" }.joined(separator: " ")
        }
    }

    @Test func `words are aligned with the cue before them, whatever its case and punctuation`() {
        #expect(
            scored([
                word("early", end: 0.5), cue("Say: One, TWO!", at: 1), word("say", end: 2), word("one", end: 3),
                word("won", end: 4), cue("three", at: 6), word("three", end: 7), word("three", end: 8),
            ]) == ["1: say+ one+ won-", "2: three- three+"])
    }

    @Test func `a word that ended before the next cue belongs to the one before it, however late it is decided`() {
        #expect(
            scored([
                cue("one", at: 1), cue("two", at: 3), word("one", end: 2.9, decided: 3.4), word("two", end: 4),
            ]) == ["1: one+", "2: two+"])
    }

    @Test
    func `a cue is judged three seconds after the next one, and its words end within ten seconds and one for each of its own`()
    {
        var scorer = CueScorer(truth: "console.prompts", stage: nil, isFilm: false)
        for decision in [cue("one", at: 1), word("one", end: 2), cue("two", at: 5)] { scorer.take(decision) }
        #expect(scorer.judged(at: Self.time(7.9)).isEmpty && scorer.judged(at: Self.time(8)).map(\.cue) == [1])
        // 5 + 10 + 1 s.
        for end in [15.9, 16.1, 40] { scorer.take(word("two", end: end)) }
        #expect(scorer.judged(at: Self.time(18.9)).isEmpty)
        #expect(scorer.judged(at: Self.time(19)).map { $0.words.count } == [1] && scorer.finish().isEmpty)
    }

    @Test func `other streams and stages, first guesses, cut cues and such as say nothing do not count`() {
        var guess = word("one", end: 2)
        guess.isPartial = true
        let film = Decision(
            content: .filmWord(text: "one", firstFrame: 0, lastFrame: 1, score: 1, margin: 0.5), hostTime: Self.time(2.5))
        #expect(
            scored([
                cue("two", at: 0.5, "console.markers"), cue("one", at: 1), cue("+", at: 1.5), guess,
                word("one", end: 2, stage: "other"), film, word("one", end: 3),
            ]) == ["1: one+"])
        #expect(scored([cue("one", at: 1), film, word("one", end: 3)], isFilm: true) == ["1: one+"])
        #expect(
            scored([cue("one", at: 1, isCut: true), word("one", end: 3), cue("two", at: 5), word("two", end: 6)]) == ["2: two+"]
        )
        #expect(scored([cue("one", at: 1), word("one", end: 3, stage: "a")], stage: "a") == ["1: one+"])
        #expect(scored([cue("one", at: 1)]).isEmpty && scored([word("one", end: 3)]).isEmpty)
    }

    @Test func `the raw score is a word's probability, and grows with a film's margin`() {
        #expect(abs((word("one", end: 1).rawScore ?? 0) - 0.5) < 1e-7)
        func film(_ margin: Float) -> Double? {
            Decision(
                content: .filmWord(text: "one", firstFrame: 0, lastFrame: 1, score: 1, margin: margin), hostTime: Self.time(0)
            ).rawScore
        }
        #expect(film(0) == 0.5 && abs((film(0.2) ?? 0) - 1 / (1 + exp(-2.0))) < 1e-7)
        #expect(cue("one", at: 1).rawScore == nil)
    }
}
