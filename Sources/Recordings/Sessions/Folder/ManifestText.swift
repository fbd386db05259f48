import Foundation

/// The members of a JSON object that was written on lines of its own, by their names, each as the text of its value.
///
/// A manifest stands so: what is wrong with one member leaves the others as they are, also where the whole is no JSON any more.
struct ManifestText {
    private(set) var members: [(name: String, value: String)] = []
    /// Names that do not count, and lines that have none.
    private(set) var unknown: [String] = []

    /// - Parameters:
    ///   - text: the object, or a part of it.
    ///   - indent: spaces before the names.
    ///   - known: names that count; of several alike the first.
    init(_ text: String, indent: Int, known: Set<String>? = nil) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let begin = String(repeating: " ", count: indent) + "\""
        var taken: Set<String> = []
        var place = 0
        while place < lines.count {
            let line = lines[place]
            place += 1
            let told = line.dropFirst(begin.count)
            guard line.hasPrefix(begin), let colon = told.range(of: "\" : ") else {
                let rest = line.trimmingCharacters(in: .whitespaces)
                if !Self.isDeeper(line, indent), !["", "{", "}", "},", "[", "]"].contains(rest) { unknown.append(rest) }
                continue
            }
            let name = told[..<colon.lowerBound]
            var value = String(told[colon.upperBound...])
            if value.hasSuffix("{") || value.hasSuffix("[") {
                let end = Self.end(lines, from: place, indent)
                value += "\n" + lines[place..<end].joined(separator: "\n")
                place = end
            }
            if value.hasSuffix(",") { value.removeLast() }
            let isKnown = known?.contains(String(name)) ?? true
            if isKnown, taken.insert(String(name)).inserted { members.append((String(name), value)) }
            if !isKnown { unknown.append(String(name)) }
        }
    }

    private static func isDeeper(_ line: Substring, _ indent: Int) -> Bool { line.utf8.prefix { $0 == 0x20 }.count > indent }

    /// Behind the lines of an object or a list: those within it, and the one that ends it, if that is there.
    private static func end(_ lines: [Substring], from place: Int, _ indent: Int) -> Int {
        var end = place
        while end < lines.count, lines[end].isEmpty || isDeeper(lines[end], indent) { end += 1 }
        let isEnded = end < lines.count && ["}", "},", "]", "],"].contains(lines[end].trimmingCharacters(in: .whitespaces))
        return isEnded ? end + 1 : end
    }

    /// The objects of a list, each with its braces.
    static func elements(_ text: String, indent: Int) -> [String] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let brace = String(repeating: " ", count: indent) + "{"
        var elements: [String] = []
        var place = 0
        while place < lines.count {
            place += 1
            guard lines[place - 1] == brace else { continue }
            let end = end(lines, from: place, indent)
            let body = lines[place..<end].filter { Self.isDeeper($0, indent) }
            elements.append("{\n" + body.joined(separator: "\n") + "\n}")
            place = end
        }
        return elements
    }

    private struct Box<Value: Decodable>: Decodable { var value: Value }

    /// The value that a text of JSON stands for; nil where it stands for none of this type.
    static func value<Value: Decodable>(_ type: Value.Type, of text: String) -> Value? {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try? decoder.decode(Box<Value>.self, from: Data("{\"value\":\(text)}".utf8)).value
    }

    /// The members of a value that can be written.
    static func members(of value: some Encodable) -> [String: String] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { return [:] }
        let text = ManifestText(String(decoding: data, as: UTF8.self), indent: 2)
        return Dictionary(text.members.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    /// Puts members into the object that others make, one after the other, and leaves out those with which it cannot be read.
    /// - Returns: the value, and the names that were left out; nil where the others alone make none.
    static func value<Value: Decodable>(
        _ type: Value.Type, from base: [String: String], with members: [(name: String, value: String)]
    ) -> (value: Value, leftOut: [String])? {
        func read(_ members: [String: String]) -> Value? {
            let list = members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
            return self.value(type, of: "{\(list.joined(separator: ","))}")
        }
        var kept = base
        guard var result = read(kept) else { return nil }
        var leftOut: [String] = []
        for (name, text) in members {
            let before = kept[name]
            kept[name] = text
            if let value = read(kept) {
                result = value
            } else {
                kept[name] = before
                leftOut.append(name)
            }
        }
        return (result, leftOut)
    }
}
