import ArgumentParser
import Outputs
import Recognition

struct CorpusSplitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split", abstract: "Deals a corpus out to training, validation and test without leaks.",
        discussion: """
            Utterances with the same text, speaker or session stay together. Which group goes where follows from a hash of its name and the \
            seed.
            Example: larmor corpus split speech.jsonl --by speaker --hold-out voice0 --output held.jsonl
            Example: larmor corpus split speech.jsonl --by text --test 0.1 --validation 0.1 --output texts.jsonl
            """)

    enum Key: String, ExpressibleByArgument, CaseIterable { case text, speaker, session, utterance }

    @Argument(help: "A file of JSON Lines.")
    var corpus: String

    @Option(help: "What stays together: text, speaker, session, or utterance for nothing.")
    var by: Key

    @Option(help: "Share of the utterances that are for tests.")
    var test = 0.1

    @Option(help: "Share of the utterances on which settings are chosen.")
    var validation = 0.1

    @Option(help: "This text, speaker or session is the test split; may be given again.")
    var holdOut: [String] = []

    @Option(help: "Another seed deals in another order.")
    var seed: UInt64 = 1

    @Option(help: "The corpus to write.")
    var output: String

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (0..<1).contains(test), (0..<1).contains(validation), test + validation < 1 else {
            throw ValidationError("--test and --validation are shares of 0 or more, together less than 1")
        }
        if !holdOut.isEmpty { try GivenOptions.refuse(["--test"], "does nothing beside --hold-out") }
        if by == .utterance, !holdOut.isEmpty { throw ValidationError("--hold-out needs --by text, speaker or session") }
    }

    func run() throws {
        try reportingFailures {
            var read = try Corpus(file: corpus)
            ProcessProvenance.note(data: corpus)
            ProcessProvenance.note(seed: seed)
            let key: Corpus.Key =
                switch by {
                case .text: .text
                case .speaker: .speaker
                case .session: .session
                case .utterance: .utterance
                }
            try read.split(by: key, validation: validation, test: test, holdingOut: Set(holdOut), seed: seed)
            try read.checkLeaks(key == .utterance ? [] : [key])
            let written = read.moved(to: output)
            try OutputFile.check(output, inputs: read.utterances.filter { !$0.audio.isEmpty }.map(read.audioPath))
            try written.write()
            try CorpusSummary(written).show(json: json)
        }
    }
}
