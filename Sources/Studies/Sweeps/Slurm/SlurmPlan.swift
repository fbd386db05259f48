import Foundation
import Outputs

/// What the tasks of one job array do. It lies in a folder of the sweep, beside the results that the tasks write:
///
///     slurm/3/plan.json    this plan
///     slurm/3/job.sh       the job script
///     slurm/3/results/     NUMBER.begun and NUMBER.json for each point, written by the tasks
///     slurm/3/logs/        what the tasks printed
///
/// No task opens the store: SQLite's locks cannot be relied on over a network's disk.
public struct SlurmPlan: Codable, Sendable {
    /// Points of each task, which it runs one after the other.
    public var tasks: [[PointCommand]]

    public init(tasks: [[PointCommand]]) { self.tasks = tasks }

    /// - Throws: ``SweepError``.
    public init(folder: String) throws(SweepError) {
        let path = folder + "/plan.json"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SweepError(path: path, reason: .noPlan("it cannot be read"))
        }
        do {
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch {
            throw SweepError(path: path, reason: .noPlan("it is damaged, or another version's"))
        }
    }

    func write(to folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try OutputFile.write(Array(try encoder.encode(self)), to: folder + "/plan.json")
    }

    /// Runs one task. A task that runs again, because its node was lost, runs what has no result yet.
    /// - Returns: false when it was stopped.
    /// - Throws: ``SweepError``: no such task; `OutputError`: a result cannot be written.
    public static func runTask(_ index: Int, in folder: String, isStopped: () -> Bool) throws -> Bool {
        let plan = try SlurmPlan(folder: folder)
        guard plan.tasks.indices.contains(index) else {
            throw SweepError(path: folder, reason: .noPlan("there is no task \(index)"))
        }
        for command in plan.tasks[index] {
            let base = folder + "/results/\(command.number)"
            if FileManager.default.fileExists(atPath: base + ".json") { continue }
            try OutputFile.write("", to: base + ".begun")
            guard !isStopped(), case .ended(let outcome) = command.run(isStopped: isStopped) else { return false }
            // Under its name only when it is whole and on the disk.
            try OutputFile.write(Array(try JSONEncoder().encode(outcome)), to: base + ".json")
        }
        return true
    }
}
