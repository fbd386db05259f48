import ArgumentParser
import Outputs
import Recognition
import SpokenCorpora

struct CorpusSpeak: LiveCommand {
    static let configuration = CommandConfiguration(
        commandName: "speak", abstract: "Makes sentences of word lists and has espeak-ng speak them in many voices.",
        discussion: """
            The folder gets sounds (WAV, 16 kHz), corpus.jsonl with texts as they are spoken, and written.jsonl with texts as they are written, \
            where that is another: pinyin and hanzi. Each line has the language, the speaker (a variant of espeak-ng) and the phonemes with \
            their times (“marks”). No text comes twice. Training, validation and test have different variants of espeak-ng, and training has \
            other pitches. Words stand in a random order, unless --grammar names patterns of sentences. The same seed gives the same bytes.
            Example: larmor corpus speak two --words corpora/english.txt --words corpora/mandarin.txt --sentences 7000
            Example: larmor corpus speak fresh --words corpora/english.txt --words corpora/mandarin.txt --sentences 0 --validation 0 --test 200 \
            --seed 7 --unlike two/corpus.jsonl
            """)

    @Argument(help: "Folder for the corpus, a new one.")
    var output: String

    @Option(help: "A word list; give one for each language.")
    var words: [String]

    @Option(help: "Patterns of sentences for one of the languages, a TOML file; may be given again.")
    var grammar: [String] = []

    @Option(help: "Sentences for training.")
    var sentences = 7000

    @Option(help: "Sentences on which settings are chosen.")
    var validation = 200

    @Option(help: "Sentences for tests.")
    var test = 200

    @Option(help: "Words of a sentence without a grammar, at least and at most: 3-7")
    var length = "3-7"

    @Option(help: "Variants of espeak-ng for training, with commas between them (default: 48 of them).")
    var trainingVoices: String?

    @Option(help: "Variants for validation (default: 8 others).")
    var validationVoices: String?

    @Option(help: "Variants for tests (default: 13 others).")
    var testVoices: String?

    @Option(help: "A corpus whose texts must not come again; may be given again.")
    var unlike: [String] = []

    @Option(help: "Another seed gives other sentences and voices.")
    var seed: UInt64 = 1

    @Flag(help: "Print one JSON object.")
    var json = false

    var outputIsTheProduct: Bool { true }

    private struct Result: Encodable {
        var folder: String
        var corpus: String
        var written: String?
        var sentences: [String: Int]
        var minutes: Double
    }

    private func range() -> ClosedRange<Int>? {
        let ends = length.split(separator: "-").compactMap { Int($0) }
        guard ends.count == 2, ends[0] >= 1, ends[0] <= ends[1], ends[1] <= 40 else { return nil }
        return ends[0]...ends[1]
    }

    func validate() throws {
        guard !words.isEmpty else { throw ValidationError("--words names a word list, for example corpora/english.txt") }
        for (name, count) in [("--sentences", sentences), ("--validation", validation), ("--test", test)] {
            guard (0...1_000_000).contains(count) else { throw ValidationError("\(name) is a whole number from 0 to 1000000") }
        }
        guard sentences + validation + test > 0 else {
            throw ValidationError("there is nothing to speak: all three numbers are 0")
        }
        guard range() != nil else {
            throw ValidationError("--length is two numbers from 1 to 40, such as 3-7; found “\(length)”")
        }
    }

    func work() throws {
        let lists = try words.map { try WordList(file: $0) }
        var maker = SpokenCorpusMaker(lists, counts: [.train: sentences, .validation: validation, .test: test], seed: seed)
        maker.grammars = try grammar.map { try SentenceGrammar(file: $0, lists: lists) }
        maker.length = range() ?? maker.length
        func names(_ text: String) -> [String] {
            text.split(separator: ",", omittingEmptySubsequences: false).map { String($0.drop { $0 == " " }) }
        }
        maker.voices.training = trainingVoices.map(names) ?? maker.voices.training
        maker.voices.validation = validationVoices.map(names) ?? maker.voices.validation
        maker.voices.test = testVoices.map(names) ?? maker.voices.test
        for file in unlike { maker.avoiding.formUnion(try Corpus(file: file).utterances.map(\.text)) }
        var progress = ProgressLine("speaking")
        let all = sentences + validation + test
        let made = try maker.write(folder: output) { done in
            progress.show(Double(done) / Double(all), "\(done) of \(Console.count(all, "sentence"))")
            return !StopRequest.isRequested
        }
        progress.done()
        guard let made else { throw StopRequest.exitCode }
        if json {
            return try Console.json(
                Result(
                    folder: output, corpus: made.corpus.path, written: made.written?.path,
                    sentences: ["train": sentences, "validation": validation, "test": test], minutes: made.seconds / 60))
        }
        try CorpusSummary(made.corpus).show(json: false)
        Console.result(
            "\(Console.count(all, "sentence")), \(Console.number(made.seconds / 60, digits: 1)) minutes, in \(made.corpus.path)"
        )
        if let written = made.written { Console.result("the same sounds with written texts in \(written.path)") }
    }
}
