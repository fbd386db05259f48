import Foundation
import RealTime
import Testing

/// `larmor calibrate` as a user calls it.
struct CalibrateCommandTests {
    private static let hockey: String? = {
        var folders = [ProcessInfo.processInfo.environment["LARMOR_SHARED_DATA"]].compactMap { $0 }
        var place = URL(fileURLWithPath: #filePath)
        while place.path != "/" {
            place.deleteLastPathComponent()
            folders.append(place.path + "/shared/data")
        }
        return folders.map { $0 + "/brcal/hockey.csv" }.first { FileManager.default.fileExists(atPath: $0) }
    }()

    /// A boaster's scores in utterances of four words.
    private func scores(_ count: Int = 800) throws -> String {
        let folder = try temporaryFolder("scores")
        var text = "utterance,x,y\n"
        var state: UInt64 = 1
        func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) * 0x1p-53
        }
        for row in 0..<count {
            let truth = uniform()
            let odds = truth * truth
            text +=
                "u\(row / 4),\(min(max(odds / (odds + (1 - truth) * (1 - truth)), 1e-6), 1 - 1e-6)),\(uniform() < truth ? 1 : 0)\n"
        }
        try text.write(toFile: folder + "/scores.csv", atomically: true, encoding: .utf8)
        return folder
    }

    private struct Assessment: Decodable {
        var n: Int
        var nMin: Int
        var delta: Double
        var gamma: Double
        var logLikelihood: Double
        var lrt: Double
        var pValue: Double
        var bicCalibrated: Double
        var bicUncalibrated: Double
        var bayesFactor: Double
        var posterior: Double
        var verdict: String
    }

    private struct Bold: Decodable {
        struct Level: Decodable {
            var level: Double
            var delta: Double
            var gamma: Double
            var sd: Double
        }
        var levels: [Level]
    }

    @Test(.enabled(if: hockey != nil, "needs shared/data/brcal"))
    func `the published data give the published numbers on defaults alone`() throws {
        let file = Self.hockey ?? ""
        let found = try Larmor.run("calibrate", "assess", file, "--json").json(Assessment.self)
        #expect(found.n == 868 && found.nMin == 19 && found.verdict == "calibrated")
        for (value, expected) in [
            (found.delta, 0.9453853615), (found.gamma, 1.4014014687), (found.logLikelihood, -572.1845632528),
            (found.lrt, 4.2674306484), (found.pValue, 0.1183965940), (found.bicCalibrated, 1148.6365571540),
            (found.bicUncalibrated, 1157.9015099349), (found.bayesFactor, 0.0097306324), (found.posterior, 0.9903631403),
        ] {
            #expect(abs(value - expected) < 1e-6)
        }
        let bold = try Larmor.run("calibrate", "bold", file, "--json").json(Bold.self)
        #expect(bold.levels.map(\.level) == [99, 95, 90, 80])
        #expect(zip(bold.levels, [0.155496, 0.165339, 0.169010, 0.172635]).allSatisfy { abs($0.sd - $1) < 1e-6 })
        let text = try Larmor.run("calibrate", "assess", file, "--score", "rand").output
        #expect(text.contains("1.1395569693") && text.contains("0.0721695584") && text.contains("not calibrated"))
    }

    private struct Fit: Decodable {
        struct Part: Decodable {
            var n: Int
            var clusters: Int?
        }
        var method: String
        var gamma: Double?
        var date: String
        var fit: Part
        var report: Part
    }

    private struct Thresholds: Decodable {
        var act: Double
        var n: Int?
        var acted: Double?
        var promiseKept: Bool?
    }

    @Test func `a certificate goes from fit to thresholds, for its own model alone`() throws {
        let folder = try scores()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/model", withIntermediateDirectories: true)
        try "weights".write(toFile: folder + "/model/model.safetensors", atomically: true, encoding: .utf8)
        let fit = try Larmor.run(
            "calibrate", "fit", "scores.csv", "--model", "model", "--date", "2026-11-29", "--json", in: folder
        ).json(Fit.self)
        #expect(fit.method == "llo" && fit.fit.n == 400 && fit.report.n == 400 && fit.fit.clusters == 100)
        // The boaster's log odds are twice what they should be.
        #expect(abs((fit.gamma ?? 0) - 0.5) < 0.15 && fit.date == "2026-11-29")
        let run = { (more: [String]) in
            try RunningLarmor(
                ["calibrate", "thresholds", "scores.csv", "--cost-false", "3", "--cost-miss", "1", "--json"] + more,
                folder: folder
            ).wait()
        }
        let certified = try run(["--certificate", "model/certificate.json", "--model", "model"])
        #expect(certified.messages.contains("reporting part of 400 rows"))
        let calibrated = try certified.json(Thresholds.self)
        #expect(calibrated.act == 0.75 && calibrated.n == 400 && calibrated.promiseKept == true)
        let raw = try run([]).json(Thresholds.self)
        #expect(raw.n == 800 && raw.promiseKept == false && (raw.acted ?? 0) > (calibrated.acted ?? 1))
        try "other weights".write(toFile: folder + "/model/model.safetensors", atomically: true, encoding: .utf8)
        let refused = try run(["--certificate", "model/certificate.json", "--model", "model"])
        #expect(refused.status == 65 && refused.messages.contains("another model"))
    }

    @Test func `a certificate reports on the same rows of its own file, with or without the option that named the clusters`()
        throws
    {
        let folder = try scores()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let rows = try String(contentsOfFile: folder + "/scores.csv", encoding: .utf8).split(separator: "\n")
        let text = rows.enumerated().map { "\($0.offset == 0 ? "speaker" : "s\(($0.offset - 1) / 40)"),\($0.element)\n" }
            .joined()
        try text.write(toFile: folder + "/scores.csv", atomically: true, encoding: .utf8)
        let fit = try Larmor.run("calibrate", "fit", "scores.csv", "--cluster", "speaker", "--json", in: folder).json(Fit.self)
        #expect(fit.fit.clusters == 10 && fit.report.clusters == 10)
        func thresholds(_ more: String...) throws -> Larmor.Result {
            try RunningLarmor(
                ["calibrate", "thresholds", "scores.csv", "--certificate", "certificate.json", "--json"] + more, folder: folder
            ).wait()
        }
        let named = try thresholds("--cluster", "speaker").json(Thresholds.self)
        let plain = try thresholds().json(Thresholds.self)
        #expect(plain.n == 400 && plain.acted == named.acted)
        let other = try thresholds("--cluster", "utterance")
        #expect(other.status == 65 && other.messages.contains("divided this file by the column “speaker”"))
    }

    private struct Monitored: Decodable {
        struct Alarm: Decodable {
            var row: Int
            var posterior: Double
            var recoveredRow: Int?
        }
        var n: Int
        var clusters: Int
        var posterior: Double?
        var alarms: [Alarm]
        var alarm: Bool
    }

    @Test
    func
        `a running posterior raises an alarm for scores that are too sure, also as they come, and none once they are calibrated`()
        throws
    {
        let folder = try scores(4000)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let found = try Larmor.run("calibrate", "monitor", "scores.csv", "--plot", "drift.svg", "--json", in: folder)
        let raw = try found.json(Monitored.self)
        #expect(found.status == 1 && raw.n == 4000 && raw.clusters == 1000 && raw.alarm && raw.alarms.count >= 1)
        let first = try #require(raw.alarms.first)
        #expect(first.row < 600 && first.posterior < 0.05 && found.messages.contains("row \(first.row) (u"))
        #expect(try String(contentsOfFile: folder + "/drift.svg", encoding: .utf8).hasPrefix("<svg"))
        // The same rows through a pipe, in pieces.
        let input = Pipe()
        let running = try RunningLarmor(["calibrate", "monitor", "-", "--json"], folder: folder, input: input)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/scores.csv"))
        try input.fileHandleForWriting.write(contentsOf: bytes.prefix(50_000))
        #expect(waitUntil { running.messages.contains("ALARM") })
        try input.fileHandleForWriting.write(contentsOf: bytes.dropFirst(50_000))
        try input.fileHandleForWriting.close()
        let piped = running.wait()
        #expect(piped.status == 1)
        let streamed = try piped.json(Monitored.self)
        #expect(streamed.alarms.map(\.row) == raw.alarms.map(\.row) && streamed.posterior == raw.posterior)
        // With the certificate the reporting part is calibrated.
        #expect(try Larmor.run("calibrate", "fit", "scores.csv", in: folder).status == 0)
        let calm = try Larmor.run(
            "calibrate", "monitor", "scores.csv", "--certificate", "certificate.json", "--json", in: folder)
        let calibrated = try calm.json(Monitored.self)
        #expect(calm.status == 0 && calibrated.n == 2000 && calibrated.alarms.isEmpty && (calibrated.posterior ?? 0) > 0.5)
        let text = try Larmor.run("calibrate", "monitor", "scores.csv", in: folder)
        #expect(text.status == 1 && text.output.contains("ALARM, posterior") && text.output.contains("from row"))
    }

    @Test func `pictures are written, as PNG where there is a converter`() throws {
        let folder = try scores(400)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let result = try Larmor.run("calibrate", "plot", "scores.csv", in: folder)
        #expect(result.status == 0)
        for name in ["reliability", "boldness", "contour"] {
            #expect(try String(contentsOfFile: folder + "/calibration/\(name).svg", encoding: .utf8).hasPrefix("<svg"))
            guard FileManager.default.isExecutableFile(atPath: "/usr/bin/rsvg-convert") else { continue }
            let png = FileManager.default.contents(atPath: folder + "/calibration/\(name).png")
            #expect(png?.starts(with: [0x89, 0x50, 0x4E, 0x47]) == true)
        }
    }

    @Test func `bad input ends with its exit code and names the place`() throws {
        let folder = try temporaryFolder("calibrate")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func assess(_ text: String, _ command: String = "assess") throws -> Larmor.Result {
            try text.write(toFile: folder + "/s.csv", atomically: true, encoding: .utf8)
            return try Larmor.run("calibrate", command, "s.csv", in: folder)
        }
        let cases = [
            ("y,x\n1,0.5\n1,0.6\n", "all 2 outcomes are 1"), ("y,x\n1,0.5\n0,1\n", "s.csv:3: x: expected a probability"),
            ("y,x\n1,0.5\n0,nan\n", "s.csv:3: x:"), ("y,x\n1,0.5\n0,-0.5\n", "s.csv:3: x:"),
            ("y,x\n0,0.2\n0,0.3\n1,0.6\n1,0.7\n", "a threshold on the score"), ("y,p\n1,0.5\n", "no column “x”"),
            ("y,x\n1,0.7\n0,0.6\n1,0.4\n0,0.3\n", "at least 19"), ("", "no rows"),
        ]
        for (text, message) in cases {
            for command in ["assess", "bold", "plot"] where message != "at least 19" || command == "assess" {
                let result = try assess(text, command)
                #expect(result.status == 65 && result.messages.contains(message), "\(command): \(result.messages)")
            }
        }
        let missing = try Larmor.run("calibrate", "assess", "absent.csv", in: folder)
        #expect(missing.status == 66 && missing.messages.contains("absent.csv: no such file"))
        for wrong in [
            ["assess", "s.csv", "--prior", "1"], ["bold", "s.csv", "--levels", "95,x"], ["fit", "s.csv", "--level", "0.95"],
        ] {
            #expect(try RunningLarmor(["calibrate"] + wrong, folder: folder).wait().status == 64)
        }
        // A level that was asked for is refused; of the defaults those that the rows can show are given.
        let few = "y,x\n" + (0..<30).map { "\($0 * 7 % 10 < 5 ? 1 : 0),0.\(20 + $0 * 2)\n" }.joined()
        #expect(try assess(few, "bold").status == 0)
        let asked = try Larmor.run("calibrate", "bold", "s.csv", "--levels", "99", in: folder)
        #expect(asked.status == 65 && asked.messages.contains("at least 99"))
    }

    /// A session of the last version, with an event log of prompts and words of our own: of each three words one is wrong at random.
    private func session() throws -> String {
        let folder = try temporaryFolder("labelled") + "/session"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let old =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
            + "/CompatibilityTests/Sessions-0.1.0/thinkgear/session.json"
        try FileManager.default.copyItem(atPath: old, toPath: folder + "/session.json")
        var log = "{\"event\":\"word\",\"time_s\":0.5,\"text\":\"early\",\"frame\":50,\"log_probability\":-0.1}\n"
        var state: UInt64 = 7
        for prompt in 0..<60 {
            let time = Double(prompt) * 3 + 1
            log +=
                "{\"event\":\"marker\",\"time_s\":\(time),\"stream\":\"console.prompts\",\"at_s\":\(time),\"texts\":[\"One, two three.\"]}\n"
            for (place, word) in ["one", "two", "three"].enumerated() {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let share = Double(state >> 11) * 0x1p-53
                let said = share < 0.7 ? word : "four"
                let (at, score) = (
                    time + 0.5 + Double(place) * 0.6, 0.3 + Double(state & 1023) / 2048 + (share < 0.7 ? 0.15 : 0)
                )
                log +=
                    "{\"event\":\"word\",\"time_s\":\(at),\"text\":\"\(said)\",\"frame\":1,\"log_probability\":\(log2(score))"
                log += ",\"evidence\":{\"posterior\":\(score),\"margin\":1.5,\"snr_dB\":20.0,\"lost_frames\":0}}\n"
            }
        }
        try log.write(toFile: folder + "/events.jsonl", atomically: true, encoding: .utf8)
        return folder
    }

    @Test func `a session with prompts is assessed word by word, in utterances of a prompt`() throws {
        let session = try session()
        defer { try? FileManager.default.removeItem(atPath: (session as NSString).deletingLastPathComponent) }
        struct Clustered: Decodable { var n: Int, clusters: Int, gamma: Double }
        for score in ["x", "posterior"] {
            let result = try RunningLarmor(["calibrate", "assess", session, "--score", score, "--json"]).wait()
            #expect(result.status == 0, "\(result.messages)")
            let found = try result.json(Clustered.self)
            #expect(found.n == 180 && found.clusters == 60 && found.gamma > 0)
            #expect(result.messages.contains("1 word left out"))
        }
        let none = try RunningLarmor(["calibrate", "assess", session, "--labels", "annotations"]).wait()
        #expect(none.status == 65 && none.messages.contains("no annotations with a time and a duration"))
        let stranger = try RunningLarmor(["calibrate", "assess", session, "--stage", "nobody"]).wait()
        #expect(stranger.status == 65 && stranger.messages.contains("no words of a stage “nobody”"))
        let empty = try RunningLarmor(["calibrate", "assess", (session as NSString).deletingLastPathComponent]).wait()
        #expect(empty.status == 66 && empty.messages.contains("session.json"))
    }
}
