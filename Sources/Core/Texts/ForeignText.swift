/// Texts that devices, files and people bring (names, markers, remarks), made fit for the place that they go to.
///
/// Everything works on Unicode scalars: to Swift "\r\n" is one character, which neither "\r" nor "\n" is equal to.
public enum ForeignText {
    /// Text on one line: each control character or line break becomes a space ("\r\n" a single one), and spaces around it go.
    ///
    /// For annotations of EDF, markers of BrainVision, labels, cells of a table.
    public static func line(_ text: String) -> String {
        if isPlain(text) { return trimmed(text) }
        var line = String.UnicodeScalarView()
        var last: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            let isRestOfBreak = scalar == "\n" && last == "\r"
            last = scalar
            if !isRestOfBreak { line.append(isControl(scalar) ? " " : scalar) }
        }
        return trimmed(String(line))
    }

    /// Text of an XML element or attribute: what means something in XML is escaped, and what XML 1.0 cannot hold becomes U+FFFD.
    ///
    /// - Source: W3C, "Extensible Markup Language (XML) 1.0", productions 2 (Char) and 24 on; a parser would turn a bare "\r" into "\n".
    public static func xml(_ text: String) -> String {
        if isPlain(text), !text.utf8.contains(where: { $0 == 0x26 || $0 == 0x3C || $0 == 0x3E || $0 == 0x22 }) { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
            case "\r": result.append(contentsOf: "&#13;".unicodeScalars)
            case "\t", "\n": result.append(scalar)
            case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// Text for a terminal, which may have several lines: control characters are shown instead of obeyed (ESC as "␛"), and those that
    /// turn the direction of writing become U+FFFD.
    public static func terminal(_ text: String) -> String {
        if isPlain(text, breaks: true) { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n", "\t": result.append(scalar)
            case "\u{0}"..<" ": result.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
            case "\u{7F}": result.append("\u{2421}")
            case "\u{80}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// A cell of a table whose columns are separated by tabs; `n/a`, as BIDS has it, where nothing is left.
    public static func tabCell(_ text: String) -> String {
        let cell = line(text)
        return cell.isEmpty ? "n/a" : cell
    }

    /// A cell of a table whose columns are separated by commas (RFC 4180): quoted where it has to be. Line breaks and tabs stay, other
    /// control characters, at which readers stumble, become U+FFFD.
    public static func commaCell(_ text: String) -> String {
        if isPlain(text), !text.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 }) { return text }
        var cell = String.UnicodeScalarView()
        var isQuoted = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"":
                cell.append(contentsOf: "\"\"".unicodeScalars)
                isQuoted = true
            case ",", "\n", "\r":
                cell.append(scalar)
                isQuoted = true
            case "\t": cell.append(scalar)
            case _ where isControl(scalar): cell.append("\u{FFFD}")
            default: cell.append(scalar)
            }
        }
        return isQuoted ? "\"" + String(cell) + "\"" : String(cell)
    }

    /// Control characters (Unicode's category Cc) and the separators of lines and paragraphs.
    public static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
    }

    /// Printable ASCII alone.
    private static func isPlain(_ text: String, breaks: Bool = false) -> Bool {
        text.utf8.allSatisfy { (0x20..<0x7F).contains($0) || (breaks && ($0 == 0x0A || $0 == 0x09)) }
    }

    private static func trimmed(_ text: String) -> String {
        guard text.utf8.first == 0x20 || text.utf8.last == 0x20 else { return text }
        var scalars = text.unicodeScalars[...]
        while scalars.first == " " { scalars.removeFirst() }
        while scalars.last == " " { scalars.removeLast() }
        return String(scalars)
    }
}
