import ArgumentParser
import Foundation
import Outputs
import RigTuning
import TeamLearning

struct TuneSweep: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Compares team structures and searches on six simulated films, over seeds.",
        discussion: """
            Each way to tune has the same windows. Ways are compared seed by seed, on the same bench and the same held-out inputs. With --store \
            each run is a line of a file, and a study that was stopped goes on where it was.
            Example: larmor tune sweep --teams 6x1,3x2,1x6 --methods none,random --seeds 2 --trials 20
            Example: larmor tune sweep --teams 3x2 --methods cma-es --seeds 2 --trials 20 --no-coupling --no-drift --json
            """)

    @Option(help: "Kinds of teams, with commas; - for none.")
    var teams = "6x1,3x2,2x3,1x6"

    @Option(help: "Searches, with commas: none, random, coordinate, cma-es, gp; - for no search.")
    var methods = "none,random,coordinate,cma-es,gp"

    @Option(help: "How many seeds.")
    var seeds = 8

    @Option(help: "The first seed.")
    var seed: UInt64 = 1

    @Option(help: "Windows of a tuning, returns to the start among them.")
    var trials = 150

    @Option(help: "Pairs of windows on held-out inputs in the end.")
    var pairs = 12

    @Option(help: "What rewards are learned from: weights of self, team and system.")
    var credo = "0,1,0"

    @Option(help: "Rate of learning, above 0 to 1.")
    var rate = TeamTuningSettings().rate

    @Option(help: "Discount of later rewards, 0 to below 1.")
    var discount = TeamTuningSettings().discount

    @Option(help: "How often an agent tries something at first, 0 to 1.")
    var exploration = TeamTuningSettings().exploration

    @Flag(help: "Films do not warm each other.")
    var noCoupling = false

    @Flag(help: "The bias does not drift.")
    var noDrift = false

    @Option(help: "A file (.jsonl) of runs, which is gone on with.")
    var store: String?

    @Option(help: "Threads; the numbers do not depend on them.")
    var threads = 2

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (1...1000).contains(seeds) else { throw ValidationError("--seeds must be 1 to 1000") }
        guard (1...100_000).contains(trials) else { throw ValidationError("--trials must be 1 to 100,000") }
        guard (1...20).contains(pairs) else { throw ValidationError("--pairs must be 1 to 20") }
        guard (1...256).contains(threads) else { throw ValidationError("--threads must be 1 to 256") }
        guard rate > 0, rate <= 1 else { throw ValidationError("--rate must be above 0, up to 1") }
        guard discount >= 0, discount < 1 else { throw ValidationError("--discount must be 0 to below 1") }
        guard (0...1).contains(exploration) else { throw ValidationError("--exploration must be 0 to 1") }
        if let store, !store.hasSuffix(".jsonl") { throw ValidationError("--store must end in .jsonl") }
    }

    func run() throws {
        try reportingFailures {
            ProcessProvenance.note(seed: seed)
            StopRequest.install()
            let arms = try arms()
            var study = TuningStudy(seeds: (0..<seeds).map { seed &+ UInt64($0) })
            (study.isCoupled, study.isDrifting, study.threads) = (!noCoupling, !noDrift, threads)
            study.settings.trials = trials
            study.settings.pairs = pairs
            study.settings.learner.credo = try Credo(credo)
            study.settings.learner.rate = rate
            study.settings.learner.discount = discount
            study.settings.learner.exploration = exploration
            let file = try store.map { try TuningStore($0) }
            let progress = ProgressLine("study")
            let runs = try study.runs(arms, known: file?.runs ?? []) { run in
                try file?.add(run)
                return !StopRequest.isRequested
            }
            progress.done()
            guard runs.count == arms.count * seeds else { throw StopRequest.exitCode }
            let report = SweepOfTunings(
                isCoupled: !noCoupling, isDrifting: !noDrift, settings: study.settings, runs: runs)
            if json { try report.json() } else { report.show() }
        }
    }

    private func arms() throws -> [TuningStudy.Arm] {
        func list(_ text: String) -> [String] { text == "-" ? [] : text.split(separator: ",").map(String.init) }
        var arms = try list(methods).map { name in
            guard let method = TuningMethodName(rawValue: name), method != .q else {
                throw ValidationError("--methods: “\(name)” is none of none, random, coordinate, cma-es, gp")
            }
            return TuningStudy.Arm(name, method)
        }
        let films = SimulatedBench().films
        arms += try list(teams).map { .init($0, .q, try TeamPartition($0, agents: films, standard: films)) }
        guard !arms.isEmpty else { throw ValidationError("--teams and --methods name nothing to compare") }
        return arms
    }
}

/// Runs of studies, a line for each. What is there is never changed.
private final class TuningStore: Sendable {
    let runs: [TuningStudy.Run]
    private let path: String

    init(_ path: String) throws {
        self.path = path
        var found: [TuningStudy.Run] = []
        if let data = FileManager.default.contents(atPath: path) {
            for (place, line) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
                // A line that was cut by a kill is done again.
                if let run = try? JSONDecoder().decode(TuningStudy.Run.self, from: line) {
                    found.append(run)
                } else if place == 0 {
                    throw TuningError(.badFile(file: path, why: "it is no store of tunings; name another"))
                }
            }
        }
        runs = found
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw OutputError(path: path, reason: .system(call: "open", code: errno)) }
        close(descriptor)
    }

    func add(_ run: TuningStudy.Run) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // A line that was cut ends here.
        let bytes = [0x0A] + Array(try encoder.encode(run)) + [0x0A]
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { throw OutputError(path: path, reason: .system(call: "open", code: errno)) }
        defer { close(descriptor) }
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw OutputError(path: path, reason: .system(call: "write", code: errno))
        }
    }
}
