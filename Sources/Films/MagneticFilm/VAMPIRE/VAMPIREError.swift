public import Failures

/// A run folder of VAMPIRE that cannot be read or run.
public struct VAMPIREError: Failure, Equatable {
    public enum Reason: Equatable, Sendable {
        case noSuchFile
        case notText
        case missingKey(String, example: String)
        /// A line that is no `key:word = value !unit`.
        case syntax(found: String)
        case value(key: String, expected: String, found: String)
        case unit(key: String, expected: [String], found: String)
        /// Something that VAMPIRE can do and this film cannot.
        case unsupported(key: String, found: String, supported: String)
        /// A row of the source file with too few or wrong numbers.
        case row(expected: String, found: String)
        case rows(expected: String, found: Int)
        case film(FilmError)
        case notWritten(String)
    }

    public var file: String
    /// Counted from 1; 0 when the file as a whole is meant.
    public var line: Int
    public var reason: Reason

    public init(_ reason: Reason, file: String, line: Int = 0) {
        self.reason = reason
        self.file = file
        self.line = line
    }

    public var kind: FailureKind {
        switch reason {
        case .noSuchFile: .missingInput
        case .notWritten: .inputOutput
        default: .badInput
        }
    }

    public var description: String {
        let place = line > 0 ? "\(file):\(line)" : file
        return switch reason {
        case .noSuchFile:
            "\(place): no such file; a run folder holds input, the material file that it names and sourcefield.txt"
        case .notText: "\(place): not a text file"
        case .missingKey(let key, let example): "\(place): the key \(key) is missing; add for example `\(example)`"
        case .syntax(let found): "\(place): expected `key:word = value !unit`, found “\(found)”"
        case .value(let key, let expected, let found): "\(place): \(key) must be \(expected), found “\(found)”"
        case .unit(let key, let expected, let found):
            "\(place): \(key) needs one of the units \(expected.joined(separator: ", ")), found “!\(found)”"
        case .unsupported(let key, let found, let supported):
            "\(place): \(key) = \(found) is not supported by this film, only \(supported); run VAMPIRE itself for it"
        case .row(let expected, let found): "\(place): expected \(expected), found \(found)"
        case .rows(let expected, let found): "\(place): expected \(expected), found \(found)"
        case .film(let error): "\(place): \(error)"
        case .notWritten(let cause): "\(place): cannot be written: \(cause)"
        }
    }
}

/// Something in a run folder that one should know: an ignored key, a long time step.
public struct VAMPIREWarning: Equatable, Sendable, CustomStringConvertible {
    public var file: String
    /// 0 when the file as a whole is meant.
    public var line: Int
    public var text: String

    init(file: String, line: Int = 0, text: String) {
        self.file = file
        self.line = line
        self.text = text
    }

    init(ignoredKey key: String, file: String, line: Int) {
        self.init(file: file, line: line, text: "the key \(key) was ignored")
    }

    public var description: String { line > 0 ? "\(file):\(line): \(text)" : "\(file): \(text)" }
}
