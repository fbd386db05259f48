import ArgumentParser
import Decoding
import Outputs
import Recognition

struct TrainLanguageModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "language-model", abstract: "Counts a text for the decoding of recognisers: an n-gram model.",
        discussion: """
            The text has a sentence on each line. A corpus (.jsonl) is counted by the texts of its training split. Probabilities are those \
            of modified Kneser–Ney. The model remembers its sentences: `evaluate` refuses one that was counted from what it is tested with.
            Example: larmor train language-model sentences.txt --order 3 --units words --output sentences.lm
            Example: larmor train language-model speech.jsonl --units characters --test others.txt --output letters.arpa
            """)

    @Argument(help: "A text file, or a corpus.")
    var text: String

    @Option(help: "Units that are looked at together, 1 to 9.")
    var order = 4

    @Option(help: "What is counted: words or characters.")
    var units: Kind = .words

    @Option(
        help:
            "The file to write; one that ends in .arpa is an ARPA file, which other programs read and which forgets its texts.")
    var output: String

    @Option(
        help: "Tell how well the model foretells this text or this corpus' test split; texts that were counted are refused.")
    var test: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case words, characters
        var unitKind: LanguageModel.UnitKind { self == .words ? .words : .characters }
    }

    private struct Report: Encodable {
        var output: String
        var order: Int
        var units: String
        var sentences: Int
        var vocabulary: Int
        var ngrams: [Int]
        var bytes: Int
        var perplexity: Double
        var testSentences: Int?
        var testPerplexity: Double?
        var testUnknown: Int?
    }

    private static func sentences(_ path: String, _ split: Utterance.Split) throws -> [String] {
        guard path.hasSuffix(".jsonl") else { return ModelText.lines(of: try TextFile.read(path)).map(String.init) }
        let corpus = try Corpus(file: path)
        let isSplit = corpus.utterances.contains { $0.split != nil }
        let texts = (isSplit ? corpus[split] : corpus.utterances).map(\.text)
        return texts.filter { !Units.words(in: $0).isEmpty }
    }

    func validate() throws {
        guard (1...9).contains(order) else { throw ValidationError("--order is a number from 1 to 9") }
    }

    func run() throws {
        try reportingFailures {
            try OutputFile.check(output, inputs: [text] + (test.map { [$0] } ?? []))
            ProcessProvenance.note(data: text)
            let sentences = try Self.sentences(text, .train)
            let kind = units.unitKind
            let model = try LanguageModel(text: sentences.joined(separator: "\n"), units: kind, order: order)
            let own = model.perplexity(of: sentences.lazy.map { ModelText.units(of: $0, kind) })
            var report = Report(
                output: output, order: order, units: units.rawValue, sentences: sentences.count, vocabulary: model.vocabulary,
                ngrams: model.counts, bytes: 0, perplexity: own.value)
            if let test {
                let texts = try Self.sentences(test, .test)
                guard !texts.isEmpty else { throw CorpusError(path: test, reason: .noUtterances("a text to test on")) }
                try model.refuse(texts, place: text)
                let found = model.perplexity(of: texts.map { ModelText.units(of: $0, kind) })
                (report.testSentences, report.testPerplexity, report.testUnknown) = (texts.count, found.value, found.unknown)
            }
            let bytes = output.hasSuffix(".arpa") ? model.arpa : model.encoded
            report.bytes = bytes.count
            try OutputFile.write(bytes, to: output, inputs: [text] + (test.map { [$0] } ?? []))
            if json { return try Console.json(report) }
            Console.result(
                "\(output): \(order)-gram model of \(Console.count(sentences.count, "sentence")), "
                    + "\(model.vocabulary) \(units.rawValue), \(Console.bytes(bytes.count))")
            Console.result("perplexity on its own text: \(Console.number(report.perplexity, digits: 2))")
            if let perplexity = report.testPerplexity, let unknown = report.testUnknown {
                Console.result(
                    "perplexity on \(test ?? ""): \(Console.number(perplexity, digits: 2)), "
                        + "\(Console.count(unknown, "unknown unit"))")
            }
        }
    }
}
