public import Failures
import Glibc

/// An audio file that cannot be used: which, why, what to do.
public struct AudioError: Failure, Equatable {
    /// What is wrong.
    public enum Reason: Equatable, Sendable {
        case unreadable(String)
        case notWritten(String)
        case resampling(String)
        /// No file in the folder is named `LABEL_SPEAKER_INDEX.wav`.
        case noLabelledFiles
        /// A WAV file of the folder has another kind of name.
        case badName(String)
    }

    /// The file or folder.
    public var path: String
    public var reason: Reason

    public init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }

    public var kind: FailureKind {
        switch reason {
        case .notWritten: .inputOutput
        case .unreadable: .ofInput(at: path)
        default: .badInput
        }
    }

    public var description: String {
        switch reason {
        case .unreadable(let cause): "\(path): not a readable audio file: \(cause)"
        case .notWritten(let cause): "\(path): cannot be written: \(cause)"
        case .resampling(let cause): "\(path): cannot be resampled: \(cause)"
        case .noLabelledFiles:
            "\(path): expected audio files named LABEL_SPEAKER_INDEX.wav (for example 7_theo_12.wav), found none"
        case .badName(let name): "\(path): “\(name)” is not named LABEL_SPEAKER_INDEX.wav"
        }
    }
}
