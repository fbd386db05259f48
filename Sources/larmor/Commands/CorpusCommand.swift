import ArgumentParser

struct CorpusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "corpus", abstract: "Makes, speaks, shows and splits lists of labelled speech for training and tests.",
        discussion: """
            A corpus is a file of JSON Lines, one utterance a line: audio, text, and if known speaker, session, language, split, from_s, to_s, eeg, eeg_from_s, eeg_to_s. NeMo's \
            manifests are read as they are.
            Example: larmor corpus make speech --output speech.jsonl
            """,
        subcommands: [CorpusMake.self, CorpusSpeak.self, CorpusShow.self, CorpusSplitCommand.self, CorpusSimulateEEG.self])
}
