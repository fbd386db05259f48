import Confidence
import Foundation
import LiveGraph
import Signals
import Testing

/// A stage that is told of words and cues, as the graph tells it.
@Suite struct DriftStageTests {
    private static func time(_ seconds: Double) -> HostTime { HostTime(nanoseconds: 0) + seconds }

    private struct Change: Equatable {
        var cue: Int
        var isAlarm: Bool
    }

    /// One word for each cue, every two seconds, with the confidence 0.9.
    /// - Parameter isRight: whether the word of a cue is what the cue says.
    private func run(cues: Int, confidence: Double? = 0.9, isRight: (Int) -> Bool) throws -> (
        changes: [Change], all: [Decision]
    ) {
        let stage = DriftStage(
            .init(name: "words", isFilm: false, truth: "console.prompts", settings: try .init(window: 100)))
        var (changes, all): ([Change], [Decision]) = ([], [])
        func take(_ decision: Decision) {
            all.append(decision)
            if case .calibration(_, let words, let window, let isAlarm) = decision.content {
                #expect(window == min(words, 100) && decision.stage == "words")
                changes.append(Change(cue: words, isAlarm: isAlarm))
            }
        }
        let clocks = StreamClocksView([])
        for cue in 0..<cues {
            let begin = 2 * Double(cue)
            stage.take(
                Decision(
                    content: .marker(stream: "console.prompts", texts: ["yes"], at: nil, isCut: false),
                    hostTime: Self.time(begin)))
            var word = Decision(
                content: .word(text: isRight(cue) ? "yes" : "no", frame: 0, logProbability: -1),
                hostTime: Self.time(begin + 1), stage: "words")
            word.judgement = confidence.map { .init(confidence: $0, action: .act) }
            stage.take(word)
            stage.settle(now: Self.time(begin + 1), clocks, take)
        }
        stage.finish(at: Self.time(2 * Double(cues)), clocks, take)
        stage.close(at: Self.time(2 * Double(cues)), take)
        return (changes, all)
    }

    @Test func `confidences that stay true are told once, at the end`() throws {
        let (changes, all) = try run(cues: 300) { $0 % 10 != 3 }
        #expect(changes == [Change(cue: 300, isAlarm: false)] && all.count == 1)
        guard case .calibration(let posterior, _, _, _)? = all.first?.content else { return }
        // Ten of a hundred are wrong, as 0.9 says: the largest posterior of a hundred words.
        #expect(abs(posterior - 100 / 101.0) < 1e-6 && all.first?.hostTime == Self.time(600))
    }

    @Test func `a drift is an alarm, and its end is told`() throws {
        // From the word 150 on half of the words are wrong, from the word 250 on one of ten again.
        let (changes, all) = try run(cues: 500) { (150..<250).contains($0) ? $0 % 2 == 0 : $0 % 10 != 3 }
        #expect(changes.map(\.isAlarm) == [true, false, false] && changes.last?.cue == 500)
        #expect((155..<200).contains(changes[0].cue) && (260..<350).contains(changes[1].cue))
        let again = try run(cues: 500) { (150..<250).contains($0) ? $0 % 2 == 0 : $0 % 10 != 3 }.all
        #expect(again == all)
    }

    @Test func `too few words, and words without a confidence, are not judged`() throws {
        #expect(try run(cues: 40) { _ in false }.all.isEmpty)
        #expect(try run(cues: 300, confidence: nil) { _ in false }.all.isEmpty)
    }
}
