public import Settings
import Signals

/// The settings of one device of a rig, as its kind reads them.
public struct DeviceSettings: Sendable {
    /// Name of the device in the rig.
    public let device: String
    /// Where the settings stand, for messages; the line counts from 1.
    public let file: String
    public let line: Int
    private let values: [String: Setting]
    private let lines: [String: Int]

    /// - Parameters:
    ///   - values: by their keys.
    ///   - device: the device's name.
    ///   - file: for messages.
    ///   - line: of the table, counted from 1; 0 where there is no file.
    ///   - lines: those of the keys, where they are known.
    public init(
        _ values: [String: Setting] = [:], device: String, file: String = "rig", line: Int = 0, lines: [String: Int] = [:]
    ) {
        self.values = values
        self.lines = lines
        self.device = device
        self.file = file
        self.line = line
    }

    subscript(_ key: String) -> Setting? { values[key] }

    /// - Throws: the first key, by the alphabet, that is not known.
    func allow(_ known: [String]) throws(SettingsError) {
        guard let key = values.keys.sorted().first(where: { !known.contains($0) }) else { return }
        throw error(.unknownKey(key, known: known))
    }

    func integer(
        _ key: String, in range: ClosedRange<Int>, byDefault value: Int
    ) throws(SettingsError) -> Int {
        guard let setting = values[key] else { return value }
        guard let number = setting.integer, range.contains(number) else {
            throw invalid(
                key, "\(setting)", expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Milliseconds that a level of a digital line must last to count.
    func debounceMs() throws(SettingsError) -> Double {
        guard let setting = values["debounce_ms"] else { return LineDebouncer.usual * 1e3 }
        guard let number = setting.number, DecoderConfiguration.debounces.contains(number) else {
            throw invalid("debounce_ms", "\(setting)", expected: "a number from 0 to 1000")
        }
        return number
    }

    func boolean(_ key: String) throws(SettingsError) -> Bool? {
        guard let setting = values[key] else { return nil }
        guard let value = setting.boolean else { throw invalid(key, "\(setting)", expected: "true or false") }
        return value
    }

    func text(_ key: String) throws(SettingsError) -> String? {
        guard let setting = values[key] else { return nil }
        guard let text = setting.string, !text.isEmpty else { throw invalid(key, "\(setting)", expected: "a text in quotes") }
        return text
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ type: Choice.Type
    ) throws(SettingsError) -> Choice? {
        guard let setting = values[key] else { return nil }
        guard let choice = setting.string.flatMap(Choice.init(rawValue:)) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw invalid(key, setting.string ?? "\(setting)", expected: "one of \(names)")
        }
        return choice
    }

    func invalid(_ key: String, _ value: String, expected: String) -> SettingsError {
        error(.invalidValue(key: key, value: value, expected: expected))
    }

    func error(_ reason: SettingsError.Reason) -> SettingsError {
        let key: String? =
            switch reason {
            case .unknownKey(let key, _), .wrongType(let key, _, _), .invalidValue(let key, _, _): key
            default: nil
            }
        return SettingsError(file: file, line: key.flatMap { lines[$0] } ?? line, reason: reason)
    }
}
