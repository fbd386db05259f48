public import Failures

/// A settings file that cannot be used: where, what was expected, what was found, what to do.
public struct SettingsError: Failure, Equatable {
    /// What is wrong, without words: ``description`` makes the text.
    public enum Reason: Equatable, Sendable {
        /// What to do instead, where there is something to say.
        case missingFile(remedy: String? = nil)
        /// The system's cause.
        case unreadable(String)
        /// Not valid TOML: what stands there and what was expected, in words.
        case syntax(String)
        /// A key that the table does not have; the nearest known one is suggested.
        case unknownKey(String, known: [String])
        case missingKey(String, inTable: String)
        case wrongType(key: String, expected: String, found: String)
        case invalidValue(key: String, value: String, expected: String)
        /// What the values are for does not take them.
        case refused(by: String, remedy: String)
        /// A second thing of one kind ("device") with the same name.
        case duplicateName(String, kind: String)
        /// A name that nothing of its kind ("stream") has.
        case unknownName(String, kind: String, known: [String])
    }

    /// Path of the settings file.
    public var file: String
    /// 1-based; 0 when the error belongs to the whole file.
    public var line: Int
    public var reason: Reason

    public init(file: String, line: Int, reason: Reason) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    public var kind: FailureKind {
        switch reason {
        case .missingFile: .missingInput
        case .unreadable: .ofInput(at: file)
        default: .badInput
        }
    }

    /// Without control characters: the file may be anybody's, and the text goes to a terminal.
    public var description: String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
    }

    private var text: String {
        let place = line > 0 ? "\(file):\(line)" : file
        switch reason {
        case .missingFile(let remedy):
            return "\(place): cannot be read: there is no such file" + (remedy.map { "; \($0)" } ?? "")
        case .unreadable(let cause):
            return "\(place): cannot be read: \(cause)"
        case .syntax(let message):
            return "\(place): not valid TOML: \(message)"
        case .unknownKey(let key, let known):
            if let nearest = nearestName(to: key, in: known) {
                return "\(place): unknown key “\(key)”; did you mean “\(nearest)”?"
            }
            return
                "\(place): unknown key “\(key)”, expected \(known.isEmpty ? "none" : "one of " + known.joined(separator: ", "))"
        case .missingKey(let key, let table):
            return "\(place): \(table) needs the key “\(key)”"
        case .wrongType(let key, let expected, let found):
            return "\(place): “\(key)” must be \(expected), found \(found)"
        case .invalidValue(let key, let value, let expected):
            return "\(place): “\(key)” is “\(value)”, expected \(expected)"
        case .refused(let reader, let remedy):
            return "\(place): \(reader) refuses what is said of it; \(remedy)"
        case .duplicateName(let name, let kind):
            return "\(place): there is already a \(kind) named “\(name)”; give each its own name"
        case .unknownName(let name, let kind, let known):
            let list = known.isEmpty ? "none" : known.map { "“\($0)”" }.joined(separator: ", ")
            return "\(place): no \(kind) is named “\(name)”; there is \(list)"
        }
    }
}
