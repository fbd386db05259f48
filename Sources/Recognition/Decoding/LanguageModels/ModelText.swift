import Foundation
import Origin

/// Text as language models take it: lines that are sentences, words between white space.
public enum ModelText {
    /// The units of a line: its words, or its characters with ``LanguageModel/space`` between words. Composed and decomposed letters
    /// are the same.
    public static func units(of line: some StringProtocol, _ kind: LanguageModel.UnitKind) -> [String] {
        let words = line.precomposedStringWithCanonicalMapping.split(whereSeparator: \.isWhitespace)
        guard kind == .characters else { return words.map(String.init) }
        return Array(words.map { $0.map(String.init) }.joined(separator: [LanguageModel.space]))
    }

    /// Lines of a text that have a word.
    public static func lines(of text: String) -> [Substring] {
        text.split(whereSeparator: \.isNewline).filter { line in line.contains { !$0.isWhitespace } }
    }

    /// First 64 bits of the SHA-256 of a text's words with one space between them.
    public static func hash(of text: some StringProtocol) -> UInt64 {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return UInt64(ContentHash.sha256(words.utf8).prefix(16), radix: 16) ?? 0
    }
}

extension LanguageModel {
    /// Whether the model was counted from a sentence with these words.
    public func knows(_ text: some StringProtocol) -> Bool {
        let hash = ModelText.hash(of: text)
        var (low, high) = (0, layout.hashCount)
        while low < high {
            let middle = (low + high) / 2
            if hashes[middle] == hash { return true }
            if hashes[middle] < hash { low = middle + 1 } else { high = middle }
        }
        return false
    }

    /// Makes sure that the model was counted from none of these texts.
    ///
    /// Texts of one or two words are no leak: single words stand in many texts.
    /// - Parameter place: the model's file.
    /// - Throws: ``LanguageModelError`` with the first text that it knows.
    public func refuse(_ texts: some Sequence<String>, place: String) throws(LanguageModelError) {
        for text in texts where text.split(whereSeparator: \.isWhitespace).count > 2 && knows(text) {
            throw LanguageModelError(place, .knownText(text))
        }
    }

    /// How well the model foretells text.
    public struct Perplexity: Sendable, Equatable {
        /// Units, each sentence's end among them.
        public var units = 0
        /// Units that the model does not have; they count as `<unk>`.
        public var unknown = 0
        /// Base-10 logarithm of the probability of all.
        public var logProbability = 0.0
        /// Per unit; 1 without text.
        public var value: Double { units == 0 ? 1 : pow(10, -logProbability / Double(units)) }
    }

    public func perplexity(of sentences: some Sequence<[String]>) -> Perplexity {
        var result = Perplexity()
        for sentence in sentences {
            result.units += sentence.count + 1
            result.unknown += sentence.count { number(of: $0) == nil }
            result.logProbability += logProbability(ofSentence: sentence)
        }
        return result
    }

    /// Counts a text, a sentence a line.
    public convenience init(text: String, units: UnitKind, order: Int) throws(LanguageModelError) {
        let lines = ModelText.lines(of: text)
        try self.init(
            sentences: lines.map { ModelText.units(of: $0, units) }, order: order, kind: units,
            hashes: Set(lines.map { ModelText.hash(of: $0) }).sorted())
    }

    /// Counts sentences of any units.
    public convenience init(sentences: [[String]], order: Int) throws(LanguageModelError) {
        try self.init(
            sentences: sentences, order: order, kind: .unknown,
            hashes: Set(sentences.lazy.filter { !$0.isEmpty }.map { ModelText.hash(of: $0.joined(separator: " ")) }).sorted())
    }
}
