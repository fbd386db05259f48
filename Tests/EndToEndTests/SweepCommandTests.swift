import Foundation
import RealTime
import Testing

/// Sweeps of real commands, as a person would run them.
struct SweepCommandTests {
    private static let head = """
        name = "loops"
        command = ["film", "loop", "--output", "{folder}/loop.csv", "--length-nm", "100", "--width-nm", "100", "--thickness-nm", "5",
            "--cell-nm", "20", "--largest-mt", "120", "--lean", "5", "--threads", "1"]

        """

    private struct Summary: Decodable {
        struct Best: Decodable {
            var point: Int
            var value: Double
        }
        struct Failed: Decodable {
            var point: Int
            var attempts: Int
            var exitCode: Int?
            var reason: String
        }
        var done: Int
        var failed: Int
        var waiting: Int
        var best: Best?
        var failures: [Failed]
    }

    private struct Reported: Decodable {
        struct Point: Decodable, Equatable {
            var point: Int
            var value: Double
            var columns: [String: Double]
        }
        var best: [Point]
        var done: Int
        var files: [String]
    }

    /// A folder with a sweep file.
    private func folder(_ parameters: String, steps: Int = 8) throws -> String {
        let folder = try temporaryFolder("sweep")
        let text =
            Self.head + """
                [parameters]
                "--steps" = [\(steps)]
                \(parameters)
                [result]
                maximise = "coercive_mt.1"
                columns = ["points", "remanence.0"]
                """
        try text.write(toFile: folder + "/s.toml", atomically: true, encoding: .utf8)
        return folder
    }

    @Test func `a sweep runs its points, keeps what fails with its reason, and reports both`() throws {
        let folder = try folder("\"--anisotropy\" = [1e4, 5e4]\n\"--easy-axis\" = [\"x\", \"up\"]")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ran = try Larmor.run("sweep", "s.toml", "--retries", "1", "--json", in: folder)
        #expect(ran.status == 1, "\(ran.messages)")
        let summary = try ran.json(Summary.self)
        #expect(summary.done == 2 && summary.failed == 2 && summary.waiting == 0)
        #expect(
            summary.failures.map(\.point) == [2, 4] && summary.failures.allSatisfy { $0.attempts == 2 && $0.exitCode == 64 })
        #expect(summary.failures.first?.reason.contains("ended with exit code 64") == true)
        #expect(FileManager.default.fileExists(atPath: folder + "/s.points/1/loop.csv"))
        let report = try Larmor.run("sweep", "report", "s.toml", "--csv", "s.csv", "--json", in: folder)
        #expect(report.status == 0, "\(report.messages)")
        let reported = try report.json(Reported.self)
        #expect(reported.best.first?.point == summary.best?.point && reported.best.first?.value == summary.best?.value)
        #expect(reported.best.first?.columns["points"] == 17)
        #expect(reported.files == ["s.html", "s.csv"])
        #expect(try String(contentsOfFile: folder + "/s.html", encoding: .utf8).contains("<svg "))
        #expect(try String(contentsOfFile: folder + "/s.csv", encoding: .utf8).split(separator: "\n").count == 5)
        let table = try Larmor.run("sweep", "report", "s.sqlite", "--no-html", in: folder)
        #expect(table.output.contains("loops: 2 of 4 points done, 2 failed") && table.output.contains("coercive_mt.1"))
        // Once more, nothing is left to run.
        let again = try Larmor.run("sweep", "run", "s.toml", "--retries", "1", "--json", in: folder)
        #expect(again.status == 1)
    }

    @Test func `a sweep that is killed leaves no points running and goes on to the store of one that was not`() throws {
        let seeds = "\"--grains-nm\" = [20, 40]\n\"--seed\" = { from = 1, to = 8 }"
        let (killed, whole) = (try folder(seeds, steps: 100), try folder(seeds, steps: 100))
        defer { for folder in [killed, whole] { try? FileManager.default.removeItem(atPath: folder) } }
        let first = try RunningLarmor(["sweep", "run", "s.toml", "--jobs", "2"], folder: killed)
        func done(_ folder: String) -> Int {
            (try? Larmor.run("sweep", "report", "s.sqlite", "--no-html", "--json", in: folder).json(Reported.self).done) ?? 0
        }
        #expect(waitUntil { done(killed) >= 2 || !first.isRunning })
        let children = processes(["film", "loop", "--seed"], below: first.pid)
        first.kill()
        _ = first.wait()
        #expect(
            waitUntil {
                children.allSatisfy { (try? String(contentsOfFile: "/proc/\($0)/cmdline", encoding: .utf8))?.isEmpty ?? true }
            })
        #expect(done(killed) < 16)
        #expect(try Larmor.run("sweep", "run", "s.toml", in: killed).status == 0)
        #expect(try Larmor.run("sweep", "run", "s.toml", "--jobs", "1", in: whole).status == 0)
        func points(_ folder: String) throws -> [Reported.Point] {
            try Larmor.run("sweep", "report", "s.sqlite", "--no-html", "--top", "100", "--json", in: folder).json(Reported.self)
                .best
        }
        #expect(try points(killed).count == 16)
        #expect(try points(killed) == points(whole))
    }

    @Test func `Ctrl-C stops the points, keeps the store, and says how to go on`() throws {
        let folder = try folder("\"--seed\" = { from = 1, to = 400 }\n\"--grains-nm\" = [30]", steps: 100)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let run = try RunningLarmor(["sweep", "run", "s.toml", "--json"], folder: folder)
        #expect(waitUntil { FileManager.default.fileExists(atPath: folder + "/s.points/1") })
        run.interrupt()
        let ended = run.wait()
        #expect(ended.status == 130)
        #expect(ended.messages.contains("the same command goes on"))
        let summary = try ended.json(Summary.self)
        #expect(summary.waiting > 0 && summary.failed == 0)
    }

    @Test func `sweep files that do not fit the command, or the store, are refused before any point`() throws {
        let folder = try folder("\"--seed\" = [1]\n\"--grains-nm\" = [30]")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/s.toml"
        let right = try String(contentsOfFile: path, encoding: .utf8)
        func run(_ old: String, _ new: String, _ options: String...) throws -> Larmor.Result {
            try right.replacingOccurrences(of: old, with: new).write(toFile: path, atomically: true, encoding: .utf8)
            return try RunningLarmor(["sweep", "run", "s.toml"] + options, folder: folder).wait()
        }
        let option = try run("--grains-nm", "--grain-nm")
        #expect(option.status == 65 && option.messages.contains("did you mean “--grains-nm”?"), "\(option.messages)")
        #expect(!FileManager.default.fileExists(atPath: folder + "/s.sqlite"))
        #expect(try run("\"film\", \"loop\"", "\"film\", \"lop\"").messages.contains("did you mean “loop”?"))
        #expect(try run("{folder}/loop.csv", "loop.csv").messages.contains("a place of each point's own"))
        #expect(try Larmor.run("sweep", "none.toml", in: folder).status == 66)
        #expect(try run("", "").status == 0)
        let changed = try run("[30]", "[40]")
        #expect(changed.status == 65 && changed.messages.contains("the parameters' values changed"), "\(changed.messages)")
        #expect(try run("[30]", "[30, 40]").messages.contains("--extend adds them"))
        #expect(try run("[30]", "[30, 40]", "--extend").status == 0)
        #expect(try run("coercive_mt.1", "coercive.mt", "--output", "other").messages.contains("failed"))
        try "mine".write(toFile: folder + "/other/s.sqlite", atomically: true, encoding: .utf8)
        let foreign = try run("", "", "--output", "other")
        #expect(foreign.status == 65 && foreign.messages.contains("it is no store of a sweep"))
        #expect(try String(contentsOfFile: folder + "/other/s.sqlite", encoding: .utf8) == "mine")
    }
}
