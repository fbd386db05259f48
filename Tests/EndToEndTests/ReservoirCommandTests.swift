import Foundation
import RealTime
import Testing

/// `larmor reservoir metrics` and `import` as a user calls them.
struct ReservoirCommandTests {
    private struct Metrics: Decodable {
        struct Capacity: Decodable {
            var linear: Double, nonlinear: Double, total: Double
            var byDegree: [Double]
            var bound: Int
        }
        var nodes: Int
        var steps: Int
        var kernelRank: Int
        var generalisationRank: Int?
        var memoryCapacity: Double
        var informationCapacity: Capacity?
        var echoState: Bool?
        var drift: Double?
        var warnings: [String]
    }

    private struct Imported: Decodable {
        var outputs: [String]
        var steps: Int
        var nodes: Int
        var inputs: Int?
        var droppedSteps: Int
    }

    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = try temporaryFolder("reservoir")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    /// A network of two leaky electrodes; row 5 lacks a value.
    private func writeTable(_ path: String, rows: Int = 2000) throws {
        var text = "Time[s] in_V[V] in_I[A] a_V[V] b_V[V]\n"
        var (a, b, random) = (0.0, 0.0, UInt64(1))
        for row in 0..<rows {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let u = Double(random >> 11) * 0x1p-53
            (a, b) = (0.6 * a + u, 0.3 * b + u * u)
            text += "\(row) \(u) 0.001 \(a) \(row == 5 ? "nan" : "\(b)")\n"
        }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    @Test func `a small film has all metrics, and the same seed gives the same numbers`() throws {
        let arguments = ["reservoir", "metrics", "--material", "Ni", "--cells", "6", "--degrees", "2", "--seed", "3", "--json"]
        let first = try RunningLarmor(arguments).wait()
        #expect(first.status == 0, "\(first.messages)")
        let metrics = try first.json(Metrics.self)
        #expect(metrics.nodes == 18 && metrics.steps == 2050)
        #expect((1...19).contains(metrics.kernelRank))
        let capacity = try #require(metrics.informationCapacity)
        #expect(capacity.total <= Double(capacity.bound) + 0.5 && capacity.bound <= 18)
        #expect(abs(capacity.linear + capacity.nonlinear - capacity.total) < 1e-9 && capacity.byDegree.count == 2)
        #expect(metrics.memoryCapacity > 0.5 && metrics.memoryCapacity < 18)
        #expect(metrics.echoState != nil && metrics.generalisationRank != nil && metrics.drift != nil)
        #expect(try RunningLarmor(arguments).wait().json(Metrics.self).memoryCapacity == metrics.memoryCapacity)
    }

    @Test func `the table for people names each metric`() throws {
        let result = try Larmor.run("reservoir", "metrics", "--material", "Ni", "--cells", "4", "--degrees", "2")
        #expect(result.status == 0)
        for word in [
            "kernel rank", "generalisation rank", "memory capacity", "linear", "nonlinear", "echo state", "noise", "drift",
        ] {
            #expect(result.output.contains(word), "\(word)")
        }
    }

    @Test(arguments: [[], ["--drive", "current", "--readings", "2"]])
    func `a film of a file is measured through its contacts`(options: [String]) throws {
        let arguments = [
            "reservoir", "metrics", "--film", rigs + "/../films/disc.toml", "--contacts", "2x2", "--steps-per-input", "10",
            "--steps", "600", "--delays", "10", "--degrees", "2", "--json",
        ]
        let result = try RunningLarmor(arguments + options).wait()
        #expect(result.status == 0, "\(result.messages)")
        let metrics = try result.json(Metrics.self)
        #expect(metrics.nodes == (options.isEmpty ? 12 : 24) && metrics.echoState != nil && metrics.memoryCapacity > 0)
    }

    @Test(arguments: [
        (["--film", "f.toml", "--cells", "9"], "--cells"), (["--contacts", "2x2"], "--film"),
        (["--current-apm2", "1e10"], "--drive current"),
        (["--film", "f.toml", "--drive", "current", "--field-t", "0.1"], "--field-t"),
        (["--film", "f.toml", "--states", "x.npy", "--inputs", "u.npy"], "--film"),
    ])
    func `options of a film of a file that go with nothing are refused`(options: [String], named: String) throws {
        let result = try RunningLarmor(["reservoir", "metrics"] + options).wait()
        #expect(result.status == 64 && result.messages.contains(named), "\(result.messages)")
    }

    @Test func `a table becomes arrays whose metrics can be measured, and a recording that is read again`() throws {
        try inFolder { folder in
            try writeTable(folder + "/network.txt")
            let arrays = try Larmor.run(
                "reservoir", "import", "network.txt", "--as", "npy", "-o", "network.npy", "--json", in: folder)
            #expect(arrays.status == 0 && arrays.messages.contains("1 step with missing values left out"))
            let imported = try arrays.json(Imported.self)
            #expect(imported.outputs == ["network.npy", "network-inputs.npy"])
            #expect(imported.steps == 1999 && imported.nodes == 2 && imported.inputs == 1 && imported.droppedSteps == 1)
            let result = try Larmor.run(
                "reservoir", "metrics", "--states", "network.npy", "--inputs", "network-inputs.npy", "--json", in: folder)
            #expect(result.status == 0)
            let metrics = try result.json(Metrics.self)
            #expect(metrics.warnings.isEmpty)
            #expect(metrics.nodes == 2 && metrics.echoState == nil && metrics.generalisationRank == nil)
            let capacity = try #require(metrics.informationCapacity)
            // Two independent nodes: a is linear in the inputs, b is not.
            #expect(abs(capacity.total - 2) < 0.15 && capacity.nonlinear > 0.05)
            // The contract's keys are there where nothing is known.
            #expect(result.output.contains("\"echo_state\":null") && result.output.contains("\"generalisation_rank\":null"))

            let recording = try Larmor.run(
                "reservoir", "import", "network.txt", "--as", "recording", "-o", "network.csv", in: folder)
            #expect(recording.status == 0)
            let again = try Larmor.run(
                "reservoir", "import", "network.csv", "--as", "npy", "-o", "again.npy", "--json", in: folder)
            #expect(try again.json(Imported.self).steps == 1999)
        }
    }

    @Test func `inputs that are not independent are told with the numbers`() throws {
        try inFolder { folder in
            let rows = (0..<400).map { "\(Double($0 % 100)) 0.001 \(Double($0 * $0 % 97))\n" }.joined()
            try ("in_V[V] in_I[A] a_V[V]\n" + rows).write(toFile: folder + "/slow.txt", atomically: true, encoding: .utf8)
            #expect(try Larmor.run("reservoir", "import", "slow.txt", "--as", "npy", "-o", "slow.npy", in: folder).status == 0)
            let arguments = ["reservoir", "metrics", "--states", "slow.npy", "--inputs", "slow-inputs.npy"]
            let result = try RunningLarmor(arguments + ["--json"], folder: folder).wait()
            #expect(try result.json(Metrics.self).warnings.first?.contains("neighbouring inputs are correlated") == true)
            #expect(try RunningLarmor(arguments, folder: folder).wait().messages.contains("correlated"))
        }
    }

    @Test func `a folder of scans becomes states with the inputs of the names`() throws {
        try inFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/scans", withIntermediateDirectories: true)
            for number in 1...12 {
                let lines = (0..<9).map { "\(Double($0)),\(Double($0 * number))\n" }.joined()
                try ("Frequency,Spectra\n" + lines).write(
                    toFile: folder + "/scans/scan_\(number)_\(number)_5mT.txt", atomically: true, encoding: .utf8)
            }
            let result = try Larmor.run(
                "reservoir", "import", "scans", "--smooth", "5,2", "--range", "0,6", "--normalise", "all", "--every", "2",
                "--as",
                "recording", "-o", "scans.csv", "--json", in: folder)
            #expect(result.status == 0, "\(result.messages)")
            let imported = try result.json(Imported.self)
            #expect(imported.steps == 12 && imported.nodes == 4 && imported.inputs == 1)
            let text = try String(contentsOfFile: folder + "/scans.csv", encoding: .utf8)
            #expect(text.split(separator: "\n").last?.hasPrefix("12.5,") == true)
        }
    }

    @Test func `bad input ends with its exit code and names the place`() throws {
        try inFolder { folder in
            func run(_ line: String) throws -> Larmor.Result {
                try RunningLarmor(["reservoir"] + line.split(separator: " ").map(String.init), folder: folder).wait()
            }
            try "a_V[V] b_V[V]\n1 2\n1 x\n".write(toFile: folder + "/bad.txt", atomically: true, encoding: .utf8)
            try "a_V[V] b_V[V]\n1 2\n1 3\n".write(toFile: folder + "/plain.txt", atomically: true, encoding: .utf8)
            try Data([0x93] + Array("NUMPY".utf8) + [9, 0, 0, 0]).write(to: URL(fileURLWithPath: folder + "/odd.npy"))
            try FileManager.default.createDirectory(atPath: folder + "/empty", withIntermediateDirectories: true)

            let missing = try run("import nowhere.txt --as npy -o x.npy")
            #expect(missing.status == 66 && missing.messages.contains("nowhere.txt: no such file"))
            let line = try run("import bad.txt --as npy -o x.npy")
            #expect(line.status == 65 && line.messages.contains("bad.txt:3: expected a number, found “x”"))
            let version = try run("import odd.npy --as npy -o x.npy")
            #expect(version.status == 65 && version.messages.contains("its version is 9.0"))
            let scans = try run("import empty --as npy -o x.npy")
            #expect(scans.status == 65 && scans.messages.contains("“scan”"))
            let inputs = try run("import plain.txt --as recording -o x.csv")
            #expect(inputs.status == 65 && inputs.messages.contains("add --inputs FILE.npy"))
            let over = try run("import plain.txt --as npy -o plain.txt")
            #expect(over.status != 0 && over.messages.contains("plain.txt"))
            #expect(try run("import plain.txt --as npy -o no/where.npy").status == 74)
            let idle = try run("import plain.txt --as npy -o x.npy --every 2")
            #expect(idle.status == 64 && idle.messages.contains("--every is for a folder of scans"))
            #expect(try run("import empty --as npy -o x.npy --smooth 4,2").status == 64)
            #expect(try run("import empty --as npy -o x.npy --range 3,1").status == 64)
            #expect(FileManager.default.fileExists(atPath: folder + "/x.npy") == false)

            let states = try run("metrics --states nowhere.npy --inputs nowhere.npy")
            #expect(states.status == 66 && states.messages.contains("nowhere.npy: no such file"))
            #expect(try run("metrics --states x.npy").status == 64)
            let both = try run("metrics --states x.npy --inputs x.npy --cells 4")
            #expect(both.status == 64 && both.messages.contains("--cells does nothing with --states"))
            for wrong in [
                "--cells 0", "--material Unobtainium", "--field-t 0", "--density 2", "--degrees 0", "--delays 0", "--steps 1",
            ] {
                #expect(try run("metrics " + wrong).status == 64, "\(wrong)")
            }
            #expect(try run("metrics --damping 0 --cells 4").status == 64)
            let unreached = try run("metrics --cells 4 --density 0.0001")
            #expect(unreached.status == 65 && unreached.messages.contains("take another seed, or a larger --density"))
            let many = try run("metrics --cells 4 --degrees 12")
            #expect(many.status == 65 && many.messages.contains("products of polynomials"))
            let few = try run("metrics --cells 4 --delays 500 --steps 400")
            #expect(few.status == 65 && few.messages.contains("memory capacity: expected 504 steps or more, found 400"))
        }
    }

    @Test(
        arguments: [
            ["reservoir", "metrics", "--states", "pipe", "--inputs", "pipe"],
            ["reservoir", "import", "pipe", "--as", "npy", "-o", "states.npy"], ["sweep", "run", "pipe"],
        ])
    func `a command that waits for a pipe ends with the first interrupt`(_ arguments: [String]) throws {
        try inFolder { folder in
            try #require(mkfifo(folder + "/pipe", 0o600) == 0)
            let waiting = try RunningLarmor(arguments, folder: folder)
            // Opened for writing as soon as it is being read; a command that reads no pipes ends by itself.
            var writer: Int32 = -1
            waitUntil {
                writer = open(folder + "/pipe", O_WRONLY | O_NONBLOCK)
                return writer >= 0 || !waiting.isRunning
            }
            defer { if writer >= 0 { close(writer) } }
            waiting.interrupt()
            #expect(waiting.wait().status != 0)
        }
    }
}
