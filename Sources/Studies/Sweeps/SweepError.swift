public import Failures
public import StudyFiles

/// A sweep that cannot begin, go on or be reported: which file, why, what to do.
public struct SweepError: Failure, Equatable {
    public enum Reason: Equatable, Sendable {
        /// Also of the lock and the folder beside it.
        case store(StoreFault)
        /// The program's version that began the sweep.
        case otherVersion(String, own: String)
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
    }

    /// The store's file, or the one that the reason is about.
    public var path: String
    public var reason: Reason

    public init(path: String, reason: Reason) { (self.path, self.reason) = (path, reason) }

    public var kind: FailureKind {
        switch reason {
        case .store(let fault): fault.kind
        case .otherVersion, .changed, .grown, .dataChanged, .leftovers, .noPlan: .badInput
        case .inSlurm, .slurm: .unavailable
        }
    }

    public var description: String { "\(path): \(text)" }

    private var text: String {
        switch reason {
        case .store(let fault):
            fault.text(study: "sweep", maker: "larmor sweep run FILE.toml", anew: "begin anew with --output FOLDER")
        case .otherVersion(let found, let own):
            "larmor \(found) began this sweep and this is \(own), whose results might not compare; go on with \(found), or begin anew with "
                + "--output FOLDER. `larmor sweep report` reads it"
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
        }
    }
}
