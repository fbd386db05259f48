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
            for place in matches(best, text) { result[place] += share }
        }
        return result.map { min(1, $0) }
    }

    /// Places of the first text's words that an alignment with the fewest edits finds in the second; of equals, words match early.
    private static func matches(_ a: [String], _ b: [String]) -> [Int] {
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
        var result: [Int] = []
        var (i, j) = (0, 0)
        while i < a.count, j < b.count {
            let cost = costs[i * width + j]
            if cost == costs[(i + 1) * width + j + 1] + (a[i] == b[j] ? 0 : 1) {
                if a[i] == b[j] { result.append(i) }
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
