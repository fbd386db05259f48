public import Failures

/// Why sentences cannot be spoken: which file or voice, and what to do.
public struct SpokenCorpusError: Failure, Equatable {
    public enum Reason: Sendable, Equatable {
        case noSuchFile
        case unreadable(String)
        /// Counted from 1, and what is wrong with it.
        case line(Int, String)
        /// What is wrong with a whole file, or with what was asked of it.
        case contents(String)
        /// What the loader said.
        case missingLibrary(String)
        /// espeak-ng has no such language, or no such variant.
        case noVoice(String)
        /// espeak-ng said nothing of a text.
        case silence(voice: String)
        /// The folder has files already.
        case notEmpty
    }

    /// The file, the folder, the voice or the text.
    public var subject: String
    public var reason: Reason

    public init(_ subject: String, _ reason: Reason) {
        (self.subject, self.reason) = (subject, reason)
    }

    public var kind: FailureKind {
        switch reason {
        case .noSuchFile: .missingInput
        case .unreadable: .ofInput(at: subject)
        case .missingLibrary: .unavailable
        case .noVoice, .notEmpty: .usage
        case .line, .contents, .silence: .badInput
        }
    }

    public var description: String {
        switch reason {
        case .noSuchFile: "\(subject): no such file"
        case .unreadable(let why): "\(subject): cannot be read: \(why)"
        case .line(let line, let problem): "\(subject):\(line): \(problem)"
        case .contents(let problem): "\(subject): \(problem)"
        case .missingLibrary(let detail):
            "espeak-ng's library cannot be loaded (\(detail)); install it with `apt-get install espeak-ng`, or name its file in "
                + Espeak.environmentVariable
        case .noVoice(let known):
            "espeak-ng has no voice “\(subject)”; \(known)"
        case .silence(let voice): "espeak-ng said nothing of “\(subject)” with the voice \(voice)"
        case .notEmpty: "\(subject): the folder is not empty; name a new one"
        }
    }
}
