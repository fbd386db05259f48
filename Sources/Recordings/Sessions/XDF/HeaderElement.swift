import Foundation
import FoundationXML
import Texts

/// The small XML texts in XDF's headers and footers as a tree of names and texts; attributes and comments are dropped.
///
/// Forgiving: what is not well-formed gives the elements up to there, and ``isWellFormed`` says so.
struct HeaderElement: Sendable, Equatable {
    var name = ""
    var text = ""
    var children: [HeaderElement] = []
    private(set) var isWellFormed = true

    /// Text of the first child of this name.
    subscript(_ name: String) -> String? { child(name)?.text }

    func child(_ name: String) -> HeaderElement? { children.first { $0.name == name } }

    /// The document's root element.
    /// - Parameter bytes: XML in UTF-8, or in UTF-16, ISO-8859-1 or Windows-1252 when its first bytes say so.
    init(_ bytes: UnsafeRawBufferPointer) {
        let tree = Tree()
        let parser = XMLParser(data: Data(Self.withoutInstructions(Array(Self.decoded(bytes).utf8))))
        parser.delegate = tree
        // A fault at the end of the text is an error, too, but no failure.
        let isWhole = parser.parse() && parser.parserError == nil
        self = tree.root
        isWellFormed = isWhole
    }

    private init(name: String) { self.name = name }

    init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
    }

    init(_ name: String, _ children: [HeaderElement]) {
        self.name = name
        self.children = children
    }

    /// The element as XML; "" for one whose name no reader would take.
    var xml: String {
        func isName(_ byte: UInt8) -> Bool {
            (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || [0x2D, 0x2E, 0x5F].contains(byte)
        }
        guard let first = name.utf8.first, (0x61...0x7A).contains(first | 0x20) || first == 0x5F, name.utf8.allSatisfy(isName)
        else { return "" }
        return "<\(name)>\(ForeignText.xml(text))\(children.map(\.xml).joined())</\(name)>"
    }

    /// Collects what the parser tells.
    private final class Tree: NSObject, XMLParserDelegate {
        private static let greatestDepth = 64
        private var open = [HeaderElement(name: "")]

        var root: HeaderElement {
            while open.count > 1 { close() }
            return open[0].children.first ?? open[0]
        }

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            guard open.count < Self.greatestDepth else { return parser.abortParsing() }
            open.append(HeaderElement(name: name))
        }

        func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
            if open.count > 1 { close() }
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) { open[open.count - 1].text += string }

        func parser(_ parser: XMLParser, foundCDATA block: Data) {
            open[open.count - 1].text += String(decoding: block, as: UTF8.self)
        }

        private func close() {
            var done = open.removeLast()
            done.text = Self.trimmed(done.text)
            open[open.count - 1].children.append(done)
        }

        /// A film has thousands of elements without white space: Foundation's way takes most of the time of reading them.
        private static func trimmed(_ text: String) -> String {
            let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
            guard let first = text.utf8.first, let last = text.utf8.last, isSpace(first) || isSpace(last) else { return text }
            return text.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// Text of bytes that may be in another encoding than they say, which no parser would take.
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

    /// A space for each processing instruction, the declaration included: it names the encoding that the text had, and Foundation's
    /// parser reads beyond an instruction without data. A document type ends the text, because its entities could hold
    /// instructions; headers have neither.
    private static func withoutInstructions(_ text: [UInt8]) -> [UInt8] {
        func begins(_ mark: String, at place: Int) -> Bool { text[place...].starts(with: mark.utf8) }
        func end(of mark: String, from place: Int) -> Int? {
            (place..<text.count).first { begins(mark, at: $0) }.map { $0 + mark.utf8.count }
        }
        var kept: [UInt8] = []
        kept.reserveCapacity(text.count)
        // So that many beginnings without an end take no longer than one.
        let lastEnd = text.indices.dropLast().last { begins("?>", at: $0) } ?? 0
        var place = 0
        while place < text.count {
            var next = place + 1
            if text[place] == UInt8(ascii: "<") {
                if place + 2 <= lastEnd, begins("<?", at: place), let after = end(of: "?>", from: place + 2) {
                    kept.append(UInt8(ascii: " "))
                    place = after
                    continue
                }
                if begins("<!DOCTYPE", at: place) { return kept + [UInt8(ascii: "<")] }
                if begins("<!--", at: place) { next = end(of: "-->", from: place + 4) ?? text.count }
                if begins("<![CDATA[", at: place) { next = end(of: "]]>", from: place + 9) ?? text.count }
            }
            kept += text[place..<next]
            place = next
        }
        return kept
    }
}
