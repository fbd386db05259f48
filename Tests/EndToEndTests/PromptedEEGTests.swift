import Foundation
import RealTime
import Testing

/// From prompts on a screen to a recogniser of EEG, by the built program, on a simulated headset.
struct PromptedEEGTests {
    private struct Summary: Decodable {
        struct Split: Decodable { var utterances: Int, sessions: Int }
        var splits: [String: Split]
    }
    private struct Trained: Decodable { var preset: String, trainingWords: Int, epochs: Int }
    private struct Evaluated: Decodable { var model: String }
    private struct Shown: Decodable { var eegChannels: Int, eegRate: Double?, audioRate: Int, features: Int }

    @Test func `sentences are shown and recorded, become a corpus, train a recogniser of EEG, and are read by it`() throws {
        let folder = try temporaryFolder("prompted")
        let rig = """
            name = "bench"
            [[device]]
            name = "headset"
            driver = "cyton"
            simulator = "cyton"
            [recording]
            subject = "S01"
            [recognizer]
            eeg = "headset.eeg"
            """
        try rig.write(toFile: folder + "/rig.toml", atomically: true, encoding: .utf8)
        try "on\nno\non\nno".write(toFile: folder + "/list.txt", atomically: true, encoding: .utf8)
        for session in ["monday", "tuesday"] {
            let recorded = try Larmor.run(
                "record", folder + "/rig.toml", "--prompts", folder + "/list.txt", "--prompt-interval", "0.7", "--output",
                folder + "/sessions/" + session)
            #expect(recorded.status == 0, "\(recorded.messages)")
        }
        let corpus = folder + "/eeg.jsonl"
        let made = try Larmor.run("corpus", "make", folder + "/sessions", "--output", corpus, "--json")
        #expect(made.status == 0, "\(made.messages)")
        #expect(try made.json(Summary.self).splits["train"].map { $0.utterances >= 6 && $0.sessions == 2 } == true)
        let split = try Larmor.run(
            "corpus", "split", corpus, "--by", "session", "--validation", "0", "--test", "0.5", "--output",
            folder + "/split.jsonl")
        #expect(split.status == 0, "\(split.messages)")
        let model = folder + "/model"
        let trained = try Larmor.run(
            "train", "recognizer", "--corpus", folder + "/split.jsonl", "--front-end", "krishna", "--reference", "average",
            "--components", "5", "--epochs", "2", "--hidden", "8", "--output", model, "--json")
        #expect(trained.status == 0, "\(trained.messages)")
        let result = try trained.json(Trained.self)
        #expect(result.preset == "krishna" && result.trainingWords >= 3 && result.epochs == 2)
        let shown = try Larmor.run("model", "show", model, "--json").json(Shown.self)
        #expect(shown.eegChannels == 8 && shown.eegRate == 250 && shown.audioRate == 0 && shown.features == 16)
        let evaluated = try Larmor.run("evaluate", model, folder + "/split.jsonl", "--json")
        #expect(evaluated.status == 0, "\(evaluated.messages)")
        // Live, and again from what was recorded, to the same bytes.
        let live = try Larmor.run(
            "recognize", folder + "/rig.toml", "--model", model, "--seconds", "3", "--record", folder + "/live")
        #expect(live.status == 0, "\(live.messages)")
        #expect(try Larmor.run("replay", folder + "/live", "--json").json(Replayed.self).identical == true)
        let refused = try Larmor.run("evaluate", model, folder + "/split.jsonl", "--snr", "10")
        #expect(refused.status == 64 && refused.messages.contains("--snr"), "\(refused.messages)")
    }

    private struct Replayed: Decodable { var identical: Bool? }
}
