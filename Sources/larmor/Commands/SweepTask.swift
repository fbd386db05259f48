import ArgumentParser
import Foundation
import Sweeps

/// What a task of a Slurm job array runs; the job script calls it.
struct SweepTask: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task", abstract: "Runs one task of a sweep's job array.", shouldDisplay: false)

    @Argument(help: "The array's folder.")
    var folder: String

    @Argument(help: "The task's number, from 0.")
    var index: Int

    func run() throws {
        StopRequest.install()
        try reportingFailures {
            guard try SlurmPlan.runTask(index, in: folder, isStopped: { StopRequest.isRequested }) else {
                throw StopRequest.exitCode
            }
        }
    }
}
