import ArgumentParser
import Failures
import Foundation
import Logging
import Sweeps

struct SweepRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs the points of a sweep, or goes on with it.",
        discussion: """
            Example: larmor sweep run rigs/film-sweep.toml --output sweeps

            Each point is a process of its own. Results are kept in NAME.sqlite, files of the points in NAME.points. After Ctrl-C, a crash or \
            a power cut the same command goes on: points that are done are never run again. With --engine slurm the points are tasks of \
            job arrays, which go on when this command ends; the same command collects their results.
            """)

    enum Engine: String, ExpressibleByArgument, CaseIterable { case local, slurm }

    @Argument(help: "The sweep file, TOML.")
    var file: String

    @Option(help: "Folder for store and points. (default: the sweep file's)")
    var output: String?

    @Option(help: "Where points run: local, on this machine, or slurm, as a job array.")
    var engine = Engine.local

    @Option(help: "Points at once. (default: one for each core)")
    var jobs: Int?

    @Option(help: "Seconds that a point may take.")
    var limit: Double?

    @Option(help: "How often a point that fails is tried again.")
    var retries = 2

    @Flag(help: "Try points that have failed anew.")
    var retryFailed = false

    @Flag(help: "Take points that were added to the sweep file.")
    var extend = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (1...4096).contains(jobs ?? 1) else { throw ValidationError("--jobs must be from 1 to 4096") }
        guard limit.map({ $0 > 0 && $0 <= 1e9 }) ?? true else { throw ValidationError("--limit must be above 0") }
        guard (0...1000).contains(retries) else { throw ValidationError("--retries must be from 0 to 1000") }
        if engine == .slurm, jobs != nil {
            throw ValidationError("--jobs is of the engine local; with Slurm “array_limit” in the sweep file says how many")
        }
    }

    func run() throws {
        try reportingFailures {
            let begin = ContinuousClock.now
            let session = try SweepSession(file: file, output: output, extend: extend)
            defer { session.lock.release() }
            // Until here, a pipe that nobody writes to included, a signal ends the program at once; what was made by then is whole.
            StopRequest.install()
            let (sweep, place, store) = (session.sweep, session.place, session.store)
            var line = ProgressLine(sweep.name)
            let (limit, attempts) = (self.limit, 1 + retries)
            let command = { @Sendable (point: SweepPoint) in
                PointCommand(point, of: sweep, program: OwnProgram.path, place: place, limit: limit)
            }
            let show = { (progress: SweepProgress) in line.show(progress.fraction, SweepWords.progress(progress, sweep)) }
            let slurm = SlurmEngine(store, sweep, place, attempts: attempts, program: OwnProgram.path, command: command)
            if engine == .local { try slurm.settle() }
            try store.prepare(attempts: attempts, retryFailed: retryFailed)
            let before = try store.counts()
            if before.ended > 0, before.ended < before.all {
                Console.note(
                    "\(place.store): goes on, \(before.ended) of \(Console.count(before.all, "point")) are there already")
            }
            var jobs: [String] = []
            switch engine {
            case .local:
                try LocalEngine(
                    store, objective: sweep.objective, jobs: self.jobs ?? ProcessInfo.processInfo.activeProcessorCount,
                    attempts: attempts
                ) { point, isStopped in
                    command(point.point).run(isStopped: isStopped)
                }.untilDone(isStopped: { StopRequest.isRequested }, progress: show)
            case .slurm: jobs = try slurm.untilDone(isStopped: { StopRequest.isRequested }, progress: show)
            }
            line.done()
            let seconds = (ContinuousClock.now - begin) / .seconds(1)
            try tell(try SweepSummary(store, sweep, place, seconds: seconds), jobs: jobs)
        }
    }

    /// - Parameter jobs: of Slurm that go on.
    private func tell(_ summary: SweepSummary, jobs: [String]) throws {
        if json { try Console.json(summary) } else { Console.result(summary.text) }
        if summary.waiting + summary.running > 0 {
            let again =
                jobs.isEmpty
                ? "the same command goes on"
                : "Slurm goes on (job \(jobs.joined(separator: ", ")), scancel ends it), and the same command collects its results"
            Console.note(
                "larmor: stopped; \(summary.store) has \(summary.done) of \(Console.count(summary.points, "point")); \(again)")
            throw StopRequest.exitCode
        }
        if summary.failed > 0 {
            Console.note("larmor: \(Console.count(summary.failed, "point")) failed; --retry-failed tries them again")
            throw ExitCode(FailureKind.checkFailed.rawValue)
        }
    }
}
