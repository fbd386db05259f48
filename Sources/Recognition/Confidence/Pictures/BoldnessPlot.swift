import Foundation
import Plots

/// Every score as a line from its original value over the best map's to those of bolder ones, as a picture for paper.
///
/// After the line plot of Guthrie & Franck, The American Statistician 2024.
public struct BoldnessPlot: Sendable {
    public var title: String
    private let set: ScoreSet
    private let columns: [Column]

    private struct Column: Sendable {
        let name: String
        let map: LogOddsMap
        let posterior: Double
        let deviation: Double
    }

    /// More lines than these hide each other; rows are then taken evenly over the sorted scores.
    private static let linesMax = 500

    /// - Parameters:
    ///   - set: the scores of the first column.
    ///   - assessment: of the same set.
    ///   - levels: from bold-averse to bold, in the order of their columns.
    ///   - title: above the picture.
    public init(_ set: ScoreSet, _ assessment: CalibrationAssessment, levels: [BoldnessRecalibration], title: String) {
        self.set = set
        self.title = title
        func column(_ name: String, _ map: LogOddsMap) -> Column {
            let mapped = CalibrationMeasures(CalibrationMap.llo(map).applied(to: set))
            return Column(name: name, map: map, posterior: assessment.posterior(of: map), deviation: mapped.standardDeviation)
        }
        columns =
            [column("original", LogOddsMap(delta: 1, gamma: 1)), column("best fit", assessment.map)]
            + levels.map { column(Self.percent($0.level) + " B-R", $0.map) }
    }

    static func percent(_ level: Double) -> String {
        let text = String(format: "%.4g", level * 100)
        return text + " %"
    }

    /// The picture's text.
    public var svg: String {
        let step = 108.0
        let width = step * Double(columns.count)
        var drawing = SVGDrawing(width: 90 + width + 20, height: 560)
        let frame = PlotFrame(
            x: 80, y: 64, width: width, height: 400, xRange: 0...Double(columns.count), yRange: 0...1)
        drawing.text(title, x: frame.x, y: 28, size: 15, bold: true)
        for (index, (name, colour)) in [("came true", PlotFrame.blue), ("did not", PlotFrame.red)].enumerated() {
            let x = frame.x + 110 * Double(index)
            drawing.line(x, 46, x + 22, 46, stroke: colour, width: 2)
            drawing.text(name, x: x + 28, y: 51, size: 13)
        }
        frame.drawGrid(&drawing, xTicks: [], yTicks: PlotFrame.probabilityTicks)
        for row in shownRows {
            let points = columns.enumerated().map { index, column in
                frame.point(Double(index) + 0.5, column.map(set.scores[row]))
            }
            drawing.polyline(
                points, stroke: set.outcomes[row] ? PlotFrame.blue : PlotFrame.red, width: 0.8, opacity: opacity)
        }
        for index in columns.indices {
            let x = frame.across(Double(index) + 0.5)
            drawing.line(x, frame.y, x, frame.y + frame.height, stroke: PlotFrame.grey, width: 0.8)
        }
        frame.drawAxes(
            &drawing, xTicks: [], yTicks: PlotFrame.probabilityTicks, xLabel: nil, yLabel: "probability")
        let below = frame.y + frame.height
        for (index, column) in columns.enumerated() {
            let x = frame.across(Double(index) + 0.5)
            drawing.text(column.name, x: x, y: below + 22, size: 14, anchor: .middle, bold: true)
            drawing.text("P = \(Self.probability(column.posterior))", x: x, y: below + 44, size: 13, anchor: .middle)
            drawing.text("s = \(String(format: "%.3f", column.deviation))", x: x, y: below + 63, size: 13, anchor: .middle)
        }
        drawing.text(
            "P: posterior probability of calibration; s: standard deviation (boldness); B-R: boldness-recalibrated",
            x: frame.x, y: below + 87, size: 12, fill: "#555555")
        return drawing.svg
    }

    private static func probability(_ value: Double) -> String {
        value < 0.0005 ? String(format: "%.1e", value) : String(format: "%.3f", value)
    }

    private var opacity: Double { shownRows.count > 200 ? 0.35 : 0.6 }

    private var shownRows: [Int] {
        let order = set.scores.indices.sorted { (set.scores[$0], $0) < (set.scores[$1], $1) }
        guard order.count > Self.linesMax else { return order }
        return (0..<Self.linesMax).map { order[$0 * (order.count - 1) / (Self.linesMax - 1)] }
    }
}
