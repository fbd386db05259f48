import ArgumentParser
import Foundation
import Plots
import RigTuning
import TeamLearning

struct TuneRig: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rig", abstract: "Tunes a rig's knobs by teams of learning agents or by a search.",
        discussion: """
            Each film follows NARMA-10 with a readout of its own; what is tuned is the mean error (NMSE) of all films. The rig is first left \
            alone for some windows, which gives the noise floor. Every fifth window is a return to the start values; a trial counts by its \
            difference to the last one. In the end the best setting and the start are compared in pairs on inputs that were not tuned with. \
            “no improvement” means that pairs of equal settings would show as much in more than 1 of 100 tunings.
            Limits, joint limits and rates are kept below whoever tunes, at every step of a change. Every change and window is a line of \
            events.jsonl, which `larmor tune replay` runs again. The start values are on the disk before the first change. Whatever ends the \
            tuning, the knobs go back to them; after a kill the next start does that, or `larmor tune undo`.
            A rig with devices that are no simulators is touched only with --confirm and the hash that --dry-run prints.
            RIG is a rig file, or “bench”: six simulated films in this process. Agents are films (film1, film2, …) or knobs (--agents knobs), \
            which a team file names.
            Example: larmor tune rig bench --teams 3x2 --trials 40 --pairs 8
            Example: larmor tune rig bench --method cma-es --trials 40 --plot course.svg
            Example: larmor tune rig rigs/film-bench.toml --dry-run
            Example: larmor tune rig rigs/film-bench.toml --teams 6x1 --trials 6 --noise 3 --pairs 2
            """)

    @Argument(help: "A rig file, or bench.")
    var rig: String

    @Option(help: "Who learns: q, teams of agents with tables; or a search: random, coordinate, cma-es, gp; or none.")
    var method = "q"

    @Option(help: "How agents learn: q, a table of values.")
    var learner = "q"

    @Option(help: "Teams x size as 3x2, solo, all, device, kind or a team file (.toml).")
    var teams = "solo"

    @Option(help: "Who the agents are: films, each with all its knobs, or knobs.")
    var agents = "films"

    @Option(help: "What rewards are learned from: weights of self, team and system.")
    var credo = "0,1,0"

    @Option(help: "Windows of the tuning, returns to the start among them.")
    var trials = 150

    @Option(help: "Windows of the untouched rig at first.")
    var noise = 10

    @Option(help: "Pairs of windows on held-out inputs in the end; fewer than 7 can show no improvement.")
    var pairs = 12

    @Option(help: "Steps of a window, 200 to 100,000.")
    var steps = 600

    @Option(help: "Tesla for the largest input.")
    var scale = 0.2

    @Option(help: "What a second of rig time for a change costs, in NMSE.")
    var timeCost = 0.005

    @Option(help: "Of inputs, searches and agents.")
    var seed: UInt64 = 1

    @Option(help: "A file that narrows the knobs' limits: [[knob]] with name or kind, lowest, highest, largest_rate.")
    var limits: String?

    @Option(help: "The folder of runs and of the journal.")
    var output = "tuning"

    @Flag(help: "Print the plan and its hash, and set nothing.")
    var dryRun = false

    @Option(help: "The plan's hash: this plan may be done with devices that are no simulators.")
    var confirm: String?

    @Option(help: "Draw the errors in their order, as .svg or .png.")
    var plot: String?

    @Flag(help: "Also what each agent did.")
    var roles = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard learner == "q" else { throw ValidationError("--learner is q; found “\(learner)”") }
        guard TuningMethodName(rawValue: method) != nil else {
            throw ValidationError(
                "--method is one of \(TuningMethodName.allCases.map(\.rawValue).joined(separator: ", ")); found “\(method)”")
        }
        guard TuningAgents(rawValue: agents) != nil else {
            throw ValidationError("--agents is films or knobs; found “\(agents)”")
        }
        if method != "q" {
            try GivenOptions.refuse(["--teams", "--agents", "--credo", "--learner", "--roles"], "needs --method q")
        }
        guard (1...100_000).contains(trials) else { throw ValidationError("--trials must be 1 to 100,000") }
        guard (1...10_000).contains(noise) else { throw ValidationError("--noise must be 1 to 10,000") }
        guard (1...20).contains(pairs) else { throw ValidationError("--pairs must be 1 to 20") }
        guard (200...100_000).contains(steps) else { throw ValidationError("--steps must be 200 to 100,000") }
        guard scale > 0, scale <= 10 else { throw ValidationError("--scale must be above 0, up to 10") }
        guard timeCost >= 0, timeCost.isFinite else { throw ValidationError("--time-cost must be 0 or more") }
        if dryRun { try GivenOptions.refuse(["--plot", "--roles", "--confirm"], "does nothing with --dry-run") }
        if let plot { try PictureFile.check(plot, "--plot") }
    }

    func run() throws {
        try reportingFailures {
            ProcessProvenance.note(seed: seed)
            try PictureFile.prepare(plot)
            StopRequest.install()
            let bench = try KnobBench(rig, limits: limits, seed: seed)
            defer { bench.close() }
            let folder = try TuningFolder(output, rig: bench.name)
            var task = RigTask()
            (task.steps, task.scale) = (steps, scale)
            let linked = LinkedRig(bench.doors, task, clock: bench.clock)
            try linked.check()
            let plan = TuningPlan(rig: bench.name, rigHash: bench.hash, bench.doors, task, try settings(bench.doors.panel))
            let report = TuneReport(plan: plan, isSimulated: bench.isSimulated)
            if !json { report.showPlan() }
            if dryRun {
                if json { try report.planJSON() }
                return
            }
            if let confirm, confirm != plan.hash { throw TuningError(.otherPlan(expected: plan.hash, found: confirm)) }
            if !bench.isSimulated, confirm == nil { throw TuningError(.needsConfirmation(hash: plan.hash)) }
            if let left = try KnobJournal.read(folder.journal) {
                let change = try bench.doors.undo(left, file: folder.journal)
                Console.note(
                    "an earlier tuning was cut off; \(Console.count(change.read.count, "knob")) brought back and read back")
            }
            try tune(plan, linked, folder, report)
        }
    }

    private func tune(_ plan: TuningPlan, _ linked: LinkedRig, _ folder: TuningFolder, _ report: TuneReport) throws {
        let path = try folder.next()
        linked.doors.keepJournal(at: folder.journal, plan: plan.hash)
        let log = try TuningLog(path + "/" + TuningFolder.log)
        let progress = ProgressBox(ProgressLine("tuning"))
        defer { progress.line.done() }
        do {
            let outcome = try TuningRun.run(
                plan, linked, log: log, isStopped: { StopRequest.isRequested },
                note: {
                    progress.line.show(
                        Double($0.windows) / Double($0.of), "\($0.purpose): \(Console.number($0.error, digits: 3))")
                })
            progress.line.done()
            if let plot { try PictureFile.write(TuningPictures.course(outcome).svg, to: plot) }
            if json { try report.json(outcome, folder: path) } else { report.show(outcome, folder: path, roles: roles) }
        } catch is TuningStopped {
            progress.line.done()
            Console.note("\(StopRequest.reason); the knobs are back at their start; \(path)")
            throw StopRequest.exitCode
        }
    }

    private func settings(_ panel: KnobPanel) throws -> TuningSettings {
        var settings = TuningSettings()
        settings.method = TuningMethodName(rawValue: method) ?? .q
        settings.agents = TuningAgents(rawValue: agents) ?? .films
        settings.trials = trials
        settings.noiseWindows = noise
        settings.pairs = pairs
        settings.costPerSecond = timeCost
        settings.seed = seed
        settings.teams = method == "q" ? teams : method
        settings.learner.credo = try Credo(credo)
        guard method == "q" else { return settings }
        let names = settings.agents.names(panel)
        if teams.hasSuffix(".toml") {
            ProcessProvenance.note(data: teams)
            settings.partition = try TeamPartition(contentsOf: teams, agents: names)
        } else {
            // Agents of films have several kinds of knobs.
            settings.partition = try TeamPartition(
                teams, agents: names.count, standard: names.count, devices: settings.agents.labels(panel, \.device),
                kinds: settings.agents == .knobs ? settings.agents.labels(panel, \.kind) : [])
        }
        return settings
    }
}

/// A progress line that a closure may move.
private final class ProgressBox {
    var line: ProgressLine
    init(_ line: ProgressLine) { self.line = line }
}
