import Foundation
import Outputs

/// One job array of a sweep: its folder, its script, and how it is handed in.
struct SlurmJob {
    let folder: String
    /// "larmor-1a2b3c4d-3": of this sweep and submission alone.
    let name: String

    /// Tasks of an array: Slurm's own limit, unless the cluster has another.
    static let mostTasks = 1000

    init(place: SweepPlace, token: String, submission: Int) {
        folder = "\(place.slurm)/\(submission)"
        name = Self.name(token, submission)
    }

    static func name(_ token: String, _ submission: Int) -> String { "larmor-\(token)-\(submission)" }

    /// Writes plan and script.
    func write(_ plan: SlurmPlan, program: String, settings: SlurmSettings) throws {
        try? FileManager.default.removeItem(atPath: folder)
        for part in ["results", "logs"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
        }
        try plan.write(to: folder)
        try OutputFile.write(script(plan.tasks.count, program: program, settings), to: folder + "/job.sh")
    }

    func script(_ tasks: Int, program: String, _ settings: SlurmSettings) -> String {
        var lines = ["#!/bin/sh", "#SBATCH --job-name=\(name)"]
        lines.append("#SBATCH --array=0-\(tasks - 1)" + (settings.arrayLimit.map { "%\($0)" } ?? ""))
        if let partition = settings.partition { lines.append("#SBATCH --partition=\(partition)") }
        if let time = settings.time { lines.append("#SBATCH --time=\(time)") }
        lines.append("#SBATCH --ntasks=1")
        if let cpus = settings.cpus { lines.append("#SBATCH --cpus-per-task=\(cpus)") }
        if let memory = settings.memory { lines.append("#SBATCH --mem=\(memory)") }
        lines.append("exec \(Self.quoted(program)) sweep task \(Self.quoted(folder)) \"$SLURM_ARRAY_TASK_ID\"")
        return lines.joined(separator: "\n") + "\n"
    }

    /// Arguments of sbatch. Paths stand here: a line of a script has no way to quote a percent sign.
    var arguments: [String] {
        let log = "\(folder)/logs".replacingOccurrences(of: "%", with: "%%") + "/%a.log"
        return [
            "--parsable", "--output=\(log)", "--open-mode=append", "--chdir=\(FileManager.default.currentDirectoryPath)",
            folder + "/job.sh",
        ]
    }

    /// A word of the shell.
    private static func quoted(_ text: String) -> String { "'" + text.replacingOccurrences(of: "'", with: "'\\''") + "'" }

    // MARK: What the tasks wrote

    /// Of these points, those that have a result, with it.
    func outcomes(_ numbers: [Int]) -> [(number: Int, outcome: PointOutcome)] {
        // One look at the folder, not one at each file: there may be thousands, on a network's disk.
        let names = Set((try? FileManager.default.contentsOfDirectory(atPath: folder + "/results")) ?? [])
        return numbers.filter { names.contains("\($0).json") }.compactMap { number in outcome(number).map { (number, $0) } }
    }

    private func outcome(_ number: Int) -> PointOutcome? {
        guard let data = FileManager.default.contents(atPath: "\(folder)/results/\(number).json") else { return nil }
        return try? JSONDecoder().decode(PointOutcome.self, from: data)
    }

    func isBegun(_ number: Int) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/results/\(number).begun") }

    /// Last lines of a task's log.
    func log(_ index: Int) -> String {
        let text = String(
            decoding: FileManager.default.contents(atPath: "\(folder)/logs/\(index).log") ?? Data(), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).suffix(5).joined(separator: "\n")
    }
}
