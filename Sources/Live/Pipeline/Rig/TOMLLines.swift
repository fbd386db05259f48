import Foundation

/// Finds the line of a key in a TOML text, for messages: the parser's tables no longer know where they came from.
struct TOMLLines {
    private var lines: [String: Int] = [:]

    /// - Parameter text: a document that the parser accepted.
    init(_ text: String) {
        var table = ""
        var arrayCounts: [String: Int] = [:]
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let trimmed = line.drop { $0 == " " || $0 == "\t" }
            if trimmed.hasPrefix("[[") {
                let name = Self.resolve(String(trimmed.dropFirst(2).prefix { $0 != "]" }), arrayCounts)
                let count = arrayCounts[name, default: 0]
                arrayCounts[name] = count + 1
                table = "\(name)[\(count)]"
                lines[table] = index + 1
            } else if trimmed.hasPrefix("[") {
                let name = String(trimmed.dropFirst().prefix { $0 != "]" })
                table = Self.resolve(name, arrayCounts)
                lines[table] = index + 1
            } else if let equals = trimmed.firstIndex(of: "="), !trimmed.hasPrefix("#") {
                let key = trimmed[..<equals].reversed().drop { $0 == " " || $0 == "\t" }.reversed()
                let path = table.isEmpty ? String(key) : table + "." + String(key)
                if lines[path] == nil { lines[path] = index + 1 }
            }
        }
    }

    /// 1-based line of a key or table such as `device[1].settings.gain`; of the nearest enclosing table when the key is
    /// written inline; 0 when nothing is known.
    func line(of path: String) -> Int {
        var path = path
        while true {
            if let line = lines[path] { return line }
            // A table that is written within a list of its parent's: first the list.
            if path.hasSuffix("]"), let bracket = path.lastIndex(of: "[") {
                path = String(path[..<bracket])
                continue
            }
            guard let dot = path.lastIndex(of: ".") else { return 0 }
            path = String(path[..<dot])
        }
    }

    /// `[device.settings]` belongs to the last `[[device]]` before it, and so on downwards.
    private static func resolve(_ name: String, _ arrayCounts: [String: Int]) -> String {
        var path = ""
        let parts = name.split(separator: ".").map { $0.trimmingCharacters(in: .whitespaces) }
        for (index, part) in parts.enumerated() {
            path += path.isEmpty ? part : "." + part
            if index < parts.count - 1, let count = arrayCounts[path], count > 0 { path += "[\(count - 1)]" }
        }
        return path
    }
}
