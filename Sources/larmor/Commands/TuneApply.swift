import ArgumentParser
import Foundation
import Origin
import RigTuning
import Signals

struct TuneApply: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Sets a rig's knobs to the best setting of a run, and holds it.",
        discussion: """
            Knobs go to rest when nobody talks to the device, so the setting holds as long as this command runs; then they go back to their \
            start. A run that found no improvement is refused. Devices that are no simulators need --confirm with the hash that --dry-run \
            prints.
            Example: larmor tune apply rigs/film-bench.toml --run tuning/film-bench-001 --seconds 5
            """)

    @Argument(help: "The rig file.")
    var rig: String

    @Option(name: .customLong("run"), help: "A run's folder.")
    var folder: String

    @Option(help: "Seconds to hold it; without it until Ctrl-C.")
    var seconds: Double?

    @Option(help: "The folder of the journal.")
    var output = "tuning"

    @Flag(help: "Print what would be set, and its hash.")
    var dryRun = false

    @Option(help: "The hash that --dry-run prints.")
    var confirm: String?

    func validate() throws {
        if let seconds, !(seconds >= 0 && seconds <= 1e9) { throw ValidationError("--seconds must be 0 or more") }
    }

    func run() throws {
        try reportingFailures {
            let path = folder + "/" + TuningFolder.log
            let replay = try TuningReplay(contentsOf: path)
            guard let result = replay.result, result.isImproved else { throw TuningError(.noBest(file: path)) }
            StopRequest.install()
            let bench = try KnobBench(rig, limits: nil, seed: 1)
            defer { bench.close() }
            let doors = bench.doors
            // The same knobs, whatever their order.
            let values = try KnobJournal(replay.plan.panel, start: result.best, plan: "").values(for: doors.panel, file: path)
            let hash = Self.hash(bench, values)
            show(doors, values, hash)
            if dryRun { return }
            if let confirm, confirm != hash { throw TuningError(.otherPlan(expected: hash, found: confirm)) }
            if !bench.isSimulated, confirm == nil { throw TuningError(.needsConfirmation(hash: hash)) }
            let tuning = try TuningFolder(output, rig: bench.name)
            if let left = try KnobJournal.read(tuning.journal) { _ = try doors.undo(left, file: tuning.journal) }
            try tuning.prepare()
            doors.keepJournal(at: tuning.journal, plan: hash)
            try hold(doors, values)
        }
    }

    private static func hash(_ bench: KnobBench, _ values: [Double]) -> String {
        let words = bench.doors.devices.map { "\($0.name) \($0.words)" }
        let text = ([bench.hash] + words + zip(bench.doors.panel.knobs, values).map { "\($0.fullName) \($1)" }).joined(
            separator: "\n")
        return String(ContentHash.sha256(text.utf8).prefix(16))
    }

    private func show(_ doors: KnobDoors, _ values: [Double], _ hash: String) {
        var table = TextTable("knob", "unit", "start", "best")
        for (index, knob) in doors.panel.knobs.enumerated() {
            table.add(
                knob.fullName, knob.unit.rawValue, Console.number(doors.start[index], significant: 4),
                Console.number(values[index], significant: 4))
        }
        Console.result("\(table.text)\nplan \(hash)")
    }

    private func hold(_ doors: KnobDoors, _ values: [Double]) throws {
        do {
            let change = try doors.apply(values)
            let far = zip(change.read, values).reduce(0) { max($0, abs($1.0 - $1.1)) }
            Console.result(
                "set and read back within \(Console.number(far, significant: 3))" + (seconds == nil ? "; Ctrl-C ends it" : ""))
            let begin = ContinuousClock.now
            while !StopRequest.isRequested, seconds.map({ ContinuousClock.now - begin < .seconds($0) }) ?? true {
                usleep(100_000)
                // A link that is lost shall be known.
                _ = try doors.read()
            }
        } catch {
            _ = try doors.restore()
            throw error
        }
        let back = try doors.restore()
        Console.result("back at the start: \(Console.count(back.read.count, "knob")) read back")
    }
}
