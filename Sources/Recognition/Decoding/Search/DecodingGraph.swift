import Foundation

/// What a search knows besides the emissions: units, language model, lexicon, hot words and weights. It is made once, and shared by all
/// searches.
public final class DecodingGraph: Sendable {
    /// What the language model's units are to the network.
    public enum Fusion: Sendable, Equatable {
        /// Each unit of the network is one of the model's: characters, or words with models of whole words.
        case units
        /// Words are spelled by the network's units, and asked for where they end.
        case words
    }

    public let units: EmissionUnits
    public let options: BeamSearchOptions
    public let languageModel: LanguageModel?
    /// nil without a language model.
    public let fusion: Fusion?
    /// Whether only words of the lexicon are read.
    public let isBound: Bool
    /// The language model's number of each unit.
    let unitWords: [UInt32]
    let trie: LexiconTrie?
    /// Weighted logarithm that stands for the word that has begun, for each node of the trie.
    let provisional: [Float]
    /// The same for a word that has left the trie.
    let strayProvisional: Float
    let hotWords: HotWordAutomaton?
    /// What an extension by a unit inside of a word can gain at most.
    let largestGain: Float

    static let stray: Int32 = -1
    private static let ln10 = log(10.0)

    /// - Parameters:
    ///   - fusion: what the model's units are; nil to take it from the model, and for a model that does not tell: words where there is
    ///     a separator.
    ///   - lexicon: the only words that may be read; nil for any text.
    /// - Throws: ``SearchError`` for options that cannot be, and for words that the units cannot spell.
    public init(
        units: EmissionUnits, options: BeamSearchOptions = BeamSearchOptions(), languageModel: LanguageModel? = nil,
        fusion: Fusion? = nil, lexicon: [String]? = nil, hotWords: [HotWord] = []
    ) throws(SearchError) {
        try options.check()
        (self.units, self.options, self.languageModel) = (units, options, languageModel)
        let byDefault: Fusion = units.isSpelt && languageModel?.unitKind != .characters ? .words : .units
        self.fusion = languageModel == nil ? nil : fusion ?? byDefault
        if self.fusion == .words, !units.isSpelt {
            throw SearchError(.option("language model", expected: "one of units, as no unit separates words", found: "words"))
        }
        isBound = lexicon != nil
        let weight = options.languageWeight
        if let model = languageModel, self.fusion == .units {
            unitWords = units.names.indices.map { unit in
                let name = units.names[unit]
                guard unit == units.separator else { return model.number(of: name) ?? LanguageModel.unknown }
                return model.number(of: LanguageModel.space) ?? model.number(of: name) ?? LanguageModel.unknown
            }
        } else {
            unitWords = []
        }
        var words: [(spelling: [Int], number: UInt32, score: Float)] = []
        let scoresWords = self.fusion == .words
        func score(_ number: UInt32) -> Float {
            guard let model = languageModel, scoresWords else { return 0 }
            let unknown = number == LanguageModel.unknown ? options.unknownWordPenalty : 0
            return weight * Float(model.logProbability(alone: number) * Self.ln10) - unknown
        }
        if let lexicon {
            for word in lexicon {
                guard let spelling = units.spell(word),
                    units.isSpelt ? !spelling.contains(units.separator ?? -1) : spelling.count == 1
                else {
                    throw SearchError(.unspellable(word))
                }
                let number = scoresWords ? languageModel?.number(of: word) ?? LanguageModel.unknown : 0
                words.append((spelling, number, score(number)))
            }
            guard !words.isEmpty else { throw SearchError(.option("lexicon", expected: "a word or more", found: "none")) }
        } else if scoresWords, let model = languageModel {
            for number in 3..<UInt32(max(3, model.unitCount)) {
                if let spelling = units.spell(model.name(of: number)), units.separator.map({ !spelling.contains($0) }) ?? true {
                    words.append((spelling, number, score(number)))
                }
            }
        }
        let trie = lexicon != nil || scoresWords ? LexiconTrie(words) : nil
        self.trie = trie
        // The root's is 0, so that a word's parts add up to its whole.
        var provisional = (trie?.best ?? []).map { min(0, $0) }
        if !provisional.isEmpty { provisional[0] = 0 }
        self.provisional = provisional
        strayProvisional = min(provisional.min() ?? 0, scoresWords ? score(LanguageModel.unknown) : 0)
        let automaton = hotWords.isEmpty ? nil : try HotWordAutomaton(hotWords, units)
        self.hotWords = automaton
        let bonus = scoresWords ? 0 : max(0, options.insertionBonus)
        largestGain = bonus + (automaton?.largestChange ?? 0)
    }

    /// What a prefix becomes with one more unit.
    struct Extension {
        /// Of the score, without the emission.
        var change: Float
        /// Natural logarithm of the language model, not weighted.
        var language: Float
        var languageState: UInt32
        var trieNode: Int32
        var hotState: Int32
    }

    var start: Extension {
        Extension(
            change: 0, language: 0, languageState: languageModel?.start ?? 0, trieNode: 0, hotState: HotWordAutomaton.start)
    }

    /// - Parameter before: what the prefix is.
    /// - Returns: nil where the lexicon does not allow the unit.
    @inline(__always) func extended(_ before: borrowing SearchNode, by unit: Int) -> Extension? {
        var result = Extension(
            change: 0, language: 0, languageState: before.languageState, trieNode: before.trieNode, hotState: before.hotState)
        if unit == units.separator {
            if trie != nil {
                if before.trieNode == 0 {
                    guard !isBound else { return nil }
                } else {
                    guard endWord(before, &result) else { return nil }
                }
            }
        } else if let trie {
            let child = before.trieNode == Self.stray ? -1 : trie.child(of: before.trieNode, Int32(unit))
            guard child >= 0 || !isBound else { return nil }
            // Where each unit is a word, its node is the end.
            result.trieNode = !units.isSpelt ? 0 : child < 0 ? Self.stray : child
            if fusion == .words { result.change = provisional(result.trieNode) - provisional(before.trieNode) }
        }
        if fusion == .units, let model = languageModel {
            let step = model.next(before.languageState, unitWords[unit])
            result.language = Float(step.logProbability * Self.ln10)
            result.languageState = step.state
            result.change += options.languageWeight * result.language
        }
        if fusion != .words { result.change += options.insertionBonus }
        if let hotWords {
            let place = Int(before.hotState) * hotWords.units + unit
            result.change += hotWords.change[place]
            result.hotState = hotWords.next[place]
        }
        return result
    }

    @inline(__always) func provisional(_ node: Int32) -> Float { node < 0 ? strayProvisional : provisional[Int(node)] }

    /// - Returns: false where the lexicon has no such word.
    @inline(__always) private func endWord(_ before: borrowing SearchNode, _ result: inout Extension) -> Bool {
        let number = before.trieNode == Self.stray ? -1 : trie?.word[Int(before.trieNode)] ?? -1
        guard number >= 0 || !isBound else { return false }
        result.trieNode = 0
        guard fusion == .words, let model = languageModel else { return true }
        let word = number < 0 ? LanguageModel.unknown : UInt32(number)
        let step = model.next(before.languageState, word)
        result.language = Float(step.logProbability * Self.ln10)
        result.languageState = step.state
        result.change = options.languageWeight * result.language - provisional(before.trieNode) + options.insertionBonus
        if word == LanguageModel.unknown { result.change -= options.unknownWordPenalty }
        return true
    }

    /// What the end of the text changes, and whether it may end there.
    func ended(_ node: borrowing SearchNode) -> (change: Float, language: Float, isComplete: Bool) {
        var result = Extension(
            change: 0, language: 0, languageState: node.languageState, trieNode: node.trieNode, hotState: node.hotState)
        var isComplete = true
        if trie != nil, node.trieNode != 0, !endWord(node, &result) {
            isComplete = false
            result.change = -provisional(node.trieNode)
        }
        if let model = languageModel {
            let step = model.next(result.languageState, LanguageModel.sentenceEnd)
            let logarithm = Float(step.logProbability * Self.ln10)
            result.language += logarithm
            result.change += options.languageWeight * logarithm
        }
        if let hotWords { result.change += hotWords.final[Int(node.hotState)] }
        return (result.change, result.language, isComplete)
    }
}
