import Signals

/// A value of a rig file's free-form settings table.
public enum Setting: Equatable, Sendable {
    case string(String)
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case list([Setting])

    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var integer: Int? { if case .integer(let value) = self { value } else { nil } }
    public var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
    public var list: [Setting]? { if case .list(let value) = self { value } else { nil } }

    /// An integer counts as a number.
    public var number: Double? {
        switch self {
        case .number(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }

    /// How the value's type is called in messages.
    public var typeName: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .number: "a number"
        case .boolean: "true or false"
        case .list: "a list"
        }
    }
}

/// As a rig file has it.
extension Setting: CustomStringConvertible {
    public var description: String {
        switch self {
        case .string(let value): value
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .boolean(let value): "\(value)"
        case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        }
    }
}

/// The settings of one device of a rig, as its kind reads them.
public struct DeviceSettings: Sendable {
    /// Name of the device in the rig.
    public let device: String
    /// Where the settings stand, for messages; the line counts from 1.
    public let file: String
    public let line: Int
    private let values: [String: Setting]

    public init(_ values: [String: Setting] = [:], device: String, file: String = "rig", line: Int = 0) {
        self.values = values
        self.device = device
        self.file = file
        self.line = line
    }

    subscript(_ key: String) -> Setting? { values[key] }

    /// - Throws: the first key, by the alphabet, that is not known.
    func allow(_ known: [String]) throws(DeviceSettingsError) {
        guard let key = values.keys.sorted().first(where: { !known.contains($0) }) else { return }
        throw error(.unknownKey(key, known: known))
    }

    func integer(
        _ key: String, in range: ClosedRange<Int>, byDefault value: Int
    ) throws(DeviceSettingsError) -> Int {
        guard let setting = values[key] else { return value }
        guard let number = setting.integer, range.contains(number) else {
            throw invalid(
                key, "\(setting)", expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Milliseconds that a level of a digital line must last to count.
    func debounceMs() throws(DeviceSettingsError) -> Double {
        guard let setting = values["debounce_ms"] else { return LineDebouncer.usual * 1e3 }
        guard let number = setting.number, DecoderConfiguration.debounces.contains(number) else {
            throw invalid("debounce_ms", "\(setting)", expected: "a number from 0 to 1000")
        }
        return number
    }

    func boolean(_ key: String) throws(DeviceSettingsError) -> Bool? {
        guard let setting = values[key] else { return nil }
        guard let value = setting.boolean else { throw invalid(key, "\(setting)", expected: "true or false") }
        return value
    }

    func text(_ key: String) throws(DeviceSettingsError) -> String? {
        guard let setting = values[key] else { return nil }
        guard let text = setting.string, !text.isEmpty else { throw invalid(key, "\(setting)", expected: "a text in quotes") }
        return text
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ type: Choice.Type
    ) throws(DeviceSettingsError) -> Choice? {
        guard let setting = values[key] else { return nil }
        guard let choice = setting.string.flatMap(Choice.init(rawValue:)) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw invalid(key, setting.string ?? "\(setting)", expected: "one of \(names)")
        }
        return choice
    }

    func invalid(_ key: String, _ value: String, expected: String) -> DeviceSettingsError {
        error(.invalidValue(key: key, value: value, expected: expected))
    }

    func error(_ reason: DeviceSettingsError.Reason) -> DeviceSettingsError {
        DeviceSettingsError(file: file, line: line, reason: reason)
    }
}

/// A setting that a driver does not have or cannot use.
public struct DeviceSettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Reason: Equatable, Sendable {
        case unknownKey(String, known: [String])
        case missingKey(String, inTable: String)
        case invalidValue(key: String, value: String, expected: String)
    }

    public var file: String
    public var line: Int
    public var reason: Reason

    public var description: String {
        let place = line > 0 ? "\(file):\(line)" : file
        switch reason {
        case .unknownKey(let key, let known):
            return "\(place): unknown key “\(key)”, expected "
                + (known.isEmpty ? "no settings" : "one of \(known.joined(separator: ", "))")
        case .missingKey(let key, let table): return "\(place): \(table) needs the key “\(key)”"
        case .invalidValue(let key, let value, let expected): return "\(place): “\(key)” is “\(value)”, expected \(expected)"
        }
    }
}
