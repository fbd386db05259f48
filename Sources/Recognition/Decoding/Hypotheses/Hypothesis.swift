import Foundation

/// A text that may have been said.
public struct Hypothesis: Sendable, Equatable {
    public var units: [PrefixBeamSearch.TimedUnit]
    /// Natural logarithm of all: emissions, language model with its weight, bonuses and penalties.
    public var score: Double
    /// Natural logarithm of the emissions alone, summed over alignments; the blank's penalty is in it.
    public var acoustic: Double
    /// Natural logarithm of the language model alone, without its weight; 0 without a model.
    public var language: Double

    public init(units: [PrefixBeamSearch.TimedUnit], score: Double, acoustic: Double, language: Double) {
        (self.units, self.score, self.acoustic, self.language) = (units, score, acoustic, language)
    }

    /// Adds alignments of the same text; the language model's part stays that of the better one.
    mutating func merge(_ other: Hypothesis) {
        func sum(_ a: Double, _ b: Double) -> Double { max(a, b) + log1p(exp(-abs(a - b))) }
        (score, acoustic) = (sum(score, other.score), sum(acoustic, other.acoustic))
    }
}
