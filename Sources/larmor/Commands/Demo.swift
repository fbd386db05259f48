import ArgumentParser
import Foundation
import Glibc
import Outputs
import Simulators

/// The main job, as a sequence of the other commands; it holds no logic of its own.
struct Demo: LiveCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows the main job on simulated devices: record, train, recognise live, replay, compare.",
        discussion: """
            Records a simulated headset, microphone and magnetic films through real interfaces, trains a film's readout and \
            a CTC network, recognises words live with both, then replays the recording and compares. Then it reads sentences, with a \
            beam search and a language model beside the network's best path (where espeak-ng is installed).
            It takes two to three minutes on two cores; --full takes seven, with all words, full training and two replays.
            Example: larmor demo --full --speech ../shared/data/spoken-digits
            """)

    @Option(help: "A folder of labelled WAV files, LABEL_SPEAKER_INDEX.wav; synthetic speech by default.")
    var speech: String?

    @Option(
        help: """
            A recording in OpenBCI's text form for the simulated headset; by default shared/data/cyton beside or above this \
            folder, else synthetic EEG.
            """)
    var eeg: String?

    @Option(
        help: "Number of test words to speak; 0 for all. By default 20; with --full 80 of synthetic speech, all of --speech.")
    var words: Int?

    @Option(help: "Folder for models and sessions.")
    var output = "demo"

    @Flag(help: "The long form: all words, full training, two replays.")
    var full = false

    /// The short form was once asked for; now it is what one gets.
    @Flag(help: .hidden)
    var short = false

    @Flag(help: "Print one JSON object.")
    var json = false

    var outputIsTheProduct: Bool { json }

    func validate() throws {
        if full, short { throw ValidationError("--full and --short: give one of them") }
        if let words, words < 0 { throw ValidationError("--words must be 0 or more") }
    }

    func work() throws {
        for path in [speech, eeg].compactMap(\.self) where access(path, R_OK) != 0 {
            throw DemoError.noInput(path, String(cString: strerror(errno)))
        }
        try OutputPlace.checkFolder(output)
        let folder = URL(fileURLWithPath: output)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw DemoError.noFolder(output, String(cString: strerror(errno)))
        }
        let recording = eeg ?? SharedData.cytonRecording
        Console.note(
            "Records, trains, recognises and replays with simulated devices; about \(full ? "seven" : "three") minutes on two cores."
        )
        Console.note("headset: \(recording.map { "plays \($0)" } ?? "synthetic EEG (no recording is at hand)")")
        Console.note("speech:  \(speech ?? "synthetic, by espeak-ng")")
        let steps = DemoSteps(
            folder: folder, speech: speech, eeg: recording, words: words ?? (full ? (speech == nil ? 80 : 0) : 20),
            short: !full,
            hasSentences: SyntheticSpeech.isInstalled)
        let summary = try steps.run()
        if json {
            try Console.json(summary)
        } else {
            Console.result("")
            Report.show(summary.live)
            Console.result(
                "replay         "
                    + (summary.replayIdentical
                        ? "identical to the live event log, at each speed" : "DIFFERS from the live event log"))
            Console.result("picture        \(summary.picture)")
            if let sentences = summary.sentences { show(sentences) }
            Console.result("")
            Console.result("To try next:")
            Console.result("  larmor sessions info \(summary.session)")
            Console.result("  larmor replay \(summary.session) --speed 1")
            Console.result("  larmor sessions export \(summary.session) --format edf --output demo-edf")
            Console.result(
                "  larmor recognize \(output)/rig.toml --model \(output)/models/words --readout \(output)/models/film")
        }
        guard summary.replayIdentical, summary.sentences?.replayIdentical ?? true else { throw ExitCode(1) }
    }

    private func show(_ found: DemoSentences.Summary) {
        func rate(_ value: Double?) -> String { value.map { Report.percent($0) } ?? "–" }
        Console.result("")
        Console.result(
            "sentences      \(found.sentences) spoken, \(Console.count(found.words, "word")), by a voice that training did not hear"
        )
        Console.result("best path      word error rate \(rate(found.bestPathErrorRate))")
        Console.result(
            "beam search    word error rate \(rate(found.beamErrorRate)), with a language model of the "
                + "\(DemoSentences.sentences.count) sentences; it changed \(Console.count(found.changed, "utterance"))")
        for change in found.examples { Console.result("               “\(change.bestPath)” became “\(change.beam)”") }
        if let delay = found.firstWordMs {
            Console.result("first word     \(Console.number(delay, digits: 0)) ms after its end, p50")
        }
        Console.result(
            "replay         "
                + (found.replayIdentical ? "identical to the live event log" : "DIFFERS from the live event log"))
    }
}
