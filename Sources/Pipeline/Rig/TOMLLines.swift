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
                let name = String(trimmed.dropFirst(2).prefix { $0 != "]" })
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
            guard let dot = path.lastIndex(of: ".") else { return 0 }
            path = String(path[..<dot])
        }
    }

    /// `[device.settings]` belongs to the last `[[device]]` before it.
    private static func resolve(_ name: String, _ arrayCounts: [String: Int]) -> String {
        guard let dot = name.firstIndex(of: ".") else { return name }
        let head = String(name[..<dot])
        guard let count = arrayCounts[head], count > 0 else { return name }
        return "\(head)[\(count - 1)]" + name[dot...]
    }
}
