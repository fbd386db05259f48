import Foundation
import GRDB
import RealTime
import Testing

/// `larmor reservoir search` as a user calls it.
struct ReservoirSearchCommandTests {
    private struct Summary: Decodable {
        struct Best: Decodable { var individual: Int, error: Double, parameters: [String: Double]? }
        var by: String, individuals: Int, evaluations: Int, failed: Int
        var best: Best?
        var coverage: Int?
        var archive: Int?
    }

    private struct Shown: Decodable {
        struct Individual: Decodable {
            var individual: Int
            var error: Double?
            var kernelRank: Int?
            var memoryCapacity: Double?
            var parameters: [String: Double]
        }
        struct Again: Decodable { var same: Bool, error: Double?, test: Double?, kernelRank: Int?, memoryCapacity: Double? }
        var individual: Individual
        var again: Again?
    }

    /// All rows of both tables, as text.
    private func dump(_ path: String) throws -> String {
        try DatabaseQueue(path: path).read { database in
            try ["search", "individual"].map { table in
                try Row.fetchAll(database, sql: "SELECT * FROM \(table) ORDER BY 1").map { "\($0)" }.joined(separator: "\n")
            }.joined(separator: "\n\n")
        }
    }

    private func ended(_ path: String) -> Int {
        let count = try? DatabaseQueue(path: path, configuration: Self.readOnly).read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM individual")
        }
        return (count ?? nil) ?? 0
    }

    private static let readOnly: Configuration = {
        var configuration = Configuration()
        configuration.readonly = true
        return configuration
    }()

    private static func novelty(_ output: String, evaluations: Int = 12, cells: Int = 9) -> [String] {
        [
            "reservoir", "search", "--by", "novelty", "--material", "Ni", "--cells", "\(cells)", "--evaluations",
            "\(evaluations)", "--output", output,
        ]
    }

    @Test func `a search for novelty and one at random are kept, shown, computed again, and reported side by side`() throws {
        let folder = try temporaryFolder("search")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ran = try RunningLarmor(Self.novelty("n.sqlite") + ["--json"], folder: folder).wait()
        #expect(ran.status == 0, "\(ran.messages)")
        let summary = try ran.json(Summary.self)
        #expect(summary.by == "novelty" && summary.individuals == 12 && summary.failed == 0 && summary.best == nil)
        #expect((summary.coverage ?? 0) > 0 && (summary.archive ?? 0) > 0)
        let random = try Larmor.run(
            "reservoir", "search", "run", "--by", "random", "--material", "Ni", "--cells", "9", "--evaluations", "12",
            "--output", "r.sqlite", in: folder)
        #expect(random.status == 0 && random.output.contains("of the space of behaviours reached"), "\(random.messages)")
        for number in ["1", "12"] {
            let shown = try Larmor.run(
                "reservoir", "search", "show", "n.sqlite", "--individual", number, "--again", "--json", in: folder)
            #expect(shown.status == 0, "\(shown.messages)")
            let result = try shown.json(Shown.self)
            #expect("\(result.individual.individual)" == number && result.again?.same == true)
            #expect(result.again?.kernelRank == result.individual.kernelRank && result.individual.kernelRank != nil)
            #expect(result.again?.memoryCapacity == result.individual.memoryCapacity)
            #expect(result.individual.parameters["damping"] != nil)
        }
        let report = try Larmor.run("reservoir", "search", "report", "n.sqlite", "r.sqlite", in: folder)
        #expect(report.status == 0 && report.output.contains("12 of 12 individuals, 0 failed"), "\(report.messages)")
        let page = try String(contentsOfFile: folder + "/n.html", encoding: .utf8)
        #expect(page.components(separatedBy: "<svg ").count - 1 == 4 && page.contains("random, seed 1"))
        // A store by hand that says other numbers.
        try DatabaseQueue(path: folder + "/n.sqlite").write {
            try $0.execute(sql: "UPDATE individual SET memory_capacity = memory_capacity + 1 WHERE number = 3")
        }
        let other = try Larmor.run("reservoir", "search", "show", "n.sqlite", "--individual", "3", "--again", in: folder)
        #expect(other.status == 1 && other.output.contains("other numbers than the store has"))
    }

    @Test func `a search on a task goes on with more evaluations, with the same rows at any number of threads`() throws {
        let folder = try temporaryFolder("search-task")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func run(_ output: String, _ evaluations: Int, _ threads: Int) throws -> Larmor.Result {
            try Larmor.run(
                "reservoir", "search", "run", "--by", "microbial", "--task", "narma10", "--length", "600", "--cells", "4",
                "--population", "4", "--evaluations", "\(evaluations)", "--threads", "\(threads)", "--output", output,
                "--json", in: folder)
        }
        #expect(try run("a.sqlite", 5, 2).status == 0)
        let grown = try run("a.sqlite", 9, 1).json(Summary.self)
        let whole = try run("b.sqlite", 9, 3).json(Summary.self)
        #expect(grown.best?.individual == whole.best?.individual && grown.best?.error == whole.best?.error)
        #expect(grown.coverage == nil)
        func rows(_ name: String) throws -> String {
            // The first table has the command line.
            try dump(folder + "/" + name).components(separatedBy: "\n\n")[1]
        }
        #expect(try rows("a.sqlite") == rows("b.sqlite"))
        let shown = try Larmor.run("reservoir", "search", "show", "a.sqlite", "--again", "--json", in: folder)
        let result = try shown.json(Shown.self)
        #expect(result.individual.individual == whole.best?.individual && result.again?.same == true)
        #expect(result.again?.error == whole.best?.error && (result.again?.test ?? 0) > 0)
    }

    @Test func `a search that is killed again and again ends with the store of one that was not, to the byte of its rows`()
        throws
    {
        let folder = try temporaryFolder("search-killed")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let whole = try temporaryFolder("search-whole")
        defer { try? FileManager.default.removeItem(atPath: whole) }
        let arguments = Self.novelty("s.sqlite", evaluations: 40, cells: 16)
        #expect(try RunningLarmor(arguments, folder: whole).wait().status == 0)
        for least in [1, 9, 22] {
            let run = try RunningLarmor(arguments, folder: folder)
            #expect(waitUntil { ended(folder + "/s.sqlite") >= least || !run.isRunning })
            run.kill()
            _ = run.wait()
        }
        #expect(ended(folder + "/s.sqlite") < 40)
        let last = try RunningLarmor(arguments, folder: folder).wait()
        #expect(last.status == 0 && last.messages.contains("are there already"), "\(last.messages)")
        #expect(try dump(folder + "/s.sqlite") == dump(whole + "/s.sqlite"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["s.sqlite"])
    }

    @Test func `Ctrl-C keeps what has ended and says how to go on, and two cannot run the same search`() throws {
        let folder = try temporaryFolder("search-stop")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let arguments = Self.novelty("s.sqlite", evaluations: 5000, cells: 16)
        let run = try RunningLarmor(arguments + ["--json"], folder: folder)
        #expect(waitUntil { ended(folder + "/s.sqlite") >= 1 || !run.isRunning })
        let second = try RunningLarmor(arguments, folder: folder).wait()
        #expect(second.status == 69 && second.messages.contains("another process runs this search"), "\(second)")
        run.interrupt()
        let stopped = run.wait()
        #expect(stopped.status == 130 && stopped.messages.contains("the same command goes on"), "\(stopped.messages)")
        let summary = try stopped.json(Summary.self)
        #expect(summary.individuals >= 1 && summary.individuals == ended(folder + "/s.sqlite"))
    }

    @Test(
        arguments: [
            (["--by", "luck"], "--by is random, microbial, novelty, cma-es", 64),
            (["--by", "microbial"], "give --task NAME", 64),
            (["--by", "random", "--task", "nope"], "there is no task “nope”", 64),
            (["--by", "random", "--population", "5"], "--population does nothing with --by random", 64),
            (["--by", "microbial", "--task", "narma10", "--threshold", "5"], "--neighbours and --threshold do nothing", 64),
            (["--length", "600"], "are of a --task NAME", 64),
            (["--kind", "esn", "--cells", "9"], "--cells does nothing with --kind esn", 64),
            (["--nodes", "9"], "--nodes does nothing with films", 64),
            (["--kind", "brain"], "--kind is film, esn, nvar", 64),
            (["--cells", "99"], "a square number", 64),
            (["--task", "narma10", "--length", "50"], "expected 302 or more", 64),
            (["--task", "laser", "--series", "none.txt"], "there is no such file", 66),
            (["--task", "laser"], "name its file with --series", 64),
            (["--task", "narma10", "--length", "400", "--delays", "1,320"], "a state of 320 steps ago", 64),
            (["--evaluations", "0"], "--evaluations must be", 64),
        ] as [([String], String, Int32)])
    func `what cannot be is told, and leaves no file`(_ arguments: [String], _ message: String, _ status: Int32) throws {
        let folder = try temporaryFolder("search-bad")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let output = try RunningLarmor(
            ["reservoir", "search", "run", "--output", "s.sqlite"] + arguments, folder: folder
        ).wait()
        #expect(output.status == status && output.messages.contains(message), "\(output)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }

    @Test func `files of others and stores of other searches stay as they are`() throws {
        let folder = try temporaryFolder("search-other")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "mine".write(toFile: folder + "/m.sqlite", atomically: true, encoding: .utf8)
        let foreign = try RunningLarmor(Self.novelty("m.sqlite"), folder: folder).wait()
        #expect(foreign.status == 65 && foreign.messages.contains("it is no store of a search"), "\(foreign)")
        #expect(try String(contentsOfFile: folder + "/m.sqlite", encoding: .utf8) == "mine")
        #expect(try RunningLarmor(Self.novelty("s.sqlite", cells: 4), folder: folder).wait().status == 0)
        let before = try Data(contentsOf: URL(fileURLWithPath: folder + "/s.sqlite"))
        let other = try RunningLarmor(Self.novelty("s.sqlite", cells: 9) + ["--seed", "2"], folder: folder).wait()
        #expect(other.status == 65 && other.messages.contains("--seed, --cells differ"), "\(other)")
        let more = try RunningLarmor(Self.novelty("s.sqlite", evaluations: 40, cells: 4), folder: folder).wait()
        #expect(more.status == 65 && more.messages.contains("--population follows from --evaluations"), "\(more)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/s.sqlite")) == before)
        #expect(try Larmor.run("reservoir", "search", "report", "none.sqlite", in: folder).status == 66)
        let nobody = try Larmor.run("reservoir", "search", "show", "s.sqlite", "--individual", "99", in: folder)
        #expect(nobody.status == 65 && nobody.messages.contains("there are 1 to 12"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["m.sqlite", "s.sqlite"])
    }

    @Test func `networks and the film of a rig are searched, too`() throws {
        let folder = try temporaryFolder("search-kinds")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for kind in ["esn", "nvar"] {
            let output = try Larmor.run(
                "reservoir", "search", "run", "--kind", kind, "--nodes", "20", "--evaluations", "8", "--output",
                kind + ".sqlite", in: folder)
            #expect(output.status == 0, "\(output.messages)")
        }
        let rig = """
            [[device]]
            name = "film"
            driver = "riglink"
            simulator = "film"

            [device.simulation]
            films = 1
            rows = 3
            columns = 3

            """
        try rig.write(toFile: folder + "/rig.toml", atomically: true, encoding: .utf8)
        let arguments = ["reservoir", "search", "run", "--rig", "rig.toml", "--evaluations", "3", "--output", "rig.sqlite"]
        let output = try RunningLarmor(arguments, folder: folder).wait()
        #expect(output.status == 0, "\(output.messages)")
        let again = try Larmor.run("reservoir", "search", "show", "rig.sqlite", "--again", in: folder)
        #expect(again.status == 0 && again.output.contains("the same numbers"), "\(again)")
        try (rig + "# another rig\n").write(toFile: folder + "/rig.toml", atomically: true, encoding: .utf8)
        let changed = try RunningLarmor(arguments, folder: folder).wait()
        #expect(changed.status == 65 && changed.messages.contains("--rig differs"), "\(changed)")
        let shown = try Larmor.run("reservoir", "search", "show", "rig.sqlite", "--again", in: folder)
        #expect(shown.status == 65 && shown.messages.contains("is not what it was"), "\(shown)")
    }

    @Test func `a pipe that nobody writes to can be left`() throws {
        let folder = try temporaryFolder("search-pipe")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try #require(mkfifo(folder + "/pipe", 0o600) == 0)
        let waiting = try RunningLarmor(
            ["reservoir", "search", "run", "--by", "random", "--task", "laser", "--series", "pipe", "--output", "s.sqlite"],
            folder: folder)
        // Opened for writing as soon as it is being read, so the command waits inside the pipe.
        let writer = open(folder + "/pipe", O_WRONLY)
        try #require(writer >= 0)
        defer { close(writer) }
        waiting.interrupt()
        #expect(waiting.wait().status != 0)
    }
}
