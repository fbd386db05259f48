import ArgumentParser
import Outputs
import Recognition

struct CorpusMake: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make", abstract: "Lists the labelled sounds of a folder.",
        discussion: """
            The folder holds files named LABEL_SPEAKER_INDEX.wav (index 0 to 4 become the test split), or a folder for each label with files \
            SPEAKER_….wav, or sounds with a text file of the same name beside each. Sounds are .wav, .flac or .ogg.
            Example: larmor corpus make speech --output speech.jsonl
            Example: larmor corpus make speech --rename one=1,two=2 --output renamed.jsonl
            """)

    @Argument(help: "A folder of labelled sounds.")
    var folder: String

    @Option(help: "The corpus to write.")
    var output: String

    @Option(help: "Texts for labels: LABEL=TEXT,…")
    var rename: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    private func texts() throws -> [String: String] {
        var texts: [String: String] = [:]
        for pair in (rename ?? "").split(separator: ",") {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw ValidationError("--rename is LABEL=TEXT,…; found “\(pair)”") }
            guard texts.updateValue(parts[1], forKey: parts[0]) == nil else {
                throw ValidationError("--rename names “\(parts[0])” twice")
            }
        }
        return texts
    }

    func validate() throws { _ = try texts() }

    func run() throws {
        try reportingFailures {
            let corpus = try Corpus(folder: folder, writtenTo: output, texts: try texts())
            try OutputFile.check(output, inputs: corpus.utterances.map(corpus.audioPath))
            try corpus.write()
            try CorpusSummary(corpus).show(json: json)
        }
    }
}
