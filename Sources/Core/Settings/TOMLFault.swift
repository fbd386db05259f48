/// What is wrong with a TOML text, in our words: what stands there, what was expected, what to do.
///
/// TOMLKit tells a line, a column and words of its parser's. They are matched by their parts, which have been the same since toml++ 3.0;
/// what matches none is told by the text at its place, with the parser's words behind it.
struct TOMLFault {
    /// The parser's words.
    private let words: Substring
    /// What was being parsed: "string", "table header", …
    private let context: Substring
    private let lines: [Substring]
    /// 1-based.
    private let line: Int
    private let column: Int

    /// - Parameter message: as TOMLKit has it: "Error while parsing string: encountered end-of-file".
    init(_ message: String, line: Int, column: Int, in text: String) {
        let parts = message.split(separator: ": ", maxSplits: 1)
        let isKnown = parts.count == 2 && parts[0].hasPrefix("Error while parsing ")
        context = isKnown ? parts[0].dropFirst("Error while parsing ".count) : ""
        words = isKnown ? parts[1] : Substring(message)
        lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        (self.line, self.column) = (line, column)
    }

    var description: String {
        if words.contains("end-of-file") { return unclosed }
        if context.contains("header") { return header ?? redefined ?? unknown }
        if let redefined { return redefined }
        switch context {
        case "string", "literal string", "comment", "unicode scalar sequence": return string
        case "array", "inline table": return list ?? value
        case "root table":
            return "a line begins with \(found), expected a key, a [table] or a comment, which begins with #"
        default: return keyOrValue
        }
    }

    // MARK: - What stands there

    private var source: Substring { lines.indices.contains(line - 1) ? lines[line - 1] : "" }

    /// What the parser saw, in quotes: "the end of the line" for a line break.
    private var found: String {
        guard let saw = words.firstRange(of: "saw '") else { return "“\(Self.short(source))”" }
        let rest = words[saw.upperBound...]
        let character = rest.prefix { $0 != "'" }
        return character.isEmpty || character == "\\n" || character == "\\r" ? "the end of the line" : "“\(character)”"
    }

    /// The value on the line, as it stands there.
    private var written: String {
        let value = source.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).last ?? source
        return Self.short(value)
    }

    /// The part in single quotes of the parser's words, if there is one.
    private var named: Substring? {
        guard let begin = words.firstIndex(of: "'") else { return nil }
        let rest = words[words.index(after: begin)...]
        return rest.firstIndex(of: "'").map { rest[..<$0] }
    }

    private static func short(_ text: Substring) -> String {
        let trimmed = text.drop { $0 == " " || $0 == "\t" }
        let end = trimmed.last.map { $0 == " " || $0 == "\t" } == true ? trimmed.dropLast() : trimmed
        return end.count > 40 ? end.prefix(40) + "…" : String(end)
    }

    // MARK: - Sentences

    private var unclosed: String {
        let end =
            switch context {
            case "string", "literal string": "a text is not closed: its last quote is missing"
            case "array": "a list is not closed: “]” is missing"
            case "inline table": "a table in braces is not closed: “}” is missing"
            default: "the last line is not complete"
            }
        return end + "; the file ends before it"
    }

    private var header: String? {
        if words.contains("blank") || words.contains("expected key") {
            return "a header without a name; expected [NAME], or [[NAME]] for one of several"
        }
        if words.contains("inline table") {
            return "[\(named ?? "…")] adds to a table that was written in braces { }; write it between them"
        }
        if words.contains("expected ']'") {
            return
                "the header “\(Self.short(source))” is not closed or holds more than a name; expected [NAME] or [[NAME]], and quotes "
                + "around a name that is not of letters, digits, - and _ alone"
        }
        if words.contains("comment or whitespace") {
            return "\(found) stands behind a header; expected a line of its own for each key"
        }
        return nil
    }

    private var redefined: String? {
        guard words.contains("cannot redefine") || words.contains("cannot insert") else { return nil }
        let name = named.map(String.init) ?? Self.short(source.prefix { $0 != "=" })
        if words.contains("as array-of-tables") {
            return "“\(name)” was a single [\(name)] before; write [[\(name)]] at every place, or another name here"
        }
        if words.contains("existing array"), words.contains("as table") {
            return "“\(name)” was written as [[\(name)]] before, one of several; write [[\(name)]] here too"
        }
        if context.contains("header"), words.contains("existing table '"), !words.contains(" as ") {
            return
                "a second [\(name)]; put its keys below the first one, or write [[\(name)]] at both places if they are two things"
        }
        return "“\(name)” has been given before; a name stands for one value, so take one of the two out"
    }

    private var string: String {
        if words.contains("unknown escape") {
            return
                "“\(named ?? "\\")” is nothing that a text in double quotes can hold; write \\\\ for a backslash, or put the text in "
                + "single quotes"
        }
        if context == "unicode scalar sequence" {
            return
                "\\u or \\U without the number of a character behind it; expected four or eight digits of 0 to 9 and a to f, or \\\\ for "
                + "a backslash"
        }
        if source.unicodeScalars.contains(where: { ($0.value < 0x20 && $0 != "\t") || $0.value == 0x7F }) {
            return "a control character in a text or a comment; take it out, or write it as \\u and its number in double quotes"
        }
        return "a text is not closed on its line; put the last quote, or three quotes at either end of a text of several lines"
    }

    private var list: String? {
        if words.contains("dangling comma") { return "a comma before “}”; take it out" }
        if words.contains("expected comma") {
            let end = context == "array" ? "]" : "}"
            return "\(found) stands where a comma or “\(end)” was expected"
        }
        if context == "inline table", words.contains("expected key") {
            return
                "\(found) stands in a table in braces { } where a key or “}” was expected; such a table is one line long, a longer one is "
                + "a [table] of its own"
        }
        return nil
    }

    private var keyOrValue: String {
        if words.contains("expected '='") {
            return
                "\(found) stands where “=” was expected: a line is KEY = VALUE, and a key that is not of letters, digits, - and _ alone "
                + "needs quotes"
        }
        if context == "key" {
            return words.contains("quote")
                ? "a key in quotes is not closed; put the last quote"
                : "\(found) stands where a key was expected; a key is of letters, digits, - and _, or a text in quotes"
        }
        if words.contains("expected value") { return "no value stands behind “=”; write one, or take the line out" }
        if words.contains("after '\\r'") { return "a line ends in a carriage return alone; save the file with usual line ends" }
        return value
    }

    private var value: String {
        if words.contains("maximum nested") { return "lists or tables lie more than 256 deep in one another" }
        if words.contains("not representable") { return "\(named ?? "a number") is too large for a whole number" }
        if words.contains("leading zero") {
            return "“\(written)” is a number that begins with 0; write it without, or in quotes if it is a text"
        }
        if ["date", "time", "date-time"].contains(context) || context.hasPrefix("date") {
            return "“\(written)” is no date or time; expected such as 2026-11-29 or 10:30:00, and quotes around a text"
        }
        if words.contains("comment or whitespace") {
            return
                "“\(written)”: \(found) stands behind the value; expected one value on a line, quotes around a text, and numbers "
                + "with a point and without a unit"
        }
        let isValue =
            ["value", "boolean", "key-value pair"].contains(context) || context.contains("integer") || context.contains("float")
            || context.contains("infinity") || context.contains("nan")
        guard isValue else { return unknown }
        return
            "“\(written)” is no value; expected a text in quotes, a number such as 0.5, true or false, a list in [ ] or a table in { }"
    }

    /// The parser's words help where ours do not.
    private var unknown: String {
        "“\(Self.short(source))” cannot be understood from column \(column) on; see toml.io for how it is written (the parser: "
            + "\(words.prefix(200)))"
    }
}
