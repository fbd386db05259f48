import Foundation
import Plots
import Signals

/// Share of events that came true against the score that was given to them, as a picture for paper.
public struct ReliabilityDiagram: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// The PAV curve with a consistency band (CORP).
        case corp
        /// Ten bins of equal counts with Wilson's 95 % intervals.
        case binned
    }

    public var title: String
    private let kind: Kind
    private let set: ScoreSet
    /// Independent rows that the set counts for.
    private let rows: Double
    private let seed: UInt64

    /// - Parameters:
    ///   - set: the scores.
    ///   - title: above the picture.
    ///   - kind: how the observed frequency is found.
    ///   - rows: independent rows that the set counts for, with clusters the effective number; nil for all of them.
    ///   - seed: of the band's draws.
    public init(_ set: ScoreSet, title: String, kind: Kind = .corp, rows: Double? = nil, seed: UInt64 = 1) {
        (self.set, self.title, self.kind, self.seed) = (set, title, kind, seed)
        self.rows = min(rows ?? Double(set.count), Double(set.count))
    }

    /// The picture's text.
    public var svg: String {
        var drawing = SVGDrawing(width: 540, height: 610)
        let frame = PlotFrame(x: 80, y: 46, width: 430, height: 430, xRange: 0...1, yRange: 0...1)
        let ticks = PlotFrame.probabilityTicks
        drawing.text(title, x: frame.x, y: 28, size: 15, bold: true)
        frame.drawGrid(&drawing, xTicks: ticks, yTicks: ticks)
        if kind == .corp { drawBand(&drawing, frame) }
        drawing.line(
            frame.across(0), frame.down(0), frame.across(1), frame.down(1), stroke: PlotFrame.grey, width: 1.2, dashes: "6 4")
        if kind == .corp { drawCurve(&drawing, frame) } else { drawBins(&drawing, frame) }
        frame.drawAxes(&drawing, xTicks: ticks.map { ($0.0, "") }, yTicks: ticks, xLabel: nil, yLabel: "share that came true")
        drawScores(&drawing, below: frame)
        drawNumbers(&drawing, frame)
        return drawing.svg
    }

    private func drawBand(_ drawing: inout SVGDrawing, _ frame: PlotFrame) {
        let band = ConsistencyBand(set, rows: rows, level: 0.9, seed: seed)
        let lower = zip(band.scores, band.lower).map { frame.point($0, $1) }
        let upper = zip(band.scores, band.upper).map { frame.point($0, $1) }
        drawing.polyline(
            lower + upper.reversed(), stroke: "none", fill: "#b9d3ea",
            title: "where 90 % of the curves of calibrated scores lie",
            opacity: 0.75)
    }

    private func drawCurve(_ drawing: inout SVGDrawing, _ frame: PlotFrame) {
        let blocks = PooledAdjacentViolators(set)
        drawing.polyline(blocks.knots.map { frame.point($0.x, $0.y) }, stroke: PlotFrame.red, width: 1.4)
        for block in blocks.blocks {
            let y = frame.down(block.value)
            let title = "\(block.right) of \(block.count)"
            if block.lowest == block.highest {
                drawing.circle(x: frame.across(block.lowest), y: y, radius: 1.8, fill: PlotFrame.red, title: title)
            } else {
                drawing.line(
                    frame.across(block.lowest), y, frame.across(block.highest), y, stroke: PlotFrame.red, width: 3, title: title
                )
            }
        }
    }

    private func drawBins(_ drawing: inout SVGDrawing, _ frame: PlotFrame) {
        let bins = CalibrationBins(set, kind: .equalCount).bins
        let effect = Double(set.count) / rows
        for bin in bins {
            let interval = ShareInterval(share: bin.rightShare, of: Double(bin.count) / effect)
            let x = frame.across(bin.meanScore)
            drawing.line(
                x, frame.down(interval.low), x, frame.down(interval.high), stroke: PlotFrame.blue, width: 1.4)
            for end in [interval.low, interval.high] {
                drawing.line(x - 4, frame.down(end), x + 4, frame.down(end), stroke: PlotFrame.blue, width: 1.4)
            }
            drawing.circle(
                x: x, y: frame.down(bin.rightShare), radius: 4, fill: PlotFrame.red,
                title: "\(bin.count) rows, mean score \(String(format: "%.3f", bin.meanScore))")
        }
    }

    /// How often each score was given: a strip below, on the same axis.
    private func drawScores(_ drawing: inout SVGDrawing, below frame: PlotFrame) {
        let count = 50
        var bins = [Int](repeating: 0, count: count)
        for score in set.scores { bins[min(Int(score * Double(count)), count - 1)] += 1 }
        let most = Double(bins.max() ?? 1)
        let strip = PlotFrame(
            x: frame.x, y: frame.y + frame.height + 16, width: frame.width, height: 62, xRange: 0...1, yRange: 0...most * 1.08)
        for (index, bin) in bins.enumerated() where bin > 0 {
            let left = strip.across(Double(index) / Double(count))
            let top = strip.down(Double(bin))
            drawing.rectangle(
                x: left, y: top, width: frame.width / Double(count) - 0.8, height: strip.y + strip.height - top,
                fill: "#9aa7b3",
                title: "\(bin) rows")
        }
        strip.drawAxes(
            &drawing, xTicks: PlotFrame.probabilityTicks, yTicks: [(0, "0"), (most, "\(Int(most))")], xLabel: "score",
            yLabel: nil)
        drawing.text("rows", x: strip.x - 48, y: strip.y + strip.height / 2, size: 14, anchor: .middle, isUpwards: true)
    }

    private func drawNumbers(_ drawing: inout SVGDrawing, _ frame: PlotFrame) {
        var lines: [String]
        if kind == .corp {
            let parts = CORPDecomposition(set)
            lines = [("MCB", parts.miscalibration), ("DSC", parts.discrimination), ("UNC", parts.uncertainty)].map {
                "\($0.0)  \(String(format: "%.4f", $0.1))"
            }
        } else {
            let error = CalibrationBins(set, kind: .equalCount).expectedCalibrationError
            lines = ["ECE  \(String(format: "%.4f", error))"]
        }
        lines.append(rows < Double(set.count) - 0.5 ? "n  \(set.count), effective \(Int(rows.rounded()))" : "n  \(set.count)")
        for (index, line) in lines.enumerated() {
            drawing.text(line, x: frame.x + 14, y: frame.y + 24 + 19 * Double(index), size: 14, fill: PlotFrame.ink)
        }
    }
}
