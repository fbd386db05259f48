import Foundation

/// Weighs all words over the frames in which one of them was named.
///
/// Training lets a word's label stand in any of several frames after the word's end, so its probability is spread over them. The sum
/// s_w of its probabilities over the frames says more than the first of them that was sure enough: it is the expected number of frames that
/// name the word, and its probability as far as the network names a word in one frame only.
///
/// A network may name words in several frames; then the sums of all words together exceed 1 and are no probabilities. So a word's score is
/// s_w / max(1, Σ s). The scores of all words add up to at most 1, and what is left of 1 is the score of “no word”. It is a score to
/// compare, not a calibrated probability: `larmor calibrate` tells how far it may be taken for one.
public struct WordWindow: Sendable {
    public struct Rank: Sendable, Equatable {
        public var index: Int
        /// Natural logarithm of the word's score; 0 or less, and below 0 where another word has any.
        public var logProbability: Float

        public init(index: Int, logProbability: Float) {
            self.index = index
            self.logProbability = logProbability
        }
    }

    private var sums: [Float]
    private var left: Int

    /// - Parameter frames: after the first one.
    public init(words: Int, frames: Int) {
        sums = [Float](repeating: 0, count: words)
        left = frames + 1
    }

    public var isOver: Bool { left <= 0 }

    /// Takes one frame.
    /// - Parameter logits: the blank's, then one for each word.
    public mutating func take(_ logits: [Float]) {
        left -= 1
        let largest = logits.max() ?? 0
        let total = logits.reduce(0) { $0 + exp($1 - largest) }
        for word in sums.indices { sums[word] += exp(logits[word + 1] - largest) / total }
    }

    /// Score of “no word”: what the words leave of 1.
    public var noneScore: Float { max(0, 1 - sums.reduce(0, +)) }

    /// All words, the likeliest first; of equals the one with the lower index.
    public func ranking() -> [Rank] {
        let total = max(1, sums.reduce(0, +))
        return sums.indices.sorted { (-sums[$0], $0) < (-sums[$1], $1) }.map {
            Rank(index: $0, logProbability: min(0, log(sums[$0] / total)))
        }
    }
}
