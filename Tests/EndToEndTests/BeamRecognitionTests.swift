import Foundation
import NeuralNetworks
import Recognition
import SignalFeatures
import Testing

/// A model with a beam search on a simulated rig: utterances, partial texts, evidence, certificates, replays.
@Suite(.serialized, .enabled(if: Larmor.hasStands, Larmor.standsComment))
struct BeamRecognitionTests {
    private let folder: String
    private var session: String { folder + "/session" }

    /// A recogniser that nobody has trained names words often; what it names does not matter here.
    init() throws {
        folder = try temporaryFolder("beam")
        let inputs = MelFrontEnd.features
        let shape = WordsShape(inputs: inputs, hidden: 16, layers: 1, outputs: 4)
        try RecognizerModel(
            card: .init(
                units: Units(.words, texts: ["one", "two", "three"]), shape: .words(shape), frontEnd: .words, audioRate: 16_000,
                eegChannels: 0,
                standardisation: Standardisation(
                    mean: [Float](repeating: 0, count: inputs), deviation: [Float](repeating: 1, count: inputs)),
                labelWindow: 1, seed: 1, epochs: 0, trainingWords: 0, finalLoss: 0),
            network: Network(shape.sequence(), seed: 3)
        ).write(folder: folder + "/model")
        try "one two three\ntwo one\nthree two one\n".write(
            toFile: folder + "/sentences.txt", atomically: true, encoding: .utf8)
        let rig = """
            [[device]]
            name = "microphone"
            driver = "alsa"
            simulator = "microphone"
            [[recognizer]]
            name = "beam"
            audio = "microphone.audio"
            model = "model"
            partial = true
            evidence = true
            utterances = true
            alternatives = 2
            """
        try rig.write(toFile: folder + "/rig.toml", atomically: true, encoding: .utf8)
        _ = try run("train", "language-model", "sentences.txt", "--order", "2", "--output", "sentences.lm")
        _ = try run(
            "model", "decoding", "model", "--language-model", "sentences.lm", "--beam", "20", "--longest", "2", "--silence",
            "0.1")
    }

    @discardableResult
    private func run(_ arguments: String...) throws -> Larmor.Result {
        let result = try RunningLarmor(arguments, folder: folder).wait()
        #expect(result.status == 0, "\(arguments): \(result.messages)")
        return result
    }

    private struct Line: Decodable {
        struct Evidence: Decodable { var posterior: Double }
        struct Alternative: Decodable { var text: String, posterior: Double, acoustic: Double, language: Double }
        var event: String
        var time_s: Double
        var text: String?
        var settled: String?
        var end: String?
        var partial: Bool?
        var confidence: Double?
        var evidence: Evidence?
        var alternatives: [Alternative]?
        var first_word_s: Double?
    }

    private func lines(_ file: String) throws -> [Line] {
        try String(contentsOfFile: folder + "/" + file, encoding: .utf8).split(separator: "\n").compactMap {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
    }

    private struct Report: Decodable {
        struct Time: Decodable { var p50: Double, count: Int }
        var firstWordMs: Time?
    }
    private struct Replay: Decodable { var identical: Bool? }

    @Test func `texts grow from a part that stays, utterances end by silence and length, and replays have the same bytes`()
        throws
    {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try run("simulate", "speech", "--output", "speech", "--words", "one,two,three", "--voices", "2", "--takes", "6")
        let report = try run(
            "recognize", "rig.toml", "--speech", "speech", "--sentences", "sentences.txt", "--speaker", "voice1", "--words",
            "3",
            "--record", "session", "--json"
        ).json(Report.self)
        let events = try lines("session/events.jsonl")
        var settled = ""
        var partials = 0
        for event in events where event.event == "utterance" {
            let text = try #require(event.text)
            #expect(text.hasPrefix(settled), "“\(text)” after “\(settled)”")
            if event.partial == true {
                settled = try #require(event.settled)
                partials += 1
            } else {
                #expect(["silence", "longest", "stream"].contains(event.end))
                #expect(event.alternatives?.first?.text == text && (event.alternatives?.count ?? 9) <= 3)
                settled = ""
            }
        }
        let utterances = events.filter { $0.event == "utterance" && $0.partial != true }
        #expect(partials > 3 && utterances.contains { $0.end == "longest" || $0.end == "silence" })
        let words = events.filter { $0.event == "word" && $0.partial != true }
        #expect(words.map(\.text) == utterances.flatMap { Units.words(in: $0.text ?? "") })
        #expect(words.allSatisfy { $0.evidence.map { (0...1).contains($0.posterior) } == true })
        // How long the first word was waited for is told of each utterance, and of the run.
        #expect(utterances.allSatisfy { ($0.first_word_s ?? -1) >= 0 })
        #expect(report.firstWordMs?.count == utterances.count)
        for speed in ["max", "20"] {
            #expect(try run("replay", "session", "--speed", speed, "--json").json(Replay.self).identical == true)
        }
    }

    @Test func `a certificate is for the search that its scores were made with`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try run("simulate", "speech", "--output", "speech", "--words", "one,two,three", "--voices", "1", "--takes", "6")
        var scores = "utterance,x,y,posterior\n"
        for row in 0..<400 {
            let score = row % 2 == 0 ? 0.9 : 0.1
            scores += "u\(row),\(score),\((row % 2 == 0) == (row % 5 != 0) ? 1 : 0),\(score)\n"
        }
        try scores.write(toFile: folder + "/scores.csv", atomically: true, encoding: .utf8)
        try run(
            "calibrate", "fit", "scores.csv", "--score", "posterior", "--model", "model", "--output", "certificate.json")
        func recognize(_ session: String) throws -> Larmor.Result {
            try RunningLarmor(
                [
                    "recognize", "rig.toml", "--certificate", "certificate.json", "--speech", "speech", "--words", "3",
                    "--record",
                    session,
                ],
                folder: folder
            ).wait()
        }
        let certified = try recognize("session")
        #expect(certified.status == 0, "\(certified.messages)")
        let words = try lines("session/events.jsonl").filter { $0.event == "word" && $0.partial != true }
        #expect(!words.isEmpty && words.allSatisfy { $0.confidence != nil && $0.evidence != nil })
        #expect(try run("replay", "session", "--json").json(Replay.self).identical == true)
        // Another search makes other scores.
        try run("model", "decoding", "model", "--language-model", "sentences.lm", "--beam", "10")
        let other = try recognize("other")
        #expect(other.status == 65 && other.messages.contains("another beam search"), "\(other.messages)")
        // So has the best path; its own certificate is refused beside a search, with what to do.
        try run("model", "decoding", "model", "--remove", "--json")
        let plain = try RunningLarmor(
            ["calibrate", "fit", "scores.csv", "--model", "model", "--output", "certificate.json"], folder: folder
        ).wait()
        #expect(plain.status == 0, "\(plain.messages)")
        try run("model", "decoding", "model", "--beam", "10")
        let refused = try recognize("refused")
        #expect(refused.status == 65 && refused.messages.contains("best path"), "\(refused.messages)")
    }

    @Test func `a model tells its search, a damaged one can be taken away, and option values that cannot be are errors of use`()
        throws
    {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try run("model", "show", "model").output.contains("2-gram model"))
        try "{".write(toFile: folder + "/model/decoding.json", atomically: true, encoding: .utf8)
        #expect(try RunningLarmor(["model", "show", "model"], folder: folder).wait().status == 65)
        try run("model", "decoding", "model", "--remove")
        #expect(try run("model", "show", "model").output.contains("the best path"))
        for wrong in [
            ["model", "decoding", "model", "--beam", "0"], ["model", "decoding", "model", "--beam", "5", "--silence", "-1"],
            ["train", "language-model", "sentences.txt", "--order", "99", "--output", "x.lm"],
            ["evaluate", "model", "speech", "--beam", "5", "--insertion-bonus", "1e9"],
            ["evaluate", "model", "speech", "--beam", "5", "--hot-word", "one=9999"],
            ["evaluate", "model", "speech", "--beam", "5", "--best-path"],
        ] {
            let result = try RunningLarmor(wrong, folder: folder).wait()
            #expect(result.status == 64, "\(wrong): \(result.status) \(result.messages)")
        }
    }
}
