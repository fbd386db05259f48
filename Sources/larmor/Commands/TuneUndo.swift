import ArgumentParser
import RigTuning
import Signals

struct TuneUndo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Brings a rig's knobs back to where they were before a tuning, and reads them back.",
        discussion: """
            Takes the start values of a tuning that was cut off from its journal. Where there is no journal, the knobs are only read: a device \
            that nobody talks to has gone to rest by itself.
            Example: larmor tune undo rigs/film-bench.toml
            """)

    @Argument(help: "The rig file.")
    var rig: String

    @Option(help: "The folder of runs and of the journal.")
    var output = "tuning"

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var hadJournal: Bool
        var knobs: [String]
        var start: [Double]
        var read: [Double]
    }

    func run() throws {
        try reportingFailures {
            StopRequest.install()
            let bench = try KnobBench(rig, limits: nil, seed: 1)
            defer { bench.close() }
            let folder = try TuningFolder(output, rig: bench.name)
            let doors = bench.doors
            let left = try KnobJournal.read(folder.journal)
            let wanted = try left?.values(for: doors.panel, file: folder.journal) ?? doors.start
            let change = try left.map { try doors.undo($0, file: folder.journal) } ?? doors.apply(doors.start)
            if json {
                return try Console.json(
                    Result(hadJournal: left != nil, knobs: doors.panel.knobs.map(\.fullName), start: wanted, read: change.read))
            }
            var table = TextTable("knob", "unit", "start", "read back")
            for (index, knob) in doors.panel.knobs.enumerated() {
                table.add(
                    knob.fullName, knob.unit.rawValue, Console.number(wanted[index], significant: 4),
                    Console.number(change.read[index], significant: 4))
            }
            Console.result(table.text)
            Console.result(left == nil ? "no tuning was cut off; the knobs are at rest" : "brought back; the journal is gone")
        }
    }
}
