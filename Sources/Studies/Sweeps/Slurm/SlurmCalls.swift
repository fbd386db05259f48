import Foundation
import Programs

/// The programs of Slurm: sbatch, squeue, sacct.
public struct SlurmCalls: Sendable {
    /// What a program said.
    public struct Answer: Sendable, Equatable {
        public var exitCode: Int32
        public var output: String
        public var error: String

        public init(exitCode: Int32, output: String = "", error: String = "") {
            (self.exitCode, self.output, self.error) = (exitCode, output, error)
        }

        /// Its last words, for a message.
        var words: String {
            let text = error.isEmpty ? output : error
            let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            return lines.isEmpty ? "exit code \(exitCode)" : lines.joined(separator: " ")
        }

        /// The controller does not answer, which may pass.
        var isUnreachable: Bool {
            let text = (error + output).lowercased()
            return [
                "unable to contact slurm controller", "connection refused", "socket timed out", "connection timed out",
                "temporarily unable", "zero bytes were transmitted", "communication connection failure",
                "protocol authentication error", "does not answer",
            ].contains { text.contains($0) }
        }
    }

    /// Runs a program; nil when it is not installed.
    public typealias Call = @Sendable (_ program: String, _ arguments: [String]) -> Answer?

    private let call: Call

    /// - Parameter call: in place of the programs that are installed.
    public init(_ call: @escaping Call = SlurmCalls.installed) { self.call = call }

    /// Seconds that a program may take.
    private static let patience = 60.0

    /// Runs the program of that name on PATH.
    public static let installed: Call = { name, arguments in
        let file = NSTemporaryDirectory() + "/larmor-\(name)-\(UUID())"
        defer { unlink(file) }
        guard let program = try? ChildProgram(name, arguments, output: .pipe, error: .file(file)) else { return nil }
        var output: [UInt8] = []
        let begin = ContinuousClock.now
        while let piece = program.read(timeout: 0.1) {
            output += piece
            if ContinuousClock.now - begin > .seconds(patience) {
                program.stop(patience: 1)
                return Answer(exitCode: 1, error: "\(name) does not answer")
            }
        }
        let end = program.wait()
        let error = String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
        guard case .exit(let code) = end else { return Answer(exitCode: 1, error: end.map { "\(name) \($0)" } ?? name) }
        return Answer(exitCode: code, output: String(decoding: output, as: UTF8.self), error: error)
    }

    /// A task of a job array.
    struct Task: Sendable, Equatable {
        /// The array's number.
        var job: String
        var index: Int
        /// "RUNNING"
        var state: String
        var name: String
        /// Why it waits: "Resources".
        var reason: String

        /// Its node could not start it. Slurm keeps such a task back until somebody lets it go.
        var isHeldBack: Bool { state == "PENDING" && reason.contains("requeued held") }

        /// It runs, or may still.
        var isActive: Bool {
            !isHeldBack
                && ![
                    "BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED",
                    "REVOKED",
                    "TIMEOUT",
                ].contains(state)
        }
    }

    /// All tasks of this user that the controller knows, ended ones for some minutes.
    /// - Returns: nil when it does not answer.
    /// - Throws: ``SweepError`` when there is no squeue.
    func tasks() throws(SweepError) -> [Task]? {
        guard let answer = call("squeue", ["--noheader", "--array", "--me", "--states=all", "--format=%F|%K|%T|%j|%r"]) else {
            throw SweepError(
                path: "squeue", reason: .slurm("squeue", "it is not installed, or not on PATH; run this where Slurm is"))
        }
        guard answer.exitCode == 0 else { return nil }
        return answer.output.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard cells.count >= 5, let index = Int(cells[1]) else { return nil }
            return Task(job: cells[0], index: index, state: cells[2], name: cells[3], reason: cells[4])
        }
    }

    /// Hands in a job array.
    /// - Returns: the array's number; nil when the controller does not answer, and may have it or not.
    /// - Throws: ``SweepError`` when it is refused.
    func submit(_ arguments: [String]) throws(SweepError) -> String? {
        guard let answer = call("sbatch", arguments) else {
            throw SweepError(
                path: "sbatch", reason: .slurm("sbatch", "it is not installed, or not on PATH; run this where Slurm is"))
        }
        if answer.exitCode != 0, answer.isUnreachable { return nil }
        let job = answer.output.split(separator: "\n").last?.split(separator: ";").first.map(String.init) ?? ""
        guard answer.exitCode == 0, !job.isEmpty, job.allSatisfy(\.isNumber) else {
            throw SweepError(path: "sbatch", reason: .slurm("sbatch", answer.words))
        }
        return job
    }

    /// Takes a task that is held back out of the queue.
    func cancel(_ task: Task) { _ = call("scancel", ["\(task.job)_\(task.index)"]) }

    /// How a task that the controller has forgotten ended: "NODE_FAIL"; nil where there is no accounting.
    func accountedState(job: String, index: Int) -> String? {
        guard
            let answer = call(
                "sacct", ["--noheader", "--parsable2", "--allocations", "--jobs=\(job)_\(index)", "--format=State"]),
            answer.exitCode == 0, let line = answer.output.split(separator: "\n").last
        else { return nil }
        return line.split(separator: " ").first.map(String.init)
    }
}
