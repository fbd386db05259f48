import Confidence
import Foundation
import Testing

@Suite struct CertifiedConfidenceTests {
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/larmor-certified-\(UUID())"
        for name in ["model", "other"] {
            try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true)
            try name.write(toFile: folder + "/\(name)/model.safetensors", atomically: true, encoding: .utf8)
        }
    }

    private var model: String { folder + "/model" }

    /// A certificate of the model, with clip, and with what a test changes of its bytes.
    private func write(
        _ method: CalibrationMethod = .llo, to name: String = "model/certificate.json", bound: Bool = true,
        _ change: (String) -> String = { $0 }
    ) throws -> CalibrationCertificate {
        let set = try SyntheticScores.hedger(400, rowsPerDraw: 4)
        let table = try ScoreTable(set, clusterNames: (0..<100).map { "u\($0)" }, sha256: "data")
        let made = try CalibrationCertificate(
            table, method: method, split: .init(seed: 1, share: 0.5), date: "2026-11-29", program: "test",
            modelSHA256: bound ? ModelHash.sha256(of: model) : nil, clip: 0.01, resamples: 20)
        let text = String(decoding: try made.json(), as: UTF8.self)
        try change(text).write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        return made
    }

    @Test(arguments: CalibrationMethod.allCases)
    func `a score becomes the map's confidence in six decimals, and the action of the costs`(_ method: CalibrationMethod) throws
    {
        let made = try write(method)
        let read = try CalibrationCertificate(at: model, for: model)
        let thresholds = try ActionThresholds(costFalse: 2, costMiss: 1, costConfirm: 0.4)
        let certified = CertifiedConfidence(read, thresholds)
        for score in stride(from: 0.02, to: 0.98, by: 0.03) {
            let found = try #require(certified(score))
            #expect(abs(found.confidence - min(max(made.map(score), 1e-6), 1 - 1e-6)) <= 0.5e-6 + 1e-12)
            #expect("\(found.confidence)".count <= 8 || found.confidence < 1e-3)
            #expect(found.action == thresholds.action(at: found.confidence))
        }
        // Beyond the certificate's clip nothing changes, and the ends are no probabilities.
        #expect(certified(1) == certified(0.99) && certified(0) == certified(0.01) && certified(-1) == certified(0.01))
        #expect(certified(.infinity) == certified(0.99) && certified(.nan) == nil)
        for score in [0, 1.0] {
            let confidence = try #require(certified(score)).confidence
            #expect(confidence > 0 && confidence < 1)
        }
    }

    @Test func `it is for its model alone, and the error names both hashes and the file`() throws {
        _ = try write()
        #expect(try CalibrationCertificate(at: model + "/certificate.json", for: model).method == .llo)
        let hashes = try [model, folder + "/other"].map { try ModelHash.sha256(of: $0) }
        do {
            _ = try CalibrationCertificate(at: model, for: folder + "/other")
            Issue.record("the certificate of another model was taken")
        } catch {
            #expect(error.reason == .mismatch(of: "model", certified: hashes[0], found: hashes[1]))
            #expect(error.file == model + "/certificate.json")
            #expect(hashes.allSatisfy { error.description.contains($0.prefix(12)) })
        }
        _ = try write(to: "free.json", bound: false)
        guard
            case .certificate(let problem)? = reason({ _ = try CalibrationCertificate(at: folder + "/free.json", for: model) })
        else {
            Issue.record("a certificate of no model was taken")
            return
        }
        #expect(problem.contains("--model"))
    }

    @Test func `a beam search beside the weights makes other scores, and a certificate is for the one that it was made with`()
        throws
    {
        _ = try write()
        let plain = try ModelHash.sha256(of: model)
        try Data("{}".utf8).write(to: URL(fileURLWithPath: model + "/decoding.json"))
        let searched = try ModelHash.sha256(of: model)
        #expect(searched != plain && searched == ModelHash.sha256(weights: plain, settings: Array("{}".utf8), language: nil))
        #expect(try ModelHash.sha256(ofWeights: model) == plain)
        // Of the best path: the message says what to do.
        guard case .certificate(let problem)? = reason({ _ = try CalibrationCertificate(at: model, for: model) }) else {
            Issue.record("a certificate of the best path was taken for a beam search")
            return
        }
        #expect(problem.contains("best path") && problem.contains("larmor evaluate --scores"))
        // Made with it: it fits, until the language model is another.
        _ = try write()
        _ = try CalibrationCertificate(at: model, for: model)
        try Data("model".utf8).write(to: URL(fileURLWithPath: model + "/language.bin"))
        guard case .mismatch(let what, _, _)? = reason({ _ = try CalibrationCertificate(at: model, for: model) }) else {
            Issue.record("a certificate of another language model was taken")
            return
        }
        #expect(what.contains("language model"))
    }

    @Test func `what is missing, damaged or turns the order round is refused with its file`() throws {
        _ = try write(to: "good.json")
        func problem(_ name: String, of method: CalibrationMethod = .llo, _ change: (String) -> String) -> String? {
            do {
                _ = try write(method, to: name, change)
                _ = try CalibrationCertificate(at: folder + "/" + name, for: model)
                return nil
            } catch {
                return "\(error)"
            }
        }
        func parameter(_ name: String, _ value: String) -> (String) -> String {
            { text in text.replacing(try! Regex("\"\(name)\" : \\[\\s*[-0-9.e]+\\s*\\]"), with: "\"\(name)\" : [\(value)]") }
        }
        for value in ["-0.5", "0", "1e9"] {
            let found = problem("gamma.json", parameter("gamma", value))
            #expect(
                found?.contains("parameters.gamma") == true && found?.contains("gamma.json") == true,
                "\(value): \(found ?? "taken")")
        }
        #expect(problem("gamma.json", parameter("gamma", "1e999")) != nil)
        #expect(problem("gamma.json", parameter("gamma", "0.8")) == nil)
        #expect(problem("slope.json", of: .platt, parameter("slope", "3"))?.contains("parameters.slope") == true)
        #expect(
            problem("warm.json", of: .temperature, parameter("temperature", "1e7"))?.contains("parameters.temperature") == true)
        #expect(problem("cut.json") { String($0.prefix($0.count / 2)) }?.contains("cut.json") == true)
        #expect(problem("delta.json", parameter("delta", "-1"))?.contains("delta") == true)
        #expect(reason { _ = try CalibrationCertificate(at: folder + "/none.json", for: model) } == .noSuchFile)
        #expect(reason { _ = try CalibrationCertificate(at: folder + "/other", for: model) } == .noSuchFile)
    }
}
