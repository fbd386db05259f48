import Confidence
import Foundation
import FoundationXML
import Testing

struct PictureTests {
    /// Counts the elements of well-formed XML.
    private final class Elements: NSObject, XMLParserDelegate {
        var counts: [String: Int] = [:]
        var texts = ""

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            counts[name, default: 0] += 1
            for value in attributes.values where value.contains("nan") && !value.hasPrefix("data:") {
                counts["nan", default: 0] += 1
            }
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) { texts += string }
    }

    private func elements(_ svg: String) -> Elements {
        let parser = XMLParser(data: Data(svg.utf8))
        let found = Elements()
        parser.delegate = found
        #expect(parser.parse(), "no well-formed XML")
        #expect(found.counts["nan"] == nil)
        return found
    }

    @Test func `a reliability diagram has band, curve and the parts of the score`() throws {
        let set = try SyntheticScores.hedger(868)
        let picture = elements(ReliabilityDiagram(set, title: "a < b & c").svg)
        let parts = CORPDecomposition(set)
        #expect(picture.texts.contains("a < b & c"))
        for (name, value) in [("MCB", parts.miscalibration), ("DSC", parts.discrimination), ("UNC", parts.uncertainty)] {
            #expect(picture.texts.contains("\(name)  \(String(format: "%.4f", value))"))
        }
        // A line or dot for each block of the curve, and the band with the curve.
        let blocks = PooledAdjacentViolators(set).blocks.count
        #expect((picture.counts["circle"] ?? 0) <= blocks && picture.counts["polyline"] == 2)
        let binned = elements(ReliabilityDiagram(set, title: "bins", kind: .binned).svg)
        #expect(binned.counts["circle"] == 10 && binned.texts.contains("ECE"))
        #expect(elements(ReliabilityDiagram(set, title: "", rows: 200).svg).texts.contains("n  868, effective 200"))
    }

    @Test func `a boldness plot has a line for each row and a column for each map`() throws {
        let set = try SyntheticScores.hedger(120)
        let assessment = try CalibrationAssessment(set)
        let levels = try [0.99, 0.9].map { try BoldnessRecalibration(assessment, level: $0) }
        let picture = elements(BoldnessPlot(set, assessment, levels: levels, title: "bold").svg)
        #expect(picture.counts["polyline"] == 120)
        for text in ["original", "best fit", "99 % B-R", "90 % B-R", "P = 0.990", "P = 0.900"] {
            #expect(picture.texts.contains(text), "\(text)")
        }
        let many = try SyntheticScores.hedger(5000)
        let all = try CalibrationAssessment(many)
        #expect(elements(BoldnessPlot(many, all, levels: [], title: "").svg).counts["polyline"] == 500)
    }

    @Test func `contours are closed lines around the best map, with the boldest place on each`() throws {
        let set = try SyntheticScores.hedger(868)
        let assessment = try CalibrationAssessment(set)
        let levels = try [0.95, 0.8].map { try BoldnessRecalibration(assessment, level: $0) }
        let picture = elements(RecalibrationContour(assessment, levels: levels, title: "map").svg)
        #expect(picture.counts["polyline"] == 2 && picture.counts["image"] == 1)
        #expect(picture.texts.contains("95 %") && picture.texts.contains("80 %"))
        // Names that would lie on each other stand beside the contours, with a grey line to each.
        func leaders(_ assessment: CalibrationAssessment) throws -> Int {
            let levels = try [0.99, 0.95, 0.9, 0.8].map { try BoldnessRecalibration(assessment, level: $0) }
            let svg = RecalibrationContour(assessment, levels: levels, title: "").svg
            _ = elements(svg)
            return svg.components(separatedBy: "stroke=\"#8a8a8a\"").count - 1
        }
        let far = CalibrationMap.llo(LogOddsMap(delta: 0.02, gamma: 1)).applied(to: try SyntheticScores.hedger(3000))
        #expect(try leaders(assessment) == 0 && leaders(CalibrationAssessment(far)) == 4)
        // Exactly the least number of rows: the contour is a point.
        let few = try CalibrationAssessment(SyntheticScores.hedger(200).rows(Array(0..<19)))
        _ = elements(RecalibrationContour(few, levels: [try BoldnessRecalibration(few)], title: "point").svg)
    }
}
