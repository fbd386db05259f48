/// An error that a person gets to read: every module's errors say what kind they are, so that a command ends with a conventional
/// exit code without knowing the modules.
///
/// An error's description names the file or the device, the place, what was expected, and what to do.
public protocol Failure: Error, CustomStringConvertible {
    var kind: FailureKind { get }
}

/// Kinds of failures; the raw value is the exit code of sysexits.h.
public enum FailureKind: Int32, Sendable {
    /// What was looked at is not as it should be.
    case checkFailed = 1
    /// The command was called with options that do not go together.
    case usage = 64
    /// The input is damaged, of another format, or says what cannot be.
    case badInput = 65
    /// The input is not there, or cannot be opened.
    case missingInput = 66
    /// A device, a program or a service is not there.
    case unavailable = 69
    /// The system has no more of something: threads, descriptors.
    case system = 71
    /// Reading or writing failed.
    case inputOutput = 74
}
