import ArgumentParser
import Decoding
import Recognition

struct ModelSetDecoding: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decoding", abstract: "Gives a recogniser's model a beam search and a language model, or takes them away.",
        discussion: """
            They lie in the model's folder, and are used wherever the model reads: live, in replays, in `evaluate`. A session keeps them with \
            the model. Words are then final when their utterance has ended.
            Example: larmor model decoding models/words --language-model sentences.lm --beam 50
            Example: larmor model decoding models/words --remove
            """)

    @Argument(help: "A model's folder.")
    var model: String

    @OptionGroup
    var languageModel: LanguageModelOptions

    @Flag(help: "Take them away: the best path is read again. It works for damaged ones, too.")
    var remove = false

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var model: String
        /// nil for the best path.
        var decoding: DecodingSummary?
        /// Whether --remove found something.
        var removed: Bool?
    }

    func validate() throws {
        if remove {
            try GivenOptions.refuse(
                [
                    "--language-model", "--beam", "--language-weight", "--insertion-bonus", "--lexicon", "--hot-word",
                    "--silence",
                    "--longest",
                ], "cannot stand beside --remove")
        }
        if !remove, !languageModel.isGiven { throw ValidationError("give --language-model, --beam or --remove") }
        try GivenOptions.refuse(["--known-texts"], "is an option of evaluate")
    }

    func run() throws {
        try reportingFailures {
            // One that cannot be read is no obstacle to another one, or to none.
            let card = try RecognizerModel(folder: model, readsDecoding: false).card
            if remove {
                let wasThere = try ModelDecoding.remove(folder: model)
                if json { return try Console.json(Result(model: model, removed: wasThere)) }
                return Console.result("\(model): the best path\(wasThere ? "" : ", as it was")")
            }
            let decoding = try ModelDecoding(card, try languageModel.settings(for: card), try languageModel.opened())
            try decoding.write(folder: model)
            let summary = DecodingSummary(decoding)
            if json { return try Console.json(Result(model: model, decoding: summary)) }
            Console.result("\(model): \(summary.text)")
            if let certificate = CertificateSummary(folder: model), !certificate.fits {
                Console.note(
                    "\(certificate.file) is not for the scores of this search: fit another one before live runs use it")
            }
        }
    }
}
