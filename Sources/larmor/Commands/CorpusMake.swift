import ArgumentParser
import Outputs
import Recognition

struct CorpusMake: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make", abstract: "Lists the labelled sounds of a folder, or the prompts of recorded sessions.",
        discussion: """
            The folder holds files named LABEL_SPEAKER_INDEX.wav (index 0 to 4 become the test split), or a folder for each label with files \
            SPEAKER_….wav, or sounds with a text file of the same name beside each. Sounds are .wav, .flac or .ogg. \
            A session, or a folder of sessions, that was recorded with `larmor record RIG --prompts` gives an utterance of EEG for each prompt, \
            up to the next one; where there is sound, it is cut to the speech. Of a folder's sessions those without prompts or EEG are left out, \
            and told.
            Example: larmor corpus make speech --output speech.jsonl
            Example: larmor corpus make speech --rename one=1,two=2 --output renamed.jsonl
            Example: larmor corpus make sessions --seconds 3 --output eeg.jsonl
            Example: larmor corpus make sessions --sound --output both.jsonl
            """)

    @Argument(help: "A folder of labelled sounds, a session, or a folder of sessions.")
    var folder: String

    @Option(help: "The corpus to write.")
    var output: String

    @Option(help: "Texts for labels: LABEL=TEXT,…")
    var rename: String?

    @Option(help: "Of sessions: seconds from each prompt on, at most (default: to the next prompt).")
    var seconds: Double?

    @Flag(help: "Of sessions: with their sound, for a recogniser that reads both.")
    var sound = false

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

    func validate() throws {
        _ = try texts()
        guard (0.1...3600).contains(seconds ?? 1) else { throw ValidationError("--seconds is a number from 0.1 to 3600") }
    }

    private func make() throws -> Corpus {
        guard !Corpus.sessions(in: folder).isEmpty else {
            try GivenOptions.refuse(["--seconds", "--sound"], "needs sessions: “\(folder)” is none, and has none in it")
            return try Corpus(folder: folder, writtenTo: output, texts: try texts())
        }
        try GivenOptions.refuse(["--rename"], "is for labelled sounds: the texts of sessions are their prompts")
        var leftOut = 0
        let corpus = try Corpus(sessions: folder, writtenTo: output, seconds: seconds, keepsSound: sound) { session, error in
            leftOut += 1
            Console.note("     left out: \(session): \(error)")
        }
        if leftOut > 0 { Console.note("     \(Console.count(leftOut, "session")) left out") }
        return corpus
    }

    func run() throws {
        try reportingFailures {
            let corpus = try make()
            try OutputFile.check(output, inputs: corpus.utterances.filter { !$0.audio.isEmpty }.map(corpus.audioPath))
            try corpus.write()
            try CorpusSummary(corpus).show(json: json)
        }
    }
}
