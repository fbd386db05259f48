import AudioFiles
import Foundation
import Testing

/// `larmor reservoir task spoken-digits` as a user calls it.
struct SpokenTaskTests {
    private struct Result: Decodable {
        struct Interval: Decodable, Equatable { var low: Double, high: Double }
        struct Count: Decodable { var words: Int, errors: Int }
        struct Judged: Decodable {
            var speaker: String?
            var words: Int, errors: Int, features: Int
            var testSplit: Count
            var validation: Count?
            var speakers: [String: Count]
        }
        struct Part: Decodable {
            var reservoir: String
            var accuracy: Double
            var interval: Interval
            var meanOverSpeakers: Double?
            var judged: [Judged]
        }
        var task: String
        var labels: [String], speakers: [String]
        var nodes: Int
        var film: Part
        var baseline: [String: Part]
    }

    @Test(.enabled(if: Larmor.hasStands, Larmor.standsComment))
    func `spoken words go through a film, beside the features alone, also of speakers who are left out`() throws {
        let folder = try temporaryFolder("spoken")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func run(_ arguments: [String]) throws -> Larmor.Result {
            let result = try RunningLarmor(arguments, folder: folder).wait()
            #expect(result.status == 0, "\(arguments): \(result.messages)")
            return result
        }
        _ = try run(["simulate", "speech", "--output", "speech", "--words", "one,two", "--voices", "3", "--takes", "11"])
        let task = ["reservoir", "task", "spoken-digits", "--speech", "speech", "--cells", "9", "--parts", "3", "--json"]
        let known = try run(task).json(Result.self)
        #expect(known.task == "spoken-digits" && known.labels == ["one", "two"] && known.speakers.count == 3)
        #expect(known.nodes == 27 && known.film.judged.count == 1 && known.film.judged[0].features == 81)
        // Index 0 to 4 of two words and three voices; of the others the fifth.
        #expect(known.film.judged[0].words == 30 && known.film.judged[0].validation?.words == 6)
        #expect(known.film.accuracy > 0.9 && known.film.interval.low < known.film.accuracy)
        #expect(Set(known.baseline.keys) == ["features_alone", "echo_state_network"])
        let again = try run(task + ["--threads", "1"]).json(Result.self)
        #expect(again.film.interval == known.film.interval)
        let each = try run(task + ["--leave-out", "each", "--no-baselines", "--exact"]).json(Result.self)
        #expect(each.film.judged.map(\.speaker) == each.speakers && each.film.meanOverSpeakers != nil)
        #expect(each.film.judged.allSatisfy { $0.words == 22 && $0.testSplit.words == 10 } && each.baseline.isEmpty)
        let text = try run(Array(task.dropLast()) + ["--leave-out", known.speakers[0], "--no-baselines"])
        #expect(text.output.contains(known.speakers[0]) && text.output.contains("of 22"))
    }

    private static let digits: String? = {
        var folders = ProcessInfo.processInfo.environment["LARMOR_SHARED_DATA"].map { [$0] } ?? []
        var place = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
        while place.path != "/" {
            folders.append(place.path + "/shared/data")
            place.deleteLastPathComponent()
        }
        return folders.map { $0 + "/spoken-digits" }.first { FileManager.default.fileExists(atPath: $0) }
    }()

    @Test(.enabled(if: digits != nil, "needs shared/data/spoken-digits"))
    func `a film names recorded digits better than the same readout of the features alone`() throws {
        let folder = try temporaryFolder("spoken-recorded")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let all = Self.digits ?? ""
        // Index 0 to 19 of six digits.
        for name in try FileManager.default.contentsOfDirectory(atPath: all) where name.hasSuffix(".wav") {
            let parts = name.dropLast(4).split(separator: "_")
            guard parts.count == 3, let digit = Int(parts[0]), digit < 6, let index = Int(parts[2]), index < 20 else {
                continue
            }
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/" + name, withDestinationPath: all + "/" + name)
        }
        let output = try RunningLarmor([
            "reservoir", "task", "spoken-digits", "--speech", folder, "--cells", "49", "--warps", "none", "--paces", "none",
            "--json",
        ]).wait()
        #expect(output.status == 0, "\(output.messages)")
        let result = try output.json(Result.self)
        #expect(result.film.judged[0].words == 150 && result.speakers.count == 5)
        #expect(result.film.accuracy > 0.93)
        let alone = try #require(result.baseline["features_alone"])
        #expect(result.film.accuracy > alone.accuracy)
    }

    @Test func `sounds without a word are named and counted, and delays that no word is long enough for are refused`() throws {
        let folder = try temporaryFolder("spoken-doubtful")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for word in 0..<2 {
            for index in 0..<10 {
                // Tones of two pitches; two files are silent, one has a single sample.
                let count = word == 0 && index == 7 ? 1 : 2400
                let samples = (0..<count).map { step -> Float in
                    word == 1 && index > 7 ? 0 : 0.3 * sin(Float(step) * (word == 0 ? 0.2 : 0.7) * (1 + 0.01 * Float(index)))
                }
                try AudioFile(samples: samples, rate: 8000).write(path: folder + "/\(word)_anna_\(index).wav")
            }
        }
        let spoken = [
            "reservoir", "task", "spoken-digits", "--speech", folder, "--cells", "4", "--warps", "none", "--paces", "none",
            "--no-baselines",
        ]
        let output = try RunningLarmor(spoken + ["--json"]).wait()
        #expect(output.status == 0, "\(output.messages)")
        #expect(
            output.messages.contains("3 sounds hold no word: ") && output.messages.contains("0_anna_7.wav (shorter than 25 ms)")
        )
        #expect(output.output.contains("doubtful_sounds") && output.messages.contains("1_anna_9.wav (silent)"))
        let late = try RunningLarmor(spoken + ["--delays", "1,900"]).wait()
        #expect(late.status == 64 && late.messages.contains("a state of 900 steps ago"), "\(late.messages)")
    }

    @Test func `words that are missing and options of other tasks are refused`() throws {
        let folder = try temporaryFolder("spoken-bad")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (arguments, status, text) in [
            (["spoken-digits"], 64, "--speech"), (["spoken-digits", "--speech", "nowhere"], 66, "nowhere"),
            (["spoken-digits", "--speech", "nowhere", "--length", "100"], 64, "--length"),
            (["narma10", "--leave-out", "each"], 64, "--leave-out"),
            (["spoken-digits", "--speech", "x", "--warps", "0.9,a"], 64, "--warps"),
            (["spoken-digits", "--speech", "x", "--fields-t", "0"], 64, "--fields-t"),
        ] {
            let result = try RunningLarmor(["reservoir", "task"] + arguments, folder: folder).wait()
            #expect(result.status == Int32(status) && result.messages.contains(text), "\(arguments): \(result.messages)")
        }
    }
}
