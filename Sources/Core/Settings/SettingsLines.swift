/// Finds the line of a key in a TOML text, for messages: the parser's tables no longer know where they came from.
struct SettingsLines {
    private var lines: [String: Int] = [:]

    /// - Parameter text: a document that the parser accepted.
    init(_ text: String) {
        var scan = Scan(text)
        var table: [String] = []
        var arrayCounts: [String: Int] = [:]
        while scan.skipToStatement() {
            let line = scan.line
            if scan.take("[") {
                let isArray = scan.take("[")
                table = Self.resolve(scan.keys(), arrayCounts)
                if isArray {
                    let name = table.joined(separator: ".")
                    arrayCounts[name, default: 0] += 1
                    table[table.count - 1] += "[\((arrayCounts[name] ?? 1) - 1)]"
                }
                note(table, line)
                scan.skipLine()
            } else {
                let path = table + scan.keys()
                note(path, line)
                scan.skipValue(of: path) { note($0, $1) }
            }
        }
    }

    /// Parts with dots between them: time grows with their square.
    private static let longestKey = 128

    /// What TOMLKit's parser ends the process at, with its line; nil when there is none: a header, `[…]` or `[[…]]`, whose name does not
    /// begin as one, and a list with a closing brace where a value should be.
    static func fatalPlace(in text: String) -> (line: Int, problem: String)? {
        var scan = Scan(text)
        while scan.skipToStatement() {
            let line = scan.line
            if scan.take("[") {
                if !scan.isAtName(after: "[") { return (line, "expected the name of a table after the bracket") }
                if scan.keys().count > Self.longestKey { return (line, "a name of more than \(Self.longestKey) parts") }
                scan.skipLine()
            } else {
                let path = scan.keys()
                var isLong = path.count > Self.longestKey
                scan.skipValue(of: path) { inner, _ in if inner.count > Self.longestKey { isLong = true } }
                if isLong { return (line, "a key of more than \(Self.longestKey) parts") }
                if let line = scan.strayBrace { return (line, "expected a value or “]” in a list, found “}”") }
            }
        }
        return nil
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

    /// The first line counts, also of the tables that a dotted key makes.
    private mutating func note(_ parts: [String], _ line: Int) {
        for count in 1..<max(2, parts.count + 1) {
            let path = parts.prefix(count).joined(separator: ".")
            if lines[path] == nil { lines[path] = line }
        }
    }

    /// `[device.settings]` belongs to the last `[[device]]` before it, and so on downwards.
    private static func resolve(_ parts: [String], _ arrayCounts: [String: Int]) -> [String] {
        var path: [String] = []
        for (index, part) in parts.enumerated() {
            path.append(part)
            if index < parts.count - 1, let count = arrayCounts[path.joined(separator: ".")], count > 0 {
                path[path.count - 1] += "[\(count - 1)]"
            }
        }
        return path
    }
}

/// Walks through the statements of a TOML text: their keys, and where their values end.
private struct Scan {
    private let bytes: [UInt8]
    private var place = 0
    private(set) var line = 1
    /// Of the first brace that stands in a list where a value should be.
    private(set) var strayBrace: Int?

    init(_ text: String) {
        bytes = Array(text.utf8)
        // A byte order mark is no part of the text.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    }

    private func byte(_ ahead: Int = 0) -> UInt8? { place + ahead < bytes.count ? bytes[place + ahead] : nil }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count {
            if byte() == UInt8(ascii: "\n") { line += 1 }
            place += 1
        }
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard byte() == UInt8(ascii: character) else { return false }
        advance()
        return true
    }

    /// Whether a name, or the bracket that ends an empty one, follows: behind a second bracket where there is one.
    mutating func isAtName(after bracket: Unicode.Scalar) -> Bool {
        skipSpace()
        if take(bracket) { skipSpace() }
        guard let next = byte() else { return true }
        let isBare = (0x30...0x39).contains(next) || (0x41...0x5A).contains(next) || (0x61...0x7A).contains(next)
        return isBare || ["-", "_", "\"", "'", "]"].contains { next == UInt8(ascii: $0) }
    }

    /// - Returns: false at the end of the text.
    mutating func skipToStatement() -> Bool {
        while let next = byte() {
            if next == UInt8(ascii: "#") {
                skipLine()
            } else if [0x20, 0x09, 0x0A, 0x0D].contains(next) {
                advance()
            } else {
                return true
            }
        }
        return false
    }

    mutating func skipLine() {
        while let next = byte(), next != UInt8(ascii: "\n") { advance() }
    }

    /// The parts of a key, up to the equals sign or the bracket after it.
    mutating func keys() -> [String] {
        var parts: [String] = []
        var part: [UInt8] = []
        func text() -> String { String(decoding: part, as: UTF8.self) }
        while let next = byte(), next != UInt8(ascii: "="), next != UInt8(ascii: "]"), next != UInt8(ascii: "\n") {
            if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") {
                let begin = place + 1
                skipString()
                part += bytes[begin..<max(begin, min(place - 1, bytes.count))]
                continue
            }
            if next == UInt8(ascii: ".") {
                parts.append(text())
                part = []
            } else if next != 0x20, next != 0x09, next != 0x0D {
                part.append(next)
            }
            advance()
        }
        return parts + [text()]
    }

    /// From the equals sign to the end of the value's last line.
    /// - Parameter note: told the path and the line of each key of a table that is written inline, and of such a table in a list.
    mutating func skipValue(of path: [String], _ note: ([String], Int) -> Void) {
        _ = take("=")
        skipValue(path, depth: 0, note)
        skipRest()
    }

    /// The parser refuses deeper ones.
    private static let greatestDepth = 100

    /// A value, without what follows it.
    private mutating func skipValue(_ path: [String], depth: Int, _ note: ([String], Int) -> Void) {
        skipSpace()
        guard depth < Self.greatestDepth, let first = byte() else { return }
        switch first {
        case UInt8(ascii: "["):
            advance()
            var index = 0
            while skipToStatement(), byte() != UInt8(ascii: "]") {
                let begin = place
                var element = path
                element[element.count - 1] += "[\(index)]"
                if byte() == UInt8(ascii: "{") { note(element, line) }
                if byte() == UInt8(ascii: "}"), strayBrace == nil { strayBrace = line }
                skipValue(element, depth: depth + 1, note)
                if skipToStatement(), take(",") { index += 1 }
                // Whatever the parser let pass that is not understood here: no endless loop.
                if place == begin { return }
            }
            _ = take("]")
        case UInt8(ascii: "{"):
            advance()
            while skipToStatement(), byte() != UInt8(ascii: "}") {
                let begin = place
                let line = line
                let inner = path + keys()
                note(inner, line)
                guard take("=") else { return }
                skipValue(inner, depth: depth + 1, note)
                if skipToStatement() { _ = take(",") }
                if place == begin { return }
            }
            _ = take("}")
        case UInt8(ascii: "\""), UInt8(ascii: "'"): skipString()
        default:
            let ends = [",", "]", "}", "#", "\n"].map { UInt8(ascii: $0) }
            while let next = byte(), !ends.contains(next) { advance() }
        }
    }

    private mutating func skipSpace() { while let next = byte(), next == 0x20 || next == 0x09 { advance() } }

    /// To the end of the line, and of what is still open there.
    private mutating func skipRest() {
        var depth = 0
        while let next = byte() {
            switch next {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): skipString()
            case UInt8(ascii: "#"): skipLine()
            case UInt8(ascii: "\n") where depth <= 0: return
            default:
                if next == UInt8(ascii: "[") || next == UInt8(ascii: "{") { depth += 1 }
                if next == UInt8(ascii: "]") || next == UInt8(ascii: "}") { depth -= 1 }
                advance()
            }
        }
    }

    /// A string of either kind, of one line or of several.
    private mutating func skipString() {
        guard let quote = byte() else { return }
        let isLong = byte(1) == quote && byte(2) == quote
        advance(isLong ? 3 : 1)
        while let next = byte() {
            if next == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                advance(2)
            } else if next == quote, !isLong {
                return advance()
            } else if next == quote, byte(1) == quote, byte(2) == quote {
                // Up to two quotes may stand right before the closing ones.
                advance(3)
                while byte() == quote { advance() }
                return
            } else {
                advance()
            }
        }
    }
}
