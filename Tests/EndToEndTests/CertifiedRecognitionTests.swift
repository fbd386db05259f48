import Foundation
import NeuralNetworks
import Recognition
import SignalFeatures
import Testing

/// `larmor recognize --certificate`, with prompts that tell what is said; the session's words as scores of `larmor calibrate`.
@Suite(.serialized, .enabled(if: Larmor.hasStands, Larmor.standsComment))
struct CertifiedRecognitionTests {
    private let folder: String
    private var session: String { folder + "/session" }

    /// A recogniser that nobody has trained, which names words often, a rig, a certificate for it, and a list of prompts.
    init() throws {
        folder = try temporaryFolder("certified")
        let inputs = MelFrontEnd.features + 8 * EEGFrontEnd.featuresPerChannel
        let shape = WordsShape(inputs: inputs, hidden: 16, layers: 1, outputs: 4)
        for (name, seed) in [("model", UInt64(3)), ("other", 4)] {
            try RecognizerModel(
                card: .init(
                    units: Units(.words, texts: ["one", "two", "three"]), shape: .words(shape), frontEnd: .words,
                    audioRate: 16_000, eegChannels: 8,
                    standardisation: Standardisation(
                        mean: [Float](repeating: 0, count: inputs), deviation: [Float](repeating: 1, count: inputs)),
                    labelWindow: 1, seed: 1, epochs: 0, trainingWords: 0, finalLoss: 0),
                network: Network(shape.sequence(), seed: seed)
            ).write(folder: folder + "/" + name)
        }
        let rig = """
            [[device]]
            name = "headset"
            driver = "cyton"
            simulator = "cyton"
            [[device]]
            name = "microphone"
            driver = "alsa"
            simulator = "microphone"
            [[recognizer]]
            audio = "microphone.audio"
            eeg = "headset.eeg"
            truth = "console.prompts"
            cost_false = 1
            cost_miss = 1
            drift_window = 20
            """
        try rig.write(toFile: folder + "/rig.toml", atomically: true, encoding: .utf8)
        // Right words at 0.9, and as many wrong ones at 0.1, with some of each the other way round.
        var scores = "utterance,x,y\n"
        for row in 0..<400 { scores += "u\(row),\(row % 2 == 0 ? 0.9 : 0.1),\((row % 2 == 0) == (row % 5 != 0) ? 1 : 0)\n" }
        try scores.write(toFile: folder + "/scores.csv", atomically: true, encoding: .utf8)
        let fit = try Larmor.run("calibrate", "fit", "scores.csv", "--model", "model", in: folder)
        #expect(fit.status == 0, "\(fit.messages)")
        try (0..<20).map { ["one", "two", "three"][$0 % 3] }.joined(separator: "\n")
            .write(toFile: folder + "/list.txt", atomically: true, encoding: .utf8)
    }

    private func recognize(_ more: String...) throws -> Larmor.Result {
        try RunningLarmor(
            ["recognize", "rig.toml", "--record", "session", "--prompts", "list.txt", "--prompt-interval", "0.3", "--json"]
                + more,
            folder: folder
        ).wait()
    }

    private struct Report: Decodable {
        struct Actions: Decodable {
            var event: String
            var act: Int, confirm: Int, ignore: Int
            var posterior: Double?
        }
        var actions: [Actions]?
    }
    private struct Line: Decodable {
        var event: String
        var text: String?
        var confidence: Double?
        var action: String?
        var posterior: Double?
        var words: Int?
    }
    private struct Replayed: Decodable { var identical: Bool? }
    private struct Monitored: Decodable { var n: Int, clusters: Int }

    @Test func `words have confidences and actions, prompts tell whether they are true, and a replay gives the same bytes`()
        throws
    {
        let result = try recognize("--model", "model", "--certificate", "model")
        #expect(result.status == 0, "\(result.messages)")
        let lines = try String(contentsOfFile: session + "/events.jsonl", encoding: .utf8).split(separator: "\n")
            .map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
        let words = lines.filter { $0.event == "word" }
        #expect(words.count > 20 && words.allSatisfy { ($0.confidence ?? 0) > 0 && ($0.confidence ?? 1) < 1 })
        #expect(words.allSatisfy { $0.action == (($0.confidence ?? 0) >= 0.5 ? "act" : "ignore") })
        let actions = try #require(try result.json(Report.self).actions?.first)
        #expect(actions.event == "word" && actions.act + actions.ignore == words.count && actions.confirm == 0)
        let last = try #require(lines.last { $0.event == "calibration" })
        #expect((last.words ?? 0) >= 20 && last.posterior == actions.posterior)
        #expect(try Larmor.run("replay", session, "--json").json(Replayed.self).identical == true)
        let verified = try Larmor.run("sessions", "verify", session)
        #expect(verified.status == 0, "\(verified.output) \(verified.messages)")
        let shown = try Larmor.run("replay", session, "--events")
        #expect(shown.messages.contains(" %  act") || shown.messages.contains(" %  ignore"))
        #expect(shown.messages.contains("drift   ") && shown.messages.contains("P(calibrated)"))

        // The session's words as scored events.
        let monitored = try Larmor.run(
            "calibrate", "monitor", session, "--scores", folder + "/cued.csv", "--window", "20", "--json")
        #expect(monitored.status <= 1, "\(monitored.messages)")
        let table = try String(contentsOfFile: folder + "/cued.csv", encoding: .utf8).split(separator: "\n")
        #expect(table.first == "utterance,x,y,confidence")
        #expect(try monitored.json(Monitored.self).n == table.count - 1 && table.count - 1 == last.words)
        let none = try Larmor.run("calibrate", "monitor", session, "--truth", "console.markers")
        #expect(none.status == 65 && none.messages.contains("console.markers"))

        // What was used is checked again: one byte of the certificate, then the model of the certificate.
        let stored = session + "/certificates/model/certificate.json"
        #expect(FileManager.default.fileExists(atPath: stored))
        let text = try String(contentsOfFile: stored, encoding: .utf8)
        try text.replacing("\"model_sha256\" : \"", with: "\"model_sha256\" : \"0").write(
            toFile: stored, atomically: true, encoding: .utf8)
        let refused = try Larmor.run("replay", session)
        #expect(refused.status == 65 && refused.messages.contains("another model"), "\(refused.messages)")
        #expect(try Larmor.run("sessions", "verify", session).status == 1)
    }

    @Test func `a certificate of another model, or without a model, is refused before anything runs`() throws {
        let other = try recognize("--model", "other", "--certificate", "model/certificate.json")
        #expect(
            other.status == 65 && other.messages.contains("another model") && other.messages.contains("model/certificate.json"))
        let none = try recognize("--certificate", "model")
        #expect(none.status == 65 && none.messages.contains("no trained model"), "\(none.messages)")
        let absent = try recognize("--model", "model", "--certificate", "absent.json")
        #expect(absent.status == 66 && absent.messages.contains("absent.json"), "\(absent.status) \(absent.messages)")
        let readout = try recognize("--model", "model", "--readout-certificate", "model")
        #expect(readout.status == 65 && readout.messages.contains("readout"), "\(readout.messages)")
        #expect(!FileManager.default.fileExists(atPath: session))
        // One beside the model that nobody asked for is told, and not used.
        let told = try recognize("--model", "model")
        #expect(told.status == 0 && told.messages.contains("is not used") && told.messages.contains("truth"))
        let log = try String(contentsOfFile: session + "/events.jsonl", encoding: .utf8)
        #expect(!log.contains("confidence") && log.contains("\"word\""))
    }
}
