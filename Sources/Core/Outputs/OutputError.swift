public import Failures
import Glibc

/// A file or folder that a command shall write and cannot, or must not.
public struct OutputError: Failure, Equatable {
    public enum Reason: Equatable, Sendable {
        /// A system call failed; `errno` and its text.
        case system(call: String, code: Int32)
        /// It is one of the files that the same command reads.
        case isInput(String)
        /// It would stand among a session's own files.
        case insideSession(String)
        case isFolder
    }

    public var path: String
    public var reason: Reason

    public init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }

    public var kind: FailureKind {
        switch reason {
        case .isInput, .insideSession: .usage
        case .system, .isFolder: .inputOutput
        }
    }

    /// Why, without the path.
    public var cause: String {
        switch reason {
        case .system(let call, let code): "\(call) failed: \(String(cString: strerror(code)))"
        case .isInput(let input): "it is the input \(input); name another file to write"
        case .insideSession(let session):
            "it is among the files of the session \(session), which nothing is written to; name another place"
        case .isFolder: "it is a folder; name a file"
        }
    }

    public var description: String { "\(path): cannot be written: \(cause)" }
}
