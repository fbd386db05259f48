import Foundation

/// How probable each of several texts is, if it is one of them.
public enum HypothesisPosteriors {
    /// Shares of 1, by the scores.
    /// - Parameter temperature: above 0; larger ones make the shares more alike. Scores of beam searches are too sure: about 3 is usual.
    public static func shares(_ scores: [Double], temperature: Double = 1) -> [Double] {
        precondition(temperature > 0, "a temperature is positive")
        guard let best = scores.max() else { return [] }
        let weights = scores.map { exp(($0 - best) / temperature) }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    /// For each word of the first text, the share of all texts that have it at that place of the best alignment. Raw: no calibrated
    /// probabilities.
    public static func wordConfidences(_ texts: [[String]], shares: [Double]) -> [Double] {
        guard let best = texts.first else { return [] }
        var result = [Double](repeating: 0, count: best.count)
        for (text, share) in zip(texts, shares) {
            for (place, word) in aligned(best, text).enumerated() where word == best[place] { result[place] += share }
        }
        return result.map { min(1, $0) }
    }

    /// How probable a word is at its place, among all texts that were found.
    public struct Word: Sendable, Equatable {
        /// Share of the texts that have it there, 0 … 1. Not calibrated.
        public var posterior: Double
        /// Natural logarithm of the posterior over that of the best other word there, or of none. Where all texts agree, it is at least so
        /// much: over the least likely text. Infinite where there is one text.
        public var margin: Double

        public init(posterior: Double, margin: Double) { (self.posterior, self.margin) = (posterior, margin) }
    }

    /// For each word of the first text.
    /// - Parameter scores: of the texts, natural logarithms; they are taken as they are.
    public static func words(_ texts: [[String]], scores: [Double]) -> [Word] {
        guard let best = texts.first else { return [] }
        let shares = shares(scores)
        var own = [Double](repeating: 0, count: best.count)
        // What other texts have at each place; none is a word, too.
        var others = [[String?: Double]](repeating: [:], count: best.count)
        for (text, share) in zip(texts, shares) {
            for (place, word) in aligned(best, text).enumerated() {
                if word == best[place] { own[place] += share } else { others[place][word, default: 0] += share }
            }
        }
        let least = texts.count > 1 ? shares.last ?? 0 : 0
        return zip(own, others).map { own, others in
            Word(posterior: min(1, own), margin: log(own) - log(others.values.max() ?? least))
        }
    }

    /// What stands at the places of the first text's words in an alignment of the second with the fewest edits; of equals, words match
    /// early. nil for nothing.
    private static func aligned(_ a: [String], _ b: [String]) -> [String?] {
        let width = b.count + 1
        var costs = [Int](repeating: 0, count: (a.count + 1) * width)
        for i in stride(from: a.count, through: 0, by: -1) {
            for j in stride(from: b.count, through: 0, by: -1) {
                if i == a.count || j == b.count {
                    costs[i * width + j] = a.count - i + b.count - j
                } else {
                    let both = costs[(i + 1) * width + j + 1] + (a[i] == b[j] ? 0 : 1)
                    costs[i * width + j] = min(both, 1 + min(costs[(i + 1) * width + j], costs[i * width + j + 1]))
                }
            }
        }
        var result = [String?](repeating: nil, count: a.count)
        var (i, j) = (0, 0)
        while i < a.count, j < b.count {
            let cost = costs[i * width + j]
            if cost == costs[(i + 1) * width + j + 1] + (a[i] == b[j] ? 0 : 1) {
                result[i] = b[j]
                (i, j) = (i + 1, j + 1)
            } else if cost == 1 + costs[(i + 1) * width + j] {
                i += 1
            } else {
                j += 1
            }
        }
        return result
    }
}
