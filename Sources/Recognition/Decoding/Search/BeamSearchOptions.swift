import Foundation

/// How a prefix beam search weighs and prunes. All scores are natural logarithms.
public struct BeamSearchOptions: Sendable, Equatable {
    /// Prefixes that are kept after each frame, 1 or more.
    public var beam = 100
    /// Factor of the language model's logarithms, 0 or more.
    public var languageWeight: Float = 1
    /// Added for each word with a model of words, else for each unit.
    public var insertionBonus: Float = 0
    /// Taken off the blank's log-probability, 0 or more.
    public var blankPenalty: Float = 0
    /// Frames after a unit in which no other begins; 0 for none. It is counted from the unit's frame on the likeliest alignment.
    public var holdOff = 0
    /// Units that are this much less likely than the frame's likeliest begin no longer prefix.
    public var unitThreshold: Float = 16
    /// Prefixes that are this much worse than the best are dropped.
    public var scoreThreshold: Float = 24
    /// Taken off for each word that the language model does not know, where such words are allowed.
    public var unknownWordPenalty: Float = 6
    /// Frames after which what the best prefix began with is settled, however many others begin otherwise. It bounds the memory.
    public var historyFrames = 3000

    public init() {}

    /// Nothing is dropped but what has no room among the `beam` best.
    public static func exact(beam: Int) -> BeamSearchOptions {
        var options = BeamSearchOptions()
        options.beam = beam
        (options.unitThreshold, options.scoreThreshold) = (.infinity, .infinity)
        return options
    }

    /// For a network trained with labels allowed in `window` + 1 frames each, as whole-word models are: spread evenly over them, a sure
    /// label has the probability 1 / (`window` + 1) in each, and two labels do not end within two windows.
    public mutating func respect(labelWindow window: Int) {
        blankPenalty = logf(Float(window + 1))
        holdOff = 2 * window
    }

    /// - Throws: ``SearchError`` that names the option.
    public func check() throws(SearchError) {
        func fault(_ name: String, _ expected: String, _ found: Any) -> SearchError {
            SearchError(.option(name, expected: expected, found: "\(found)"))
        }
        guard (1...100_000).contains(beam) else { throw fault("beam", "1 to 100000 prefixes", beam) }
        guard languageWeight >= 0, languageWeight <= 100 else { throw fault("language weight", "0 to 100", languageWeight) }
        guard abs(insertionBonus) <= 100 else { throw fault("insertion bonus", "−100 to 100", insertionBonus) }
        guard blankPenalty >= 0, blankPenalty <= 100 else { throw fault("blank penalty", "0 to 100", blankPenalty) }
        guard (0...1_000_000).contains(holdOff) else { throw fault("hold-off", "0 to 1000000 frames", holdOff) }
        guard unitThreshold > 0 else { throw fault("unit threshold", "more than 0", unitThreshold) }
        guard scoreThreshold > 0 else { throw fault("score threshold", "more than 0", scoreThreshold) }
        guard unknownWordPenalty >= 0, unknownWordPenalty <= 1000 else {
            throw fault("unknown-word penalty", "0 to 1000", unknownWordPenalty)
        }
        guard (16...1_000_000_000).contains(historyFrames) else { throw fault("history", "16 frames or more", historyFrames) }
    }
}
