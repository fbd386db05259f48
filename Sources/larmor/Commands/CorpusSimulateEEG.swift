import ArgumentParser
import Foundation
import Outputs
import Recognition

struct CorpusSimulateEEG: LiveCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate-eeg",
        abstract: "Adds EEG to a corpus that was computed from its sounds: simulated EEG, and nobody's.",
        discussion: """
            A simulated listener answers to the envelope and the onsets of each sound: responses of every channel, delays of 50 to 250 ms and a \
            band up to 5 … 15 Hz are drawn by the seed. The answers stand in a background of real EEG that has nothing to do with the sounds: \
            sessions, or files of XDF, EDF, BDF, BrainVision, OpenBCI's program or the data set FEIS. Background of the test split comes from \
            other people than that of training. In every channel the answer's power over the background's, within 1 to 15 Hz, is --snr. \
            With --snr off nothing answers: what a recogniser gains from such EEG it gains from nothing.
            With --days a headset sits otherwise each day: --drift 1 changes gains and sensitivities by about a third from one day to the next. \
            The folder gets sessions and corpus.jsonl; all of it says that it is simulated.
            Example: larmor corpus simulate-eeg speech.jsonl --background p01.csv --background p02.csv --test-background p03.csv --snr -10 \
            --output simulated
            """)

    @Argument(help: "A corpus with sounds.")
    var corpus: String

    @Option(help: "A recording of EEG for training and validation; may be given again.")
    var background: [String]

    @Option(help: "A recording of EEG of somebody else, for the test split; may be given again.")
    var testBackground: [String] = []

    @Option(parsing: .unconditional, help: "Answer over background in each channel, 1 to 15 Hz, in dB; or off.")
    var snr = "-10"

    @Option(help: "Only the first so many channels of the background (default: all).")
    var channels: Int?

    @Option(help: "Simulated listeners, each with responses of their own.")
    var subjects = 1

    @Option(help: "Days on which they listen.")
    var days = 1

    @Option(help: "How much the headset changes from day to day: 0 for not at all.")
    var drift = 0.0

    @Option(help: "Seed of responses, order and background.")
    var seed: UInt64 = 1

    @Option(help: "Folder for sessions and corpus.jsonl.")
    var output: String

    @Flag(help: "Print one JSON object.")
    var json = false

    var outputIsTheProduct: Bool { true }

    /// Enough for an envelope.
    private static let rate = 16_000

    private func settings() throws -> EEGSimulation.Settings {
        var settings = EEGSimulation.Settings()
        if snr == "off" {
            settings.ratio_dB = nil
        } else {
            guard let ratio = Double(snr), (-100...100).contains(ratio) else {
                throw ValidationError("--snr is a number from -100 to 100, or off; found “\(snr)”")
            }
            settings.ratio_dB = ratio
        }
        (settings.subjects, settings.days, settings.drift, settings.seed) = (subjects, days, drift, seed)
        return settings
    }

    func validate() throws {
        _ = try settings()
        guard (1...256).contains(channels ?? 1) else { throw ValidationError("--channels is a number from 1 to 256") }
        guard (1...100).contains(subjects) else { throw ValidationError("--subjects is a number from 1 to 100") }
        guard (1...1000).contains(days) else { throw ValidationError("--days is a number from 1 to 1000") }
        guard (0...10).contains(drift) else { throw ValidationError("--drift is a number from 0 to 10") }
        if days == 1 { try GivenOptions.refuse(["--drift"], "needs --days: nothing drifts within one day") }
        let places = (background + testBackground).map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path }
        guard Set(places).count == places.count else {
            throw ValidationError(
                "a recording is given twice: background of tests must be of other people than that of training")
        }
    }

    func work() throws {
        let corpus = try Corpus(file: corpus)
        let isTested = !corpus[.test].isEmpty
        guard isTested == !testBackground.isEmpty else {
            throw ValidationError(
                isTested
                    ? "the corpus has a test split: --test-background names EEG of somebody else for it"
                    : "--test-background is of no use: the corpus has no test split")
        }
        try OutputPlace.checkOutputFolder(output, files: ["corpus.jsonl"])
        ProcessProvenance.note(seed: seed)
        ProcessProvenance.note(data: self.corpus)
        for path in background + testBackground { ProcessProvenance.note(data: path) }
        let training = try BackgroundPieces(background, channels: channels)
        let test = isTested ? try BackgroundPieces(testBackground, channels: channels) : training
        guard training.rate == test.rate, training.channels == test.channels else {
            throw ValidationError(
                "EEG of training has \(training.channels) channels at \(training.rate) Hz, that of tests \(test.channels) at "
                    + "\(test.rate) Hz")
        }
        let sounds = try SpeechCorpus(corpus, rate: Self.rate)
        let simulation = EEGSimulation(try settings(), training: training, test: test, version: LarmorVersion.text)
        var progress = ProgressLine("simulating")
        let made = try simulation.run(corpus, sounds, folder: output) { fraction in
            progress.show(fraction, "sessions")
            return !StopRequest.isRequested
        }
        progress.done()
        guard let made else { throw StopRequest.exitCode }
        try made.write()
        try CorpusSummary(made).show(json: json)
    }
}
