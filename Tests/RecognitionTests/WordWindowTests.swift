import Foundation
import Recognition
import Testing

@Suite struct WordWindowTests {
    /// Logits of a blank and three words with these probabilities, times any factor.
    private func logits(_ probabilities: [Double]) -> [Float] { probabilities.map { Float(log($0 * 7)) } }

    @Test func `the word with the largest sum over the window comes first, with its logarithm`() {
        var window = WordWindow(words: 3, frames: 2)
        for frame in [[0.5, 0.3, 0.2, 0.0], [0.4, 0.1, 0.4, 0.1], [0.7, 0.1, 0.1, 0.1]] {
            #expect(!window.isOver)
            window.take(logits(frame))
        }
        #expect(window.isOver)
        let ranking = window.ranking()
        #expect(ranking.map(\.index) == [1, 0, 2])
        for (rank, sum) in zip(ranking, [0.7, 0.5, 0.2]) { #expect(abs(Double(rank.logProbability) - log(sum)) < 1e-5) }
    }

    @Test func `a sum above one is sure, equals go by their index, and what cannot be is never`() {
        var window = WordWindow(words: 3, frames: 1)
        for _ in 0..<2 { window.take(logits([0.2, 0.0, 0.8, 0.0])) }
        #expect(
            window.ranking() == [
                .init(index: 1, logProbability: 0), .init(index: 0, logProbability: -.infinity),
                .init(index: 2, logProbability: -.infinity),
            ])
    }

    @Test func `a window of one frame is that frame`() {
        var window = WordWindow(words: 2, frames: 0)
        window.take(logits([0.5, 0.2, 0.3]))
        #expect(window.isOver && window.ranking().map(\.index) == [1, 0])
    }
}
