import Foundation

/// The small XML texts in XDF's headers and footers as a tree of names and texts; attributes and comments are dropped.
///
/// Forgiving: what is not well-formed gives the elements up to there, never an error.
struct XMLElement {
    var name = ""
    var text = ""
    var children: [XMLElement] = []

    /// Text of the first child of this name.
    subscript(_ name: String) -> String? { children.first { $0.name == name }?.text }

    func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    /// The first element below this one, at any depth, that has the name.
    func first(_ name: String) -> XMLElement? {
        for child in children {
            if child.name == name { return child }
            if let found = child.first(name) { return found }
        }
        return nil
    }

    private static let greatestDepth = 64

    /// - Parameter bytes: XML in UTF-8, or in UTF-16, ISO-8859-1 or Windows-1252 when its first bytes say so.
    init(_ bytes: UnsafeRawBufferPointer) { self.init(Self.decoded(bytes)) }

    /// The document's root element.
    init(_ text: String) {
        var stack = [XMLElement()]
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "<") {
            stack[stack.count - 1].text += Self.unescaped(rest[..<open])
            rest = rest[open...]
            if let inside = Self.cut(&rest, from: "<![CDATA[", to: "]]>") {
                stack[stack.count - 1].text += inside
            } else if Self.cut(&rest, from: "<!--", to: "-->") != nil
                || Self.cut(&rest, from: "<?", to: "?>") != nil
                || Self.cut(&rest, from: "<!", to: ">") != nil
            {
                continue
            } else if Self.cut(&rest, from: "</", to: ">") != nil {
                guard stack.count > 1 else { break }
                Self.close(&stack)
            } else if let tag = Self.cut(&rest, from: "<", to: ">") {
                guard stack.count < Self.greatestDepth else { break }
                let name = tag.prefix { !$0.isWhitespace && $0 != "/" }
                stack.append(XMLElement(name: String(name)))
                if tag.last == "/" { Self.close(&stack) }
            } else {
                break
            }
        }
        while stack.count > 1 { Self.close(&stack) }
        self = stack[0].children.first ?? XMLElement()
    }

    private init(name: String = "") { self.name = name }

    private static func close(_ stack: inout [XMLElement]) {
        var done = stack.removeLast()
        done.text = done.text.trimmingCharacters(in: .whitespacesAndNewlines)
        stack[stack.count - 1].children.append(done)
    }

    private static func cut(_ rest: inout Substring, from start: String, to end: String) -> Substring? {
        guard rest.hasPrefix(start) else { return nil }
        let inside = rest.dropFirst(start.count)
        guard let found = inside.firstRange(of: end) else { return nil }
        rest = inside[found.upperBound...]
        return inside[..<found.lowerBound]
    }

    private static func decoded(_ bytes: UnsafeRawBufferPointer) -> String {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return String(data: Data(bytes), encoding: .utf16) ?? ""
        }
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let body = bytes[start...]
        let head = String(decoding: body.prefix(120), as: UTF8.self).lowercased()
        if head.hasPrefix("<?xml"),
            let declaration = head.firstRange(of: "?>").map({ head[..<$0.lowerBound] })
        {
            for (name, encoding) in encodings where declaration.contains(name) {
                return String(data: Data(body), encoding: encoding) ?? String(decoding: body, as: UTF8.self)
            }
        }
        return String(decoding: body, as: UTF8.self)
    }

    private static let encodings: [(String, String.Encoding)] = [
        ("iso-8859-1", .isoLatin1), ("latin-1", .isoLatin1), ("latin1", .isoLatin1),
        ("windows-1252", .windowsCP1252),
        ("us-ascii", .isoLatin1),
    ]

    private static func unescaped(_ text: Substring) -> String {
        guard text.contains("&") else { return String(text) }
        var result = ""
        var rest = text
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            rest = rest[start...]
            guard let end = rest.prefix(12).firstIndex(of: ";"),
                let character = entity(rest[rest.index(after: start)..<end])
            else {
                result += "&"
                rest = rest.dropFirst()
                continue
            }
            result.unicodeScalars.append(character)
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private static func entity(_ name: Substring) -> Unicode.Scalar? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.hasPrefix("#") else { return nil }
            let digits = name.dropFirst()
            let code = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            return code.flatMap(Unicode.Scalar.init)
        }
    }
}
