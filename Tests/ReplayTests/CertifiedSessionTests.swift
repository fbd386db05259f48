import Confidence
import Foundation
import LiveGraph
import RecordedRig
import Replay
import Sessions
import Settings
import Testing

/// Replays of sessions whose recogniser had a certificate.
struct CertifiedSessionTests {
    private let scratch = ScratchFolder()

    /// A session of the recorded rig, with a certificate for its model that halves all log odds.
    /// - Parameters:
    ///   - keys: in the recogniser's table.
    ///   - model: whose hash the certificate has; the session's own by default.
    private func session(
        _ name: String, keys: String = "", model: String? = nil, _ change: (String) -> String = { $0 }
    ) throws -> String {
        let folder = scratch(name)
        try RecordedRig(keys: keys).write(folder)
        let scores = (0..<200).map { 0.02 + 0.0048 * Double($0) }
        let outcomes = scores.indices.map { ($0 * 37) % 100 < 50 }
        let table = try ScoreTable(
            ScoreSet(scores: scores, outcomes: outcomes, clusters: Array(0..<200)), clusterNames: (0..<200).map { "u\($0)" },
            sha256: "data")
        var certificate = try CalibrationCertificate(
            table, method: .llo, split: .init(seed: 1, share: 0.5), date: "2026-11-29", program: "test",
            modelSHA256: ModelHash.sha256(of: model ?? folder + "/model"), resamples: 20)
        certificate.map = .llo(LogOddsMap(delta: 1, gamma: 0.5))
        let place = folder + "/certificates/model"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try change(String(decoding: certificate.json(), as: UTF8.self))
            .write(toFile: place + "/certificate.json", atomically: true, encoding: .utf8)
        return folder
    }

    private func log(_ folder: String, _ change: (inout ReplayOptions) -> Void = { _ in }) throws -> [String] {
        var options = ReplayOptions()
        change(&options)
        let output = scratch("log-\(UUID().uuidString)")
        _ = try SessionReplay(folder: folder, options: options).run(output: output)
        return try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private struct Word: Decodable {
        var event: String
        var log_probability: Double?
        var confidence: Double?
        var action: String?
    }

    @Test func `words have confidence and action, at every speed the same, and nothing else is changed`() throws {
        let plain = scratch("plain")
        try RecordedRig().write(plain)
        let certified = try session("certified", keys: "cost_false = 2\ncost_miss = 1\ncost_confirm = 0.5")
        let lines = try log(certified)
        #expect(try log(certified) { $0.speed = 40 } == lines)
        let stripped = try lines.map { $0.replacing(try Regex(",\"confidence\":[^,]*,\"action\":\"[a-z]*\""), with: "") }
        #expect(try log(plain) == stripped)
        let words = try lines.map { try JSONDecoder().decode(Word.self, from: Data($0.utf8)) }.filter { $0.event == "word" }
        #expect(words.count > 5)
        let thresholds = try ActionThresholds(costFalse: 2, costMiss: 1, costConfirm: 0.5)
        for word in words {
            let score = exp(try #require(word.log_probability))
            let confidence = try #require(word.confidence)
            let expected = LogOddsMap(delta: 1, gamma: 0.5)(min(score, 1 - 0x1p-52))
            #expect(abs(confidence - min(expected, 1 - 1e-6)) < 1e-6)
            #expect(word.action == thresholds.action(at: confidence).rawValue)
        }
    }

    @Test func `a certificate beside the model alone changes nothing, as in old sessions`() throws {
        let folder = try session("beside")
        try FileManager.default.moveItem(
            atPath: folder + "/certificates/model/certificate.json", toPath: folder + "/model/certificate.json")
        #expect(try !log(folder).contains { $0.contains("confidence") })
    }

    @Test func `the certificate of another model is refused with both hashes`() throws {
        let other = scratch("other")
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
        try "weights".write(toFile: other + "/model.safetensors", atomically: true, encoding: .utf8)
        let folder = try session("s", model: other)
        let hashes = try [other, folder + "/model"].map { try ModelHash.sha256(of: $0) }
        let error = #expect(throws: ConfidenceError.self) { try SessionReplay(folder: folder) }
        #expect(error?.reason == .mismatch(of: "model", certified: hashes[0], found: hashes[1]))
        #expect(error?.file == folder + "/certificates/model/certificate.json")
    }

    @Test func `a damaged certificate, and one that is missing though the rig file names it, are refused with their path`()
        throws
    {
        let cut = try session("cut") { String($0.dropLast(40)) }
        #expect(throws: ConfidenceError.self) { try SessionReplay(folder: cut) }
        let turned = try session("turned") {
            $0.replacing(try! Regex("\"gamma\" : \\[\\s*0.5\\s*\\]"), with: "\"gamma\" : [-2]")
        }
        let error = #expect(throws: ConfidenceError.self) { try SessionReplay(folder: turned) }
        #expect("\(String(describing: error))".contains("parameters.gamma"))
        let missing = try session("missing", keys: "certificate = \"models/words\"")
        #expect(try log(missing).contains { $0.contains("confidence") })
        try FileManager.default.removeItem(atPath: missing + "/certificates")
        let gone = #expect(throws: ConfidenceError.self) { try SessionReplay(folder: missing) }
        #expect(gone?.reason == .noSuchFile && gone?.file?.hasSuffix("certificates/model/certificate.json") == true)
        // Without the model nothing was recognised.
        try FileManager.default.removeItem(atPath: missing + "/model")
        #expect(try !log(missing).contains { $0.contains("\"word\"") })
    }

    @Test func `truth must be a stream of texts that a device has`() throws {
        for truth in ["mic.audio", "mic.texts"] {
            let folder = try session("truth-\(truth)", keys: "truth = \"\(truth)\"")
            let error = #expect(throws: SettingsError.self) { try SessionReplay(folder: folder) }
            #expect("\(String(describing: error))".contains(truth))
        }
        #expect(try !log(session("console", keys: "truth = \"console.prompts\"")).contains { $0.contains("\"calibration\"") })
    }
}
