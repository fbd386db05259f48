import ArgumentParser
import Decoding
import Foundation
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

    @Option(help: "An utterance ends after so many seconds without a unit.")
    var silence = 0.6

    @Option(help: "And when it is so long, seconds.")
    var longest = 30.0

    @Flag(help: "Take them away: the best path is read again.")
    var remove = false

    func validate() throws {
        if remove, languageModel.isGiven { throw ValidationError("--remove takes no other options") }
        if !remove, !languageModel.isGiven { throw ValidationError("give --language-model, --beam or --remove") }
        try GivenOptions.refuse(["--known-texts"], "is an option of evaluate")
    }

    func run() throws {
        try reportingFailures {
            let card = try RecognizerModel(folder: model).card
            let files = ModelDecoding.files(model)
            if remove {
                for file in [files.settings, files.language] where FileManager.default.fileExists(atPath: file) {
                    try FileManager.default.removeItem(atPath: file)
                }
                return Console.result("\(model): the best path")
            }
            var settings = try languageModel.settings()
            (settings.silence_s, settings.longest_s) = (silence, longest)
            let decoding = try ModelDecoding(card, settings, try languageModel.opened())
            try decoding.write(folder: model)
            let words =
                decoding.languageModel.map { "a \($0.order)-gram model of \($0.vocabulary) units" } ?? "no language model"
            Console.result("\(model): beam \(settings.beam), \(words)")
        }
    }
}
