public import Failures
import Glibc

/// A sweep that cannot begin, go on or be reported: which file, why, what to do.
public struct SweepError: Failure, Equatable {
    public enum Reason: Equatable, Sendable {
        /// There is no store yet.
        case missing
        /// A file of another program's.
        case foreign
        /// The number of the store's form.
        case otherFormat(Int, expected: Int)
        /// The program's version that began the sweep.
        case otherVersion(String, own: String)
        /// SQLite's words.
        case damaged(String)
        /// Another process runs the same sweep.
        case inUse
        case busy
        /// What the sweep file says otherwise than the store.
        case changed([String])
        /// Points that were added to the sweep file.
        case grown(Int)
        /// A file that the command reads is another one than it was.
        case dataChanged(String)
        /// Files of points, and no store that knows them.
        case leftovers(String)
        /// Slurm's jobs that work on points of the sweep.
        case inSlurm([String])
        /// A program of Slurm's, and its words.
        case slurm(String, String)
        /// A plan of a Slurm task that cannot be read.
        case noPlan(String)
        case system(call: String, code: Int32)
    }

    /// The store's file, or the one that the reason is about.
    public var path: String
    public var reason: Reason

    public init(path: String, reason: Reason) { (self.path, self.reason) = (path, reason) }

    public var kind: FailureKind {
        switch reason {
        case .missing: .missingInput
        case .foreign, .otherFormat, .otherVersion, .damaged, .changed, .grown, .dataChanged, .leftovers, .noPlan: .badInput
        case .inUse, .busy, .inSlurm, .slurm: .unavailable
        case .system: .inputOutput
        }
    }

    public var description: String { "\(path): \(text)" }

    private var text: String {
        switch reason {
        case .missing: "there is no such store; `larmor sweep run FILE.toml` makes one"
        case .foreign: "it is no store of a sweep, and stays as it is; name another folder with --output"
        case .otherFormat(let found, let expected):
            "the store has form \(found), expected \(expected): another version of larmor made it; use that version, or begin anew with "
                + "--output FOLDER"
        case .otherVersion(let found, let own):
            "larmor \(found) began this sweep and this is \(own), whose results might not compare; go on with \(found), or begin anew with "
                + "--output FOLDER. `larmor sweep report` reads it"
        case .damaged(let words): "the store is damaged (SQLite: \(words)); keep a copy, and begin anew with --output FOLDER"
        case .inUse: "another process runs this sweep; wait for it, or end it"
        case .busy: "another program is writing to the store; wait for it"
        case .changed(let what):
            "the store belongs to another sweep file: \(what.joined(separator: ", ")) changed; take the changes back, or begin anew with "
                + "--output FOLDER"
        case .grown(let count):
            "the sweep file has \(count == 1 ? "1 point" : "\(count) points") more than the store; --extend adds them, and keeps what is done"
        case .dataChanged(let file):
            "“\(file)”, which the command reads, is not what it was when the sweep began; restore it, or begin anew with --output FOLDER"
        case .leftovers(let folder):
            "there is no store, but \(folder) has files of points; delete that folder, or name another one with --output"
        case .inSlurm(let jobs):
            "Slurm still works on points of this sweep (job \(jobs.joined(separator: ", "))); go on with --engine slurm, or end it with scancel"
        case .slurm(let program, let words): "\(program) failed: \(words)"
        case .noPlan(let why): "it is no plan of a Slurm task: \(why); `larmor sweep run` writes one"
        case .system(let call, let code): "\(call) failed: \(String(cString: strerror(code)))"
        }
    }
}
