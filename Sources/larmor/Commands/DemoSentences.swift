import Foundation
import Outputs
import Recording

/// The demo's second task: commands of a few words, read by a beam search that knows which commands there are, beside the best path of the
/// same network, on the same sound.
struct DemoSentences {
    /// What was read, and what the beam search changed.
    struct Summary: Codable {
        /// Sentences that were spoken, and their words.
        var sentences: Int
        var words: Int
        /// (S + D + I) / N of each.
        var bestPathErrorRate: Double?
        var beamErrorRate: Double?
        /// Utterances in which the two differ.
        var changed: Int
        var examples: [Change]
        var firstWordMs: Double?
        var replayIdentical: Bool
        var session: String
    }

    struct Change: Codable {
        var bestPath: String
        var beam: String
    }

    /// All that is ever said: the language model may know it, as a program's commands are known.
    static let sentences = [
        "turn the left lamp on", "turn the left lamp off", "turn the right lamp on", "turn the right lamp off",
        "turn the fan on", "turn the fan off", "turn the fan on now", "turn all lamps off", "open the left door",
        "open the right door", "open the window now", "open all windows", "close the left door", "close the right door",
        "close the window now", "close all windows", "please open the door", "please close the door",
        "please turn the lamp on", "please turn the fan off",
    ]
    /// Who speaks in the test, and in no training.
    private static let stranger = "voice4"
    private static let voices = 5

    let steps: DemoSteps

    private func path(_ name: String) -> String { steps.path(name) }

    func run() throws -> Summary {
        let list = path("sentences.txt")
        try OutputFile.write(Self.sentences.joined(separator: "\n") + "\n", to: list)
        let words = Set(Self.sentences.flatMap { $0.split(separator: " ").map(String.init) }).sorted()
        Console.note(
            "6/7  training on the \(words.count) words of \(Self.sentences.count) sentences, and counting which follows which")
        try steps.run([
            "simulate", "speech", "--output", path("commands"), "--words", words.joined(separator: ","), "--voices",
            "\(Self.voices)", "--takes", "12",
        ])
        let (plain, searched) = (path("models/sentences"), path("models/sentences-beam"))
        try steps.run([
            "train", "recognizer", "--speech", path("commands"), "--hold-out", Self.stranger, "--epochs", "12", "--batch", "4",
            "--hidden", "64", "--output", plain,
        ])
        try? FileManager.default.removeItem(atPath: searched)
        try FileManager.default.copyItem(atPath: plain, toPath: searched)
        let language = path("sentences.lm")
        try steps.run(["train", "language-model", list, "--order", "3", "--output", language])
        try steps.run(["model", "decoding", searched, "--language-model", language])

        Console.note("7/7  recognising sentences of a voice that training did not hear: beam search beside best path")
        let rig = path("sentences.toml")
        try OutputFile.write(Self.rig(searched: searched, plain: plain), to: rig)
        let live = try steps.report([
            "recognize", rig, "--speech", path("commands"), "--sentences", list, "--speaker", Self.stranger, "--words",
            "\(steps.short ? 8 : Self.sentences.count)", "--record", steps.freeFolder("sessions/sentences"),
        ])
        guard let session = live.session else { throw DemoError.noSession }
        let isIdentical = try steps.isReplayIdentical(session, speed: "max")
        let events = try Self.events(session)
        let changes = Self.changes(events)
        let scores = live.stageScores ?? []
        return Summary(
            sentences: steps.short ? 8 : Self.sentences.count, words: live.wordScore?.reference ?? 0,
            bestPathErrorRate: scores.first { $0.stage == "best-path" }?.errorRate,
            beamErrorRate: scores.first { $0.stage == "beam" }?.errorRate, changed: changes.count,
            examples: Array(changes.prefix(3)), firstWordMs: live.firstWordMs?.p50, replayIdentical: isIdentical,
            session: session)
    }

    private static func rig(searched: String, plain: String) -> String {
        """
        name = "sentences"
        seed = 1

        [[device]]
        name = "microphone"
        driver = "alsa"
        simulator = "microphone"

        [device.settings]
        rate = 16000

        [[recognizer]]
        name = "beam"
        audio = "microphone.audio"
        model = \(DemoRig.quoted(searched))
        utterances = true
        alternatives = 2

        [[recognizer]]
        name = "best-path"
        audio = "microphone.audio"
        model = \(DemoRig.quoted(plain))

        [recording]
        folder = "sessions"
        """
    }

    private struct Event: Decodable {
        var event: String
        var stage: String?
        var text: String?
        var frame: UInt64?
        var first_frame: UInt64?
        var last_frame: UInt64?
    }

    private static func events(_ session: String) throws -> [Event] {
        let log = try Data(contentsOf: URL(fileURLWithPath: session + "/events.jsonl"))
        return log.split(separator: 0x0A).compactMap { try? JSONDecoder().decode(Event.self, from: Data($0)) }
    }

    /// Both stages count the same frames of sound.
    private static func changes(_ events: [Event]) -> [Change] {
        events.filter { $0.event == "utterance" }.compactMap { utterance in
            guard let first = utterance.first_frame, let last = utterance.last_frame, let text = utterance.text else {
                return nil
            }
            let plain = events.filter {
                $0.event == "word" && $0.stage == "best-path"
                    && $0.frame.map { (first...max(first, last)).contains($0) } ?? false
            }.compactMap(\.text).joined(separator: " ")
            return plain == text ? nil : Change(bestPath: plain, beam: text)
        }
    }
}
