import Foundation

/// Weighs all words over the frames in which one of them was named.
///
/// Training lets a word's label stand in any of several frames after the word's end, so its probability is spread over them. The sum over
/// these frames says more than the first of them that was sure enough.
public struct WordWindow: Sendable {
    public struct Rank: Sendable, Equatable {
        public var index: Int
        /// Of the sum over the window; at most 0.
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

    /// All words, the likeliest first; of equals the one with the lower index.
    public func ranking() -> [Rank] {
        sums.indices.sorted { (-sums[$0], $0) < (-sums[$1], $1) }.map {
            Rank(index: $0, logProbability: min(0, log(sums[$0])))
        }
    }
}
