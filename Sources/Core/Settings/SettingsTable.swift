import Foundation
import TOMLKit

/// One table of a settings file (TOML). It accounts for every key: an unknown one is an error that names its line.
package struct SettingsTable {
    /// The name to use in messages.
    package let file: String
    /// Of the table in the file, such as `device[1].settings`; empty for the root.
    package let path: String
    private let lines: SettingsLines
    private let values: [String: Setting]
    private let tables: [String: TOMLTable]
    private let arrays: [String: [TOMLTable]]

    /// Reads a file whole.
    package init(contentsOf path: String) throws(SettingsError) {
        try self.init(toml: Self.text(of: path), file: path)
    }

    /// The text of a settings file, UTF-8.
    package static func text(of path: String) throws(SettingsError) -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            let isThere = FileManager.default.fileExists(atPath: path)
            throw SettingsError(
                file: path, line: 0, reason: isThere ? .unreadable("it is no file that you may read") : .missingFile())
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw SettingsError(file: path, line: 0, reason: .unreadable("it is not UTF-8 text; save it as UTF-8"))
        }
        return text
    }

    /// The root of a document.
    /// - Parameter file: the name to use in messages.
    /// - Throws: ``SettingsError`` with the line that is not TOML.
    package init(toml text: String, file: String) throws(SettingsError) {
        if let place = text.utf8.firstIndex(of: 0) {
            let line = text.utf8[..<place].count { $0 == 0x0A } + 1
            throw SettingsError(file: file, line: line, reason: .syntax("a NUL byte, which text has none of"))
        }
        if let (line, problem) = SettingsLines.fatalPlace(in: text) {
            throw SettingsError(file: file, line: line, reason: .syntax(problem))
        }
        let root: TOMLTable
        do {
            root = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            let (line, column) = (error.source.begin.line, error.source.begin.column)
            let fault = TOMLFault(error.description, line: line, column: column, in: text)
            throw SettingsError(file: file, line: line, reason: .syntax(fault.description))
        } catch {
            throw SettingsError(file: file, line: 0, reason: .syntax("it cannot be read (the parser: \(error))"))
        }
        self.init(root, path: "", file: file, lines: SettingsLines(text))
    }

    private init(_ table: TOMLTable, path: String, file: String, lines: SettingsLines) {
        self.file = file
        self.path = path
        self.lines = lines
        var values: [String: Setting] = [:]
        var tables: [String: TOMLTable] = [:]
        var arrays: [String: [TOMLTable]] = [:]
        for key in table.keys {
            guard let value = table[key] else { continue }
            if let inner = value.table {
                tables[key] = inner
            } else if let array = value.array, !array.isEmpty, array.allSatisfy({ $0.table != nil }) {
                arrays[key] = array.compactMap { $0.table }
            } else if let setting = Self.setting(value) {
                values[key] = setting
            }
        }
        self.values = values
        self.tables = tables
        self.arrays = arrays
    }

    /// Throws at the first key (in line order) that is not in `known`.
    package func allow(_ known: [String]) throws(SettingsError) {
        let unknown = (Array(values.keys) + Array(tables.keys) + Array(arrays.keys)).filter {
            !known.contains($0)
        }
        guard let key = unknown.min(by: { (line(of: $0), $0) < (line(of: $1), $1) }) else { return }
        throw SettingsError(
            file: file, line: line(of: key),
            reason: .unknownKey(key, known: known))
    }

    package func line(of key: String) -> Int {
        // A list of tables begins with its first one.
        let name = arrays[key] == nil ? key : key + "[0]"
        return lines.line(of: path.isEmpty ? name : "\(path).\(name)")
    }

    package var line: Int { path.isEmpty ? 0 : lines.line(of: path) }

    package func table(_ key: String) -> SettingsTable? {
        tables[key].map {
            SettingsTable($0, path: path.isEmpty ? key : "\(path).\(key)", file: file, lines: lines)
        }
    }

    package func tables(_ key: String) -> [SettingsTable] {
        (arrays[key] ?? []).enumerated().map {
            SettingsTable($1, path: (path.isEmpty ? key : "\(path).\(key)") + "[\($0)]", file: file, lines: lines)
        }
    }

    package var settings: [String: Setting] { values }

    /// Keys of tables and of lists of tables, in no order.
    package var tableNames: [String] { Array(tables.keys) + Array(arrays.keys) }

    /// Lines of ``settings`` by their keys.
    package var settingLines: [String: Int] { Dictionary(uniqueKeysWithValues: values.keys.map { ($0, line(of: $0)) }) }

    package func string(_ key: String) throws(SettingsError) -> String? {
        try value(key, expected: "a string") { $0.string }
    }

    package func required(_ key: String) throws(SettingsError) -> String {
        if let value = try string(key) { return value }
        throw missing(key)
    }

    package func integer(_ key: String) throws(SettingsError) -> Int? {
        try value(key, expected: "an integer") { $0.integer }
    }

    package func number(_ key: String) throws(SettingsError) -> Double? {
        try value(key, expected: "a number") { $0.number }
    }

    package func boolean(_ key: String) throws(SettingsError) -> Bool? {
        try value(key, expected: "true or false") { $0.boolean }
    }

    private func value<T>(
        _ key: String, expected: String, _ cast: (Setting) -> T?
    ) throws(SettingsError) -> T? {
        if tables[key] != nil || arrays[key] != nil {
            throw SettingsError(
                file: file, line: line(of: key),
                reason: .wrongType(key: key, expected: expected, found: "a table"))
        }
        guard let setting = values[key] else { return nil }
        guard let value = cast(setting) else {
            throw SettingsError(
                file: file, line: line(of: key),
                reason: .wrongType(key: key, expected: expected, found: setting.typeName))
        }
        return value
    }

    private static func setting(_ value: any TOMLValueConvertible) -> Setting? {
        if let string = value.string { return .string(string) }
        if let boolean = value.bool { return .boolean(boolean) }
        if let integer = value.int { return .integer(integer) }
        if let number = value.double { return .number(number) }
        if let array = value.array { return .list(array.map { setting($0) ?? .moment("\($0)") }) }
        // Nothing else is left in TOML. No key is left out: somebody may have meant it.
        return .moment("\(value)")
    }
}
