import Foundation
import Plots

/// The posterior probability of calibration over (δ, γ) with its contours, and the boldest map on each, as a picture for paper.
public struct RecalibrationContour: Sendable {
    public var title: String
    private let assessment: CalibrationAssessment
    private let levels: [BoldnessRecalibration]

    /// - Parameters:
    ///   - assessment: whose likelihood is drawn.
    ///   - levels: of the same assessment; at least one.
    ///   - title: above the picture.
    public init(_ assessment: CalibrationAssessment, levels: [BoldnessRecalibration], title: String) {
        (self.assessment, self.levels, self.title) = (assessment, levels, title)
    }

    private static let shades = ColourMap([0xFFFFFF, 0xF0F5FA, 0xD9E7F3, 0xB4D0E7, 0x86B3D8])
    private static let cells = 160

    /// The picture's text.
    public var svg: String {
        let fit = assessment.fit
        let contours = levels.map { level in (level, points(level)) }
        let all = contours.flatMap(\.1) + [Point(a: 0, g: 1), fit.place]
        let xRange = Self.padded(all.map(\.a))
        let yRange = Self.padded(all.map(\.g))
        var drawing = SVGDrawing(width: 640, height: 560)
        let frame = PlotFrame(x: 80, y: 46, width: 440, height: 440, xRange: xRange, yRange: yRange)
        drawing.text(title, x: frame.x, y: 28, size: 15, bold: true)
        drawing.image(image(xRange, yRange), x: frame.x, y: frame.y, width: frame.width, height: frame.height)
        for (_, points) in contours {
            drawing.polyline((points + points.prefix(1)).map { frame.point($0.a, $0.g) }, stroke: PlotFrame.ink, width: 1.1)
        }
        drawBoldest(&drawing, frame, around: contours.flatMap(\.1).map { frame.across($0.a) })
        let best = frame.point(fit.place.a, fit.place.g)
        drawing.line(best.x - 6, best.y - 6, best.x + 6, best.y + 6, stroke: PlotFrame.ink, width: 2)
        drawing.line(best.x - 6, best.y + 6, best.x + 6, best.y - 6, stroke: PlotFrame.ink, width: 2)
        let original = frame.point(0, 1)
        drawing.circle(x: original.x, y: original.y, radius: 5, fill: "white", stroke: PlotFrame.ink)
        frame.drawAxes(
            &drawing, xTicks: Self.logarithmicTicks(xRange), yTicks: PlotFrame.ticks(yRange), xLabel: "δ  (shift of the odds)",
            yLabel: "γ  (spread of the log odds)")
        drawLegend(&drawing, frame)
        return drawing.svg
    }

    /// Dots with their levels: just inside of each contour, or beside all of them where the names would lie on each other.
    private func drawBoldest(_ drawing: inout SVGDrawing, _ frame: PlotFrame, around contours: [Double]) {
        let dots = levels.map { level in
            let place = frame.point(log(level.map.delta), level.map.gamma)
            return (x: place.x, y: place.y, name: BoldnessPlot.percent(level.level))
        }.sorted { $0.y < $1.y }
        let isCrowded = dots.indices.contains { first in
            dots[(first + 1)...].contains { abs($0.y - dots[first].y) < 13 && abs($0.x - dots[first].x) < 48 }
        }
        let middle = (x: Self.mean(dots.map(\.x)), y: Self.mean(dots.map(\.y)))
        let (left, right) = (contours.min() ?? middle.x, contours.max() ?? middle.x)
        // On the nearer side where a name has room, else on the roomier one.
        let (leftRoom, rightRoom) = (left - frame.x, frame.x + frame.width - right)
        let isNearRight = right - middle.x < middle.x - left
        let isRight = min(leftRoom, rightRoom) >= 44 || max(leftRoom, rightRoom) < 44 ? isNearRight : rightRoom > leftRoom
        let step = 15.0
        let most = frame.y + frame.height - step * Double(dots.count)
        let top = min(max(middle.y - step * Double(dots.count - 1) / 2, frame.y + step), most)
        for (index, dot) in dots.enumerated() where isCrowded {
            let y = top + step * Double(index)
            drawing.line(dot.x, dot.y, isRight ? right + 3 : left - 3, y, stroke: PlotFrame.grey, width: 0.8)
            drawing.text(dot.name, x: isRight ? right + 5 : left - 5, y: y + 4, size: 11, anchor: isRight ? .start : .end)
        }
        for dot in dots {
            drawing.circle(
                x: dot.x, y: dot.y, radius: 4.5, fill: PlotFrame.red, stroke: "white", title: "boldest at \(dot.name)")
            if !isCrowded { drawing.text(dot.name, x: dot.x + 9, y: dot.y + 11.5, size: 11) }
        }
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }

    private func points(_ level: BoldnessRecalibration) -> [Point] {
        let drop = assessment.drop(level: level.level)
        guard drop > 0 else { return [assessment.fit.place] }
        let few = assessment.fit.condensed(to: 2000)
        let centre = assessment.fit.place
        return LikelihoodContour(
            few, centre: centre, information: assessment.fit.information, maximum: few.logLikelihood(centre.a, centre.g),
            drop: drop
        ).places(180)
    }

    private func image(_ xRange: ClosedRange<Double>, _ yRange: ClosedRange<Double>) -> PNGImage {
        let few = assessment.fit.condensed(to: 500)
        let centre = assessment.fit.place
        let most = few.logLikelihood(centre.a, centre.g)
        var pixels: [UInt8] = []
        for row in 0..<Self.cells {
            let g = yRange.upperBound - (Double(row) + 0.5) / Double(Self.cells) * (yRange.upperBound - yRange.lowerBound)
            for column in 0..<Self.cells {
                let a =
                    xRange.lowerBound + (Double(column) + 0.5) / Double(Self.cells) * (xRange.upperBound - xRange.lowerBound)
                let colour = Self.shades.colour(assessment.posterior(below: most - few.logLikelihood(a, g)))
                pixels += [colour.0, colour.1, colour.2]
            }
        }
        return PNGImage(width: Self.cells, height: Self.cells, pixels: pixels)
    }

    private func drawLegend(_ drawing: inout SVGDrawing, _ frame: PlotFrame) {
        let x = frame.x + frame.width + 16
        var y = frame.y + 12
        drawing.circle(x: x + 6, y: y, radius: 5, fill: "white", stroke: PlotFrame.ink)
        drawing.text("original", x: x + 18, y: y + 4.5, size: 13)
        y += 24
        drawing.line(x, y - 6, x + 12, y + 6, stroke: PlotFrame.ink, width: 2)
        drawing.line(x, y + 6, x + 12, y - 6, stroke: PlotFrame.ink, width: 2)
        drawing.text("best fit", x: x + 18, y: y + 4.5, size: 13)
        y += 24
        drawing.circle(x: x + 6, y: y, radius: 4.5, fill: PlotFrame.red, stroke: "white")
        drawing.text("boldest", x: x + 18, y: y + 4.5, size: 13)
        y += 34
        drawing.text("P(calibrated)", x: x, y: y, size: 13)
        y += 10
        let bar = 130.0
        for step in 0..<26 {
            let colour = Self.shades.colour(1 - (Double(step) + 0.5) / 26)
            drawing.rectangle(
                x: x, y: y + Double(step) * bar / 26, width: 16, height: bar / 26 + 0.5,
                fill: String(format: "#%02x%02x%02x", Int(colour.0), Int(colour.1), Int(colour.2)))
        }
        drawing.rectangle(x: x, y: y, width: 16, height: bar, stroke: PlotFrame.ink)
        for (value, text) in [(1.0, "1"), (0.5, "0.5"), (0.0, "0")] {
            drawing.text(text, x: x + 22, y: y + (1 - value) * bar + 4.5, size: 12)
        }
    }

    private static func padded(_ values: [Double]) -> ClosedRange<Double> {
        let (low, high) = (values.min() ?? 0, values.max() ?? 1)
        let margin = max((high - low) * 0.1, 1e-3)
        return low - margin...high + margin
    }

    /// Round δ at places of log δ.
    private static func logarithmicTicks(_ range: ClosedRange<Double>) -> [(Double, String)] {
        let (low, high) = (exp(range.lowerBound), exp(range.upperBound))
        guard high / low > 8 else { return PlotFrame.ticks(low...high, 7).filter { $0.0 > 0 }.map { (log($0.0), $0.1) } }
        let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
        func ticks(_ steps: [Double]) -> [(Double, String)] {
            decades.flatMap { decade in
                steps.map { step in
                    (log(step * pow(10, Double(decade))), String(format: "%.6g", step * pow(10, Double(decade))))
                }
            }.filter { range.contains($0.0) }
        }
        // As many as have room.
        return [[1, 2, 5], [1, 3]].map(ticks).first { $0.count <= 7 } ?? ticks([1])
    }
}
