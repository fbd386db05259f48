import Reservoirs
import Testing

/// The answers of a device of two nodes to a batch of drive frames.
@Suite struct DriveAnswersTests {
    private func take(_ answers: inout DriveAnswers, _ counter: UInt64, _ values: [Float]) -> Int {
        values.withUnsafeBufferPointer { answers.take(counter: counter, $0) }
    }

    @Test func `answers find their steps by their counters, in any order and in any blocks`() {
        var answers = DriveAnswers(first: 100, steps: 4, nodes: 2)
        #expect(take(&answers, 102, [5, 6, 7, 8]) == 2 && take(&answers, 100, [1, 2]) == 1 && answers.answered == 3)
        #expect(take(&answers, 101, [3, 4]) == 1)
        #expect(answers.states == [1, 2, 3, 4, 5, 6, 7, 8] && answers.answered == 4)
    }

    @Test func `an answer that comes twice is counted once, and its first values stay`() {
        var answers = DriveAnswers(first: 0, steps: 2, nodes: 2)
        #expect(take(&answers, 0, [1, 2]) == 1 && take(&answers, 0, [9, 9]) == 0)
        #expect(answers.answered == 1 && answers.states == [1, 2, 0, 0])
    }

    @Test(arguments: [UInt64(1) << 63, UInt64.max, 99, 103]) func `counters of other frames are left out`(counter: UInt64) {
        var answers = DriveAnswers(first: 100, steps: 3, nodes: 2)
        #expect(take(&answers, counter, [1, 2]) == 0 && answers.answered == 0)
    }

    @Test func `of a block that reaches beyond the batch its own part is taken`() {
        var answers = DriveAnswers(first: 100, steps: 2, nodes: 1)
        #expect(take(&answers, 99, [1, 2, 3, 4]) == 2 && answers.states == [2, 3])
        // A batch at the end of all counters wraps without harm.
        var last = DriveAnswers(first: .max, steps: 2, nodes: 1)
        #expect(take(&last, .max, [5, 6]) == 2 && last.states == [5, 6])
    }
}
