import Foundation
import Sweeps
import Synchronization

/// A queue of Slurm's in memory: it hands out numbers, and its tasks end as a test says.
final class VirtualSlurm: Sendable {
    struct Job {
        var name: String
        /// The array's folder.
        var folder: String
        var states: [String]
        var script: String
        var reason = "None"
    }

    struct State {
        var jobs: [Int: Job] = [:]
        var isAnswering = true
        /// sbatch takes the job and does not say so.
        var losesAnswers = false
        var refusal: String?
        /// What scancel was called for.
        var cancelled: [String] = []
        /// sbatch was called so often.
        var calls = 0
    }

    let state = Mutex(State())

    var calls: SlurmCalls { SlurmCalls { [self] program, arguments in answer(program, arguments) } }

    private func answer(_ program: String, _ arguments: [String]) -> SlurmCalls.Answer? {
        state.withLock { state in
            let unreachable = SlurmCalls.Answer(
                exitCode: 1, error: "error: Unable to contact slurm controller (connect failure)")
            if program == "sacct" { return .init(exitCode: 1, error: "Slurm accounting storage is disabled") }
            guard state.isAnswering else { return unreachable }
            if program == "scancel" {
                state.cancelled.append(arguments.joined(separator: " "))
                return .init(exitCode: 0)
            }
            if program == "squeue" {
                let lines = state.jobs.sorted { $0.key < $1.key }.flatMap { number, job in
                    job.states.enumerated().map { "\(number)|\($0)|\($1)|\(job.name)|\(job.reason)" }
                }
                return .init(exitCode: 0, output: lines.joined(separator: "\n"))
            }
            state.calls += 1
            if let refusal = state.refusal { return .init(exitCode: 1, error: "sbatch: error: \(refusal)") }
            let file = arguments.last ?? ""
            let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
            func directive(_ name: String) -> String {
                text.split(separator: "\n").first { $0.hasPrefix("#SBATCH --\(name)=") }?.split(separator: "=").last.map(
                    String.init) ?? ""
            }
            let last = Int(directive("array").split(separator: "%")[0].split(separator: "-")[1]) ?? 0
            let number = 100 + state.jobs.count
            state.jobs[number] = Job(
                name: directive("job-name"), folder: (file as NSString).deletingLastPathComponent,
                states: Array(repeating: "PENDING", count: last + 1), script: text)
            return state.losesAnswers ? unreachable : .init(exitCode: 0, output: "\(number)\n")
        }
    }

    /// Tasks that Slurm holds and that wait.
    var waiting: [(job: Int, index: Int, folder: String)] {
        state.withLock { state in
            state.jobs.sorted { $0.key < $1.key }.flatMap { number, job in
                job.states.indices.filter { job.states[$0] == "PENDING" }.map { (number, $0, job.folder) }
            }
        }
    }

    func end(_ job: Int, _ index: Int, _ word: String) { state.withLock { $0.jobs[job]?.states[index] = word } }

    /// Runs the tasks that wait, as nodes do.
    func runTasks(_ most: Int = .max) throws {
        for task in waiting.prefix(most) {
            _ = try SlurmPlan.runTask(task.index, in: task.folder) { false }
            end(task.job, task.index, "COMPLETED")
        }
    }
}
