import ArgumentParser
import Decoding
import Recognition

/// A language model, and how much it counts.
struct LanguageModelOptions: ParsableArguments {
    @Option(help: "Decode with this language model (`larmor train language-model`, or an ARPA file) and a beam search.")
    var languageModel: String?

    @Option(
        help:
            "Texts that the beam search keeps after each frame (default: 100 with a language model). It can be used without one."
    )
    var beam: Int?

    @Option(help: "Factor of the language model's logarithms.")
    var languageWeight: Float?

    @Option(help: "Added for each word with a model of words, else for each unit.")
    var insertionBonus: Float?

    @Option(help: "A text file: only its words are read.")
    var lexicon: String?

    @Option(
        help: "A word or phrase that is to be read rather than others: TEXT or TEXT=BONUS (default: 2); may be given again.")
    var hotWord: [String] = []

    @Option(
        help:
            "An utterance ends after so many seconds without a unit (default: 0.6; 1 where units are words, which are named at their ends)."
    )
    var silence: Double?

    @Option(help: "And when it is so long, seconds (default: 30).")
    var longest: Double?

    @Flag(
        help: "Allow a language model that was counted from texts that are tested: for closed tasks, where all texts are known."
    )
    var knownTexts = false

    var files: [String] { [languageModel, lexicon].compactMap { $0 } }

    func validate() throws {
        if languageModel == nil {
            try GivenOptions.refuse(["--language-weight", "--known-texts"], "needs --language-model")
        }
        if languageModel == nil, beam == nil {
            try GivenOptions.refuse(
                ["--lexicon", "--hot-word", "--insertion-bonus", "--silence", "--longest"], "needs --language-model or --beam")
        }
        var options = BeamSearchOptions()
        options.beam = beam ?? options.beam
        options.languageWeight = languageWeight ?? options.languageWeight
        options.insertionBonus = insertionBonus ?? options.insertionBonus
        do { try options.check() } catch { throw ValidationError("\(error)") }
        _ = try bonuses()
        guard (0.05...60).contains(silence ?? 1) else { throw ValidationError("--silence is a number from 0.05 to 60 seconds") }
        guard (1...600).contains(longest ?? 1) else { throw ValidationError("--longest is a number from 1 to 600 seconds") }
    }

    var isGiven: Bool { languageModel != nil || beam != nil }

    /// Seconds between the ends of two words that are said in one go, and a little more.
    private static let silenceOfWords = 1.0

    /// - Parameter card: of the model that is to read with them.
    func settings(for card: RecognizerModel.Card) throws -> ModelDecoding.Settings {
        var settings = ModelDecoding.Settings()
        settings.beam = beam ?? settings.beam
        settings.languageWeight = languageWeight ?? settings.languageWeight
        settings.insertionBonus = insertionBonus ?? settings.insertionBonus
        settings.silence_s = silence ?? (card.units.kind == .words ? Self.silenceOfWords : settings.silence_s)
        settings.longest_s = longest ?? settings.longest_s
        settings.lexicon = try lexicon.map { Set(Units.words(in: try TextFile.read($0))).sorted() }
        let bonuses = try bonuses()
        if !bonuses.isEmpty { settings.hotWords = bonuses }
        return settings
    }

    private func bonuses() throws -> [String: Float] {
        var bonuses: [String: Float] = [:]
        for text in hotWord {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard let bonus = parts.count == 2 ? Float(parts[1]) : 2, let word = parts.first, abs(bonus) <= 100 else {
                throw ValidationError("--hot-word is TEXT or TEXT=BONUS, with a bonus from −100 to 100; found “\(text)”")
            }
            bonuses[word] = bonus
        }
        return bonuses
    }

    func opened() throws -> LanguageModel? {
        guard let languageModel else { return nil }
        ProcessProvenance.note(data: languageModel)
        return try LanguageModel.open(languageModel)
    }

    /// - Returns: nil where no option asks for a beam search.
    /// - Parameter texts: what the recogniser is tested on; a model that knows one of them is refused.
    func decoding(_ model: RecognizerModel, testedOn texts: [String]) throws -> ModelDecoding? {
        let language = try opened() ?? (isGiven ? nil : model.decoding?.languageModel)
        if !knownTexts { try language?.refuse(texts, place: languageModel ?? "the model's language.bin") }
        return isGiven ? try ModelDecoding(model.card, settings(for: model.card), language) : nil
    }
}
