import Foundation
import Testing
import Texts

#if canImport(FoundationXML)
    import FoundationXML
#endif

struct ForeignTextTests {
    /// Every scalar below 0x100, those that end lines elsewhere, and what XML and tables are made of.
    private static let hostile =
        (0..<0x100).compactMap(Unicode.Scalar.init) + ["\u{2028}", "\u{2029}", "\u{202E}", "\u{FFFE}", "\u{FFFF}", "\u{1F9E0}"]

    private static func text(_ scalars: Unicode.Scalar...) -> String { String(String.UnicodeScalarView(scalars)) }

    @Test func `a line has no line break in it, whatever breaks lines`() {
        for scalar in Self.hostile {
            let line = ForeignText.line(Self.text("a", scalar, "b"))
            #expect(line.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
            #expect(line.split(whereSeparator: \.isNewline).count == 1)
            #expect(line.hasPrefix("a") && line.hasSuffix("b"))
        }
        // To Swift the break is one character.
        #expect(ForeignText.line("S1\r\n") == "S1" && ForeignText.line("S\r\n1") == "S 1" && ForeignText.line("\n\r S ") == "S")
        #expect(ForeignText.line("ünï 日本 🧠") == "ünï 日本 🧠")
    }

    @Test func `XML with any text in it is read, and gives the text back where XML can hold it`() throws {
        final class Reader: NSObject, XMLParserDelegate {
            var text = ""
            func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
        }
        for scalar in Self.hostile {
            let text = Self.text("a", scalar, "b")
            let reader = Reader()
            let parser = XMLParser(data: Data("<t>\(ForeignText.xml(text))</t>".utf8))
            parser.delegate = reader
            #expect(parser.parse() && parser.parserError == nil, "U+\(String(scalar.value, radix: 16))")
            // Production 2 of XML 1.0.
            let isChar =
                [9, 10, 13].contains(scalar.value) || (scalar.value >= 0x20 && ![0xFFFE, 0xFFFF].contains(scalar.value))
            #expect(reader.text == (isChar ? text : "a\u{FFFD}b"))
        }
    }

    @Test func `a terminal is sent no control character but line break and tab`() {
        for scalar in Self.hostile {
            let shown = ForeignText.terminal(Self.text("a", scalar, "b"))
            let controls = shown.unicodeScalars.filter { $0.properties.generalCategory == .control }
            #expect(controls.allSatisfy { $0 == "\n" || $0 == "\t" } && !shown.unicodeScalars.contains("\u{202E}"))
        }
        #expect(ForeignText.terminal("\u{1B}[31mred") == "␛[31mred")
    }

    @Test func `cells keep tables as wide as they are`() {
        #expect(ForeignText.tabCell("a\tb\r\nc") == "a b c" && ForeignText.tabCell("\t") == "n/a")
        #expect(ForeignText.commaCell("a\r\nb") == "\"a\r\nb\"" && ForeignText.commaCell("a,\"b\"") == "\"a,\"\"b\"\"\"")
        #expect(ForeignText.commaCell("a\u{0}b") == "a\u{FFFD}b" && ForeignText.commaCell("plain text") == "plain text")
    }
}
