public import Decoding
import Foundation
import SignalFeatures

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
            units: EmissionUnits(names: [""] + card.words, blank: RecognizerModel.blank, separator: separator),
            options: options,
            languageModel: languageModel, fusion: isSpelt && separator != nil ? nil : .units, lexicon: lexicon,
            hotWords: hotWords)
    }

    /// Units in an utterance. Frames whose outputs are no numbers are left out.
    /// - Parameters:
    ///   - session: whose input layer is used.
    ///   - forEachFrame: gives the features of sound and EEG of one frame after the other.
    func read(
        _ model: RecognizerModel, session: String,
        _ forEachFrame: ((UnsafeBufferPointer<Float>, Float?, UnsafeBufferPointer<Float>?) -> Void) -> Void
    ) -> [StreamingRecognizer.Word] {
        var recognizer = StreamingRecognizer(model, session: session)
        var search = PrefixBeamSearch(graph)
        var emissions: [Float] = []
        var frames: [UInt64] = []
        var frame: UInt64 = 0
        forEachFrame { audio, _, eeg in
            defer { frame += 1 }
            guard recognizer.advance(audio: audio, eeg: eeg) else { return }
            var values = recognizer.logits
            LogSoftmax.apply(&values)
            guard (try? values.withUnsafeBufferPointer { try search.push($0) }) != nil else { return }
            emissions += values
            frames.append(frame)
        }
        let best = search.hypotheses()[0].units
        let width = graph.units.count
        let alignment = emissions.withUnsafeBufferPointer {
            UnitAlignment(best.map(\.unit), emissions: $0, width: width, blank: graph.units.blank)
        }
        return best.indices.map { place in
            let unit = alignment?.units[place]
            return .init(
                index: best[place].unit - 1, frame: frames[unit?.frames.lowerBound ?? best[place].frame],
                logProbability: Float(log(max(unit?.probability ?? 0, 1e-30))))
        }
    }
}
