import Foundation
import Recognition
import Signals
import Testing

@Suite struct WordWindowTests {
    /// Logits of a blank and three words with these probabilities, times any factor.
    private func logits(_ probabilities: [Double]) -> [Float] { probabilities.map { Float(log($0 * 7)) } }

    @Test func `the word with the largest sum over the window comes first, with the logarithm of its share`() {
        var window = WordWindow(words: 3, frames: 2)
        for frame in [[0.5, 0.3, 0.2, 0.0], [0.4, 0.1, 0.4, 0.1], [0.7, 0.1, 0.1, 0.1]] {
            #expect(!window.isOver)
            window.take(logits(frame))
        }
        #expect(window.isOver)
        let ranking = window.ranking()
        #expect(ranking.map(\.index) == [1, 0, 2])
        for (rank, sum) in zip(ranking, [0.7, 0.5, 0.2]) { #expect(abs(Double(rank.logProbability) - log(sum / 1.4)) < 1e-5) }
    }

    @Test func `a word alone that is named in several frames is sure, equals go by their index, and what cannot be is never`() {
        var window = WordWindow(words: 3, frames: 1)
        for _ in 0..<2 { window.take(logits([0.2, 0.0, 0.8, 0.0])) }
        #expect(
            window.ranking() == [
                .init(index: 1, logProbability: 0), .init(index: 0, logProbability: -.infinity),
                .init(index: 2, logProbability: -.infinity),
            ])
        #expect(window.noneScore == 0)
    }

    @Test func `two words that are both named in several frames share what there is`() {
        var window = WordWindow(words: 3, frames: 3)
        for _ in 0..<4 { window.take(logits([0.1, 0.6, 0.3, 0.0])) }
        let scores = window.ranking().map { exp(Double($0.logProbability)) }
        for (score, expected) in zip(scores, [2.0 / 3, 1.0 / 3, 0]) { #expect(abs(score - expected) < 1e-6) }
    }

    @Test func `scores of all words and of none add up to 1, whatever the network says, and keep the order of the sums`() {
        var random = SplitMix64(seed: 13)
        for frames in [0, 1, 8, 40] {
            for _ in 0..<200 {
                var window = WordWindow(words: 5, frames: frames)
                var sums = [Double](repeating: 0, count: 5)
                for _ in 0...frames {
                    let sharpness = Float.random(in: 0...30, using: &random)
                    let logits = (0...5).map { _ in Float.random(in: -1...1, using: &random) * sharpness }
                    window.take(logits)
                    let weights = logits.map { Foundation.exp(Double($0)) }
                    let total = weights.reduce(0, +)
                    for word in 0..<5 { sums[word] += weights[word + 1] / total }
                }
                let ranking = window.ranking()
                let scores = ranking.map { Foundation.exp(Double($0.logProbability)) }
                #expect(abs(scores.reduce(0, +) + Double(window.noneScore) - 1) < 1e-5)
                #expect(scores == scores.sorted(by: >) && scores.allSatisfy { (0...1).contains($0) })
                for rank in ranking {
                    let expected = sums[rank.index] / max(1, sums.reduce(0, +))
                    #expect(abs(Foundation.exp(Double(rank.logProbability)) - expected) < 1e-5)
                }
            }
        }
    }

    @Test func `a window of one frame is that frame`() {
        var window = WordWindow(words: 2, frames: 0)
        window.take(logits([0.5, 0.2, 0.3]))
        #expect(window.isOver && window.ranking().map(\.index) == [1, 0])
    }
}
