public import Failures

/// A corpus that cannot be used: which file and line, and why.
public struct CorpusError: Failure, Equatable {
    public enum Reason: Sendable, Equatable {
        case noSuchFile
        case unreadable(String)
        /// Counted from 1.
        case line(Int, String)
        case noUtterances(String)
        /// A sound of a folder.
        case sound(String, String)
        /// Two utterances that must not be in different splits: their lines, and what they share.
        case leak(first: Int, second: Int, shared: String)
    }

    /// The file or folder.
    public var path: String
    public var reason: Reason

    public init(path: String, reason: Reason) {
        (self.path, self.reason) = (path, reason)
    }

    public var kind: FailureKind {
        switch reason {
        case .noSuchFile: .missingInput
        case .unreadable: .ofInput(at: path)
        default: .badInput
        }
    }

    public var description: String {
        switch reason {
        case .noSuchFile: "\(path): no such file or folder"
        case .unreadable(let why): "\(path): cannot be read: \(why)"
        case .line(let line, let problem): "\(path):\(line): \(problem)"
        case .sound(let name, let problem): "\(path): “\(name)”: \(problem)"
        case .noUtterances(let expected): "\(path): no utterances: expected \(expected)"
        case .leak(let first, let second, let shared):
            "\(path): lines \(first) and \(second) are in different splits and have \(shared) in common;"
                + " `larmor corpus split` makes splits without such leaks"
        }
    }
}
