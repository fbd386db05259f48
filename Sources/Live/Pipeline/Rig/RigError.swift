/// A rig file that cannot be used: where, what was expected, what was found, what to do.
public struct RigError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Reason: Equatable, Sendable {
        case unreadable(String)
        case syntax(String)
        case unknownKey(String, nearest: String?)
        case missingKey(String, inTable: String)
        case wrongType(key: String, expected: String, found: String)
        case invalidValue(key: String, value: String, expected: String)
        case duplicateDevice(String)
        case unknownDevice(String, known: [String])
        case unknownStream(String, known: [String])
    }

    public var file: String
    /// 1-based; 0 when the error belongs to the whole file.
    public var line: Int
    public var reason: Reason

    public init(file: String, line: Int, reason: Reason) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    public var description: String {
        let place = line > 0 ? "\(file):\(line)" : file
        switch reason {
        case .unreadable(let cause):
            return "\(place): cannot be read: \(cause)"
        case .syntax(let message):
            return "\(place): not valid TOML: \(message)"
        case .unknownKey(let key, let nearest):
            return "\(place): unknown key “\(key)”" + (nearest.map { "; did you mean “\($0)”?" } ?? "")
        case .missingKey(let key, let table):
            return "\(place): \(table) needs the key “\(key)”"
        case .wrongType(let key, let expected, let found):
            return "\(place): “\(key)” must be \(expected), found \(found)"
        case .invalidValue(let key, let value, let expected):
            return "\(place): “\(key)” is “\(value)”, expected \(expected)"
        case .duplicateDevice(let name):
            return "\(place): there is already a device named “\(name)”; give each its own name"
        case .unknownDevice(let name, let known):
            return "\(place): no device is named “\(name)”; the rig has \(list(known))"
        case .unknownStream(let name, let known):
            return "\(place): no stream is named “\(name)”; the rig has \(list(known))"
        }
    }

    private func list(_ names: [String]) -> String {
        names.isEmpty ? "none" : names.map { "“\($0)”" }.joined(separator: ", ")
    }
}
