public import Failures
import Glibc

/// A recording that cannot be made or read: which file, what is wrong, what to do.
public struct SessionError: Failure, Equatable {
    public enum Reason: Equatable, Sendable {
        /// A system call failed; `errno` and its text.
        case system(call: String, code: Int32)
        case alreadyExists
        case inUse
        case notASession
        /// A recording is there, but its manifest is not.
        case manifestMissing
        case diskAlmostFull(freeBytes: UInt64)
        case damaged(offset: Int, expected: String, found: String)
        /// A field of a file of JSON; "" for the whole of it.
        case badField(field: String, expected: String, found: String, remedy: String)
        case unsupported(String)
        /// A folder or a device in place of a file.
        case noFile(String)
        /// A manifest names something that is no file of its own session.
        case foreignName(entry: String, name: String, expected: String)
    }

    public var path: String
    public var reason: Reason

    public init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }

    public var kind: FailureKind {
        switch reason {
        case .notASession, .noFile, .system("open", ENOENT), .system("open", ENOTDIR): .missingInput
        case .system("open", EACCES): .ofInput(at: path, otherwise: .inputOutput)
        case .damaged, .badField, .unsupported, .manifestMissing, .foreignName: .badInput
        default: .inputOutput
        }
    }

    public var description: String {
        switch reason {
        case .system(let call, let code):
            "\(path): \(call) failed: \(String(cString: strerror(code)))"
        case .alreadyExists:
            "\(path): already exists and is not empty; recordings are never overwritten, choose another folder"
        case .inUse:
            "\(path): another recorder is writing to this folder"
        case .notASession:
            "\(path): not a session folder (it has no session.json)"
        case .manifestMissing:
            "\(path): session.json is missing; `larmor sessions repair` makes a new one from the recording and the wire logs"
        case .diskAlmostFull(let free):
            "\(path): only \(free / 1_048_576) MB are free on this disk, and a recording ends while there is room to close it; "
                + "free some space and start another"
        case .damaged(let offset, let expected, let found):
            "\(path): damaged at byte \(offset): expected \(expected), found \(found)"
        case .badField(let field, let expected, let found, let remedy):
            "\(path): damaged: \(field.isEmpty ? "it is" : "“\(field.prefix(200))” is") not as it should be: expected \(expected), found "
                + "\(found); \(remedy)"
        case .foreignName(let entry, let name, let expected):
            "\(path): \(entry) is “\(name)”, expected \(expected); no file outside of the session's folder is touched"
        case .unsupported(let what), .noFile(let what):
            "\(path): \(what)"
        }
    }
}
