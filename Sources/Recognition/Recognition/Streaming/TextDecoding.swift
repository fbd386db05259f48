public import Decoding

/// How a recogniser's outputs become text with a beam search: units and windows of the model, a language model, weights.
public struct TextDecoding: Sendable {
    public let graph: DecodingGraph

    /// - Parameters:
    ///   - options: the window in which the model's labels may stand is added to them.
    ///   - lexicon: the only words that may be read; nil for any text.
    /// - Throws: `SearchError` for options and lists that cannot be, and for a language model of other units.
    public init(
        _ card: RecognizerModel.Card, languageModel: LanguageModel?, options: BeamSearchOptions = BeamSearchOptions(),
        lexicon: [String]? = nil, hotWords: [HotWord] = []
    ) throws(SearchError) {
        var options = options
        if card.labelWindow > 0 { options.respect(labelWindow: card.labelWindow) }
        let isSpelt = card.units.kind == .characters
        let separator = isSpelt ? card.words.firstIndex(of: " ").map { $0 + 1 } : nil
        guard isSpelt || languageModel?.unitKind != .characters else {
            throw SearchError(
                .option(
                    "language model", expected: "one of words, as the recogniser's units are words", found: "one of characters")
            )
        }
        if !isSpelt, let languageModel, card.words.allSatisfy({ languageModel.number(of: $0) == nil }) {
            throw SearchError(
                .option(
                    "language model", expected: "one that knows words of the recogniser", found: "none of \(card.words.count)"))
        }
        graph = try DecodingGraph(
            units: EmissionUnits(names: [""] + card.words, blank: RecognizerModel.blank, separator: separator, spells: isSpelt),
            options: options,
            languageModel: languageModel, fusion: isSpelt ? nil : .units, lexicon: lexicon,
            hotWords: hotWords)
    }
}
