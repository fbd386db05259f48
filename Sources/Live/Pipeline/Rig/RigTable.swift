import Devices
import TOMLKit

/// Reads one table of a rig file and accounts for every key: an unknown one is an error that names its line.
struct RigTable {
    let file: String
    let path: String
    let lines: TOMLLines
    private let values: [String: Setting]
    private let tables: [String: TOMLTable]
    private let arrays: [String: [TOMLTable]]

    init(_ table: TOMLTable, path: String, file: String, lines: TOMLLines) {
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
    func allow(_ known: [String]) throws(RigError) {
        let unknown = (Array(values.keys) + Array(tables.keys) + Array(arrays.keys)).filter {
            !known.contains($0)
        }
        guard let key = unknown.min(by: { (line(of: $0), $0) < (line(of: $1), $1) }) else { return }
        throw RigError(
            file: file, line: line(of: key),
            reason: .unknownKey(key, nearest: nearestName(to: key, in: known)))
    }

    func line(of key: String) -> Int {
        // A list of tables begins with its first one.
        let name = arrays[key] == nil ? key : key + "[0]"
        return lines.line(of: path.isEmpty ? name : "\(path).\(name)")
    }

    var line: Int { path.isEmpty ? 0 : lines.line(of: path) }

    func table(_ key: String) -> RigTable? {
        tables[key].map {
            RigTable($0, path: path.isEmpty ? key : "\(path).\(key)", file: file, lines: lines)
        }
    }

    func tables(_ key: String) -> [RigTable] {
        (arrays[key] ?? []).enumerated().map {
            RigTable($1, path: (path.isEmpty ? key : "\(path).\(key)") + "[\($0)]", file: file, lines: lines)
        }
    }

    var settings: [String: Setting] { values }

    func string(_ key: String) throws(RigError) -> String? {
        try value(key, expected: "a string") { $0.string }
    }

    func required(_ key: String) throws(RigError) -> String {
        if let value = try string(key) { return value }
        throw RigError(
            file: file, line: line, reason: .missingKey(key, inTable: path.isEmpty ? "the rig" : path))
    }

    func integer(_ key: String) throws(RigError) -> Int? {
        try value(key, expected: "an integer") { $0.integer }
    }

    func number(_ key: String) throws(RigError) -> Double? {
        try value(key, expected: "a number") { $0.number }
    }

    func boolean(_ key: String) throws(RigError) -> Bool? {
        try value(key, expected: "true or false") { $0.boolean }
    }

    private func value<T>(
        _ key: String, expected: String, _ cast: (Setting) -> T?
    ) throws(RigError) -> T? {
        if tables[key] != nil || arrays[key] != nil {
            throw RigError(
                file: file, line: line(of: key),
                reason: .wrongType(key: key, expected: expected, found: "a table"))
        }
        guard let setting = values[key] else { return nil }
        guard let value = cast(setting) else {
            throw RigError(
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
        if let array = value.array { return .list(array.compactMap { setting($0) }) }
        return nil
    }
}

/// The known name with the smallest edit distance, when it is close enough to be meant.
func nearestName(to name: String, in known: [String]) -> String? {
    let candidates = known.map { (editDistance(Array(name), Array($0)), $0) }.sorted {
        ($0.0, $0.1) < ($1.0, $1.1)
    }
    guard let best = candidates.first, best.0 <= max(2, name.count / 3) else { return nil }
    return best.1
}

/// Levenshtein's distance.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, y) in b.enumerated() {
            let substituted = diagonal + (x == y ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[b.count]
}
