import Foundation
import Settings
import Sweeps
import Testing

/// Sweep files: what they mean, and what is wrong with them.
struct SweepFileTests {
    private func points(_ parameters: String, top: String = "") throws -> [[String]] {
        let sweep = try SmallSweep.sweep("command = [\"film\", \"loop\"]\n\(top)\n[parameters]\n\(parameters)")
        return sweep.points.map { $0.parameters.map { "\($0.value)" } }
    }

    private func fault(_ text: String) -> String {
        do {
            _ = try SmallSweep.sweep(text, file: "s.toml")
            return "none"
        } catch {
            return "\(error)"
        }
    }

    private func parameterFault(_ line: String) -> String { fault("command = [\"film\", \"loop\"]\n[parameters]\n\(line)") }

    @Test func `a grid has every value of one parameter with every value of the others, in the file's order`() throws {
        #expect(
            try points("\"--b\" = [\"x\", \"y\"]\n\"--a\" = [1, 2.5]") == [
                ["x", "1"], ["x", "2.5"], ["y", "1"], ["y", "2.5"],
            ])
        let sweep = try SmallSweep.sweep()
        #expect(sweep.points.map(\.number) == [1, 2, 3, 4, 5, 6])
        #expect(sweep.points.map(\.identity).last == "--damping=0.3 --seed=2")
    }

    @Test func `ranges are whole numbers, equal steps or equal ratios, with both ends`() throws {
        #expect(try points("\"--a\" = { from = 3, to = 6 }") == [["3"], ["4"], ["5"], ["6"]])
        #expect(try points("\"--a\" = { from = 0, to = 0.3, steps = 4 }") == [["0"], ["0.1"], ["0.2"], ["0.3"]])
        #expect(
            try points("\"--a\" = { from = 1, to = 1e3, steps = 4, scale = \"log\" }") == [["1"], ["10"], ["100"], ["1000"]])
        #expect(
            try points("\"--a\" = { from = 1e-6, to = 1e-4, steps = 3, scale = \"log\" }") == [
                ["1e-06"], ["1e-05"], ["0.0001"],
            ])
        #expect(try points("\"--a\" = { values = [true, false] }") == [["true"], ["false"]])
    }

    @Test func `random points are the same for a seed, differ for another, lie in their range, and more only add to them`()
        throws
    {
        let ranges =
            "\"--a\" = { from = 0.001, to = 1.0, scale = \"log\" }\n\"--b\" = [\"x\", \"y\"]\n\"--c\" = { from = 1, to = 9 }"
        let ten = try points("random = 10\n" + ranges, top: "seed = 4")
        #expect(try ten == points("random = 10\n" + ranges, top: "seed = 4"))
        #expect(try ten != points("random = 10\n" + ranges, top: "seed = 5"))
        #expect(try ten == Array(points("random = 300\n" + ranges, top: "seed = 4").prefix(10)))
        let many = try points("random = 300\n" + ranges, top: "seed = 4")
        let numbers = many.compactMap { Double($0[0]) }
        #expect(numbers.allSatisfy { (0.001...1).contains($0) })
        // A logarithmic range has its median at the geometric mean, 0.0316; three standard errors of 300 draws are 26 rows.
        #expect(abs(numbers.count { $0 < 0.0316 } - 150) < 26)
        #expect(Set(many.map { $0[2] }) == Set((1...9).map(String.init)))
        #expect(Set(many).count == 300)
    }

    @Test func `the sweeps of this repository are read`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../rigs").path
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix("-sweep.toml") }
        #expect(files.contains("film-sweep.toml"))
        for file in files { #expect(try !SweepDescription(contentsOf: folder + "/" + file).points.isEmpty) }
    }

    @Test func `words of a point are the command with its places filled, its options, and --json`() throws {
        let sweep = try SmallSweep.sweep(
            "command = [\"film\", \"loop\", \"--json\", \"--output\", \"{folder}/{point}.csv\"]\n[parameters]\n\"--at\" = [-1.5]\n\"--relax\" = [true, false]"
        )
        let place = SweepPlace(file: "/work here/s.toml")
        let commands = sweep.points.map { PointCommand($0, of: sweep, program: "larmor", place: place, limit: nil) }
        #expect(
            commands[0].words == ["film", "loop", "--output", "/work here/s.points/1/1.csv", "--at=-1.5", "--relax", "--json"])
        #expect(commands[1].words == ["film", "loop", "--output", "/work here/s.points/2/2.csv", "--at=-1.5", "--json"])
    }

    @Test func `a file's faults are told with line and remedy`() {
        #expect(
            fault("comand = [\"film\"]\n[parameters]\n\"--a\" = [1]").hasPrefix(
                "s.toml:1: unknown key “comand”; did you mean “command”?"))
        #expect(
            fault("command = []\n[parameters]\n\"--a\" = [1]").contains(
                "s.toml:1: “command” is “[]”, expected a command of larmor"))
        #expect(fault("command = \"film loop\"\n[parameters]\n\"--a\" = [1]").contains("must be a list of words"))
        #expect(fault("command = [\"film\", 3]\n[parameters]\n\"--a\" = [1]").contains("expected a list of words"))
        #expect(fault("command = [\"film\"]").contains("needs the key “parameters”"))
        #expect(fault("command = [\"film\"]\n[parameters]").contains("s.toml:2: parameters needs the key “--OPTION”"))
        #expect(
            parameterFault("damping = [1]").contains(
                "s.toml:3: “damping” is “damping”, expected an option with its dashes, \"--damping\""))
        #expect(parameterFault("\"--a\" = []").contains("s.toml:3: “--a” is “[]”, expected one value at least"))
        #expect(parameterFault("\"--a\" = 3").contains("s.toml:3: “--a” must be a list of values"))
        #expect(parameterFault("\"--a\" = [1, 1.0]").contains("each value once"))
        #expect(parameterFault("\"--a\" = [nan]").contains("finite numbers"))
        #expect(parameterFault("\"--a\" = [[1]]").contains("numbers, texts, or true and false"))
        #expect(parameterFault("\"--a\" = { from = 1, too = 2 }").contains("unknown key “too”; did you mean “to”?"))
        #expect(parameterFault("\"--a\" = { from = 2, to = 1 }").contains("expected more than “from”, which is 2"))
        #expect(parameterFault("\"--a\" = { from = 0.1, to = 1 }").contains("needs the key “steps”"))
        #expect(parameterFault("\"--a\" = { from = 0, to = 1, steps = 3, scale = \"log\" }").contains("more than 0"))
        #expect(parameterFault("\"--a\" = { from = 1, to = 2, scale = \"cubic\" }").contains("“linear” or “log”"))
        #expect(parameterFault("\"--a\" = { values = [1], steps = 3 }").contains("none beside “values”"))
        #expect(parameterFault("\"--a\" = { from = 1, to = 100001 }").contains("a grid of at most 100000 points"))
        #expect(parameterFault("\"--a\" = { from = 1, to = 1000 }\n\"--b\" = { from = 1, to = 1000 }").contains("s.toml:4"))
        #expect(
            parameterFault("\"--a\" = { from = -9223372036854775808, to = 9223372036854775807 }").contains(
                "at most 100000 points"))
        #expect(parameterFault("random = 5\n\"--a\" = [1, 2]").contains("“random” is “5”, expected at most 2"))
        #expect(parameterFault("random = 0\n\"--a\" = [1, 2]").contains("a whole number from 1"))
        let end = "\ncommand = [\"film\"]\n[parameters]\n\"--a\" = [1]\n"
        #expect(fault(end + "[result]\nminimise = \"a\"\nmaximise = \"b\"").contains("give one of them"))
        #expect(fault(end + "[result]\nminimise = \"a..b\"").contains("a path such as “test.median”"))
        #expect(fault(end + "[result]\ncolumns = \"a\"").contains("a list of paths"))
        #expect(fault(end + "[slurm]\ntime = \"1:00; rm\"").contains("a time as sbatch has it"))
        #expect(fault(end + "[slurm]\nmemory = \"4 gigabytes\"").contains("a size as sbatch has it"))
        #expect(fault(end + "[slurm]\npartition = \"a b\"").contains("a partition's name"))
        #expect(fault(end + "[slurm]\npoints_per_task = 0").contains("a whole number from 1"))
    }
}
