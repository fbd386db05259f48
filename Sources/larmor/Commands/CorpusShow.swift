import ArgumentParser
import Recognition

struct CorpusShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Says what is in a corpus, and what its splits have in common.",
        discussion: """
            Example: larmor corpus show speech.jsonl
            Example: larmor corpus show split.jsonl --disjoint speaker
            """)

    @Argument(help: "A file of JSON Lines.")
    var corpus: String

    @Option(help: "Fail when two splits share this: text, speaker or session.")
    var disjoint: [DisjointKey] = []

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        try reportingFailures {
            let corpus = try Corpus(file: corpus)
            ProcessProvenance.note(data: corpus.path)
            try corpus.checkLeaks(disjoint.map(\.key))
            try CorpusSummary(corpus).show(json: json)
        }
    }
}

/// What splits must not share, as an option.
enum DisjointKey: String, ExpressibleByArgument, CaseIterable {
    case text, speaker, session

    var key: Corpus.Key {
        switch self {
        case .text: .text
        case .speaker: .speaker
        case .session: .session
        }
    }
}
