import Foundation
import Plots
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

struct SVGDrawingTests {
    /// Reads the drawing with an XML parser and gives the elements' attributes by name.
    private func elements(_ drawing: SVGDrawing) throws -> [(name: String, attributes: [String: String])] {
        let collector = Collector()
        let parser = XMLParser(data: Data(drawing.svg.utf8))
        parser.delegate = collector
        #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
        return collector.elements
    }

    private final class Collector: NSObject, XMLParserDelegate {
        var elements: [(name: String, attributes: [String: String])] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String] = [:]
        ) {
            elements.append((name, attributes))
        }
    }

    @Test func `a drawing is well-formed XML with its size, whatever its texts are`() throws {
        var drawing = SVGDrawing(width: 200, height: 100)
        drawing.text("a < b & \"c\" > \u{0}\u{1B}é", x: 1, y: 2)
        drawing.rectangle(x: 0, y: 0, width: 10.126, height: 5, title: "<&>")
        drawing.polyline([(0, 0), (1.5, -2.25), (3, 0.005)], stroke: "#000")
        drawing.image(PNGImage(width: 1, height: 1, pixels: [1, 2, 3]), x: 0, y: 0, width: 5, height: 5)
        let found = try elements(drawing)
        #expect(found.first?.attributes["viewBox"] == "0 0 200 100")
        #expect(found.contains { $0.name == "rect" && $0.attributes["width"] == "10.13" })
        #expect(found.first { $0.name == "polyline" }?.attributes["points"] == "0,0 1.5,-2.25 3,0.01")
        #expect(found.first { $0.name == "image" }?.attributes["href"]?.hasPrefix("data:image/png;base64,iVBOR") == true)
    }

    @Test func `numbers that are not finite leave the rest of the drawing readable`() throws {
        var drawing = SVGDrawing(width: 10, height: 10)
        drawing.line(.nan, .infinity, 1, -.infinity, stroke: "#000")
        #expect(try elements(drawing).last?.attributes["x1"] == "0")
    }

    @Test func `colours go through the anchors and stay at the ends`() {
        let map = ColourMap([0x000000, 0x804020, 0xFFFFFF])
        #expect(map.colour(0.5) == (0x80, 0x40, 0x20))
        #expect(map.colour(0.25) == (0x40, 0x20, 0x10))
        #expect(map.colour(-1) == (0, 0, 0) && map.colour(.nan) == (0, 0, 0))
        #expect(map.colour(2) == (255, 255, 255))
    }

    @Test func `the map for printing gets darker all the way`() {
        // Relative luminance, ITU-R BT.709, of the gamma-coded values: its order is that of lightness.
        let light = (0...60).map { step in
            let (red, green, blue) = ColourMap.print.colour(Double(step) / 60)
            return 0.2126 * Double(red) + 0.7152 * Double(green) + 0.0722 * Double(blue)
        }
        for (before, after) in zip(light, light.dropFirst()) { #expect(after < before) }
    }
}
