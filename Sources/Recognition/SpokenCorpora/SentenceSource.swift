package import Signals

/// Draws sentences, each text once: words in a random order, or by a grammar.
package struct SentenceSource {
    package struct Sentence: Equatable {
        package var language: String
        package var written: String
        /// What is spoken.
        package var spoken: String
    }

    private let lists: [WordList]
    private let grammars: [SentenceGrammar]
    private let length: ClosedRange<Int>
    /// Texts that were drawn, or that must not be.
    private var known: Set<String>

    /// - Parameters:
    ///   - length: words of a sentence without a grammar.
    ///   - avoiding: texts, spoken or written.
    package init(_ lists: [WordList], grammars: [SentenceGrammar], length: ClosedRange<Int>, avoiding: Set<String>) {
        (self.lists, self.grammars, self.length, known) = (lists, grammars, length, avoiding)
    }

    private static let attempts = 1000

    /// The languages take turns.
    /// - Throws: ``SpokenCorpusError`` when a thousand draws gave only texts that are known.
    package mutating func sentence(_ index: Int, _ random: inout SplitMix64) throws(SpokenCorpusError) -> Sentence {
        let list = lists[index % lists.count]
        let grammar = grammars.first { $0.language == list.language }
        for _ in 0..<Self.attempts {
            let words =
                grammar?.sentence(&random)
                ?? (0..<length.lowerBound + random.integer(below: length.count)).map { _ in
                    random.integer(below: list.words.count)
                }
            let sentence = Sentence(
                language: list.language, written: words.map { list.words[$0].written }.joined(separator: " "),
                spoken: words.map { list.words[$0].spoken }.joined(separator: " "))
            guard !known.contains(sentence.spoken), !known.contains(sentence.written) else { continue }
            known.formUnion([sentence.spoken, sentence.written])
            return sentence
        }
        throw SpokenCorpusError(
            list.file,
            .contents(
                "it has too few sentences: all are taken after \(index / lists.count); ask for fewer, or give more words or patterns"
            ))
    }
}
