import Foundation
import Plots

/// A rectangle with two axes, and the way from numbers to places in it.
struct PlotFrame {
    let x: Double
    let y: Double
    let width: Double
    let height: Double
    let xRange: ClosedRange<Double>
    let yRange: ClosedRange<Double>

    /// Black on white, for paper; told apart by most people and by their lightness.
    static let ink = "#222222"
    static let grid = "#e6e6e6"
    static let blue = "#1f5f9e"
    static let red = "#c4342d"
    static let grey = "#8a8a8a"

    func across(_ value: Double) -> Double {
        x + (value - xRange.lowerBound) / (xRange.upperBound - xRange.lowerBound) * width
    }

    func down(_ value: Double) -> Double {
        y + (1 - (value - yRange.lowerBound) / (yRange.upperBound - yRange.lowerBound)) * height
    }

    func point(_ px: Double, _ py: Double) -> (x: Double, y: Double) { (across(px), down(py)) }

    func drawGrid(_ drawing: inout SVGDrawing, xTicks: [(Double, String)], yTicks: [(Double, String)]) {
        for (value, _) in xTicks { drawing.line(across(value), y, across(value), y + height, stroke: Self.grid) }
        for (value, _) in yTicks { drawing.line(x, down(value), x + width, down(value), stroke: Self.grid) }
    }

    func drawAxes(
        _ drawing: inout SVGDrawing, xTicks: [(Double, String)], yTicks: [(Double, String)], xLabel: String?, yLabel: String?
    ) {
        drawing.rectangle(x: x, y: y, width: width, height: height, stroke: Self.ink)
        for (value, text) in xTicks {
            drawing.line(across(value), y + height, across(value), y + height + 5, stroke: Self.ink)
            drawing.text(text, x: across(value), y: y + height + 19, size: 13, anchor: .middle)
        }
        for (value, text) in yTicks {
            drawing.line(x - 5, down(value), x, down(value), stroke: Self.ink)
            drawing.text(text, x: x - 9, y: down(value) + 4.5, size: 13, anchor: .end)
        }
        if let xLabel { drawing.text(xLabel, x: x + width / 2, y: y + height + 42, size: 14, anchor: .middle) }
        if let yLabel { drawing.text(yLabel, x: x - 48, y: y + height / 2, size: 14, anchor: .middle, isUpwards: true) }
    }

    /// Round numbers within a range, about `count` of them, with as many digits as tell them apart.
    static func ticks(_ range: ClosedRange<Double>, _ count: Int = 5) -> [(Double, String)] {
        let rough = (range.upperBound - range.lowerBound) / Double(count)
        guard rough > 0, rough.isFinite else { return [] }
        let power = pow(10, log10(rough).rounded(.down))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? 10 * power
        let digits = max(0, Int(-log10(step * 1.001).rounded(.down)))
        let first = (range.lowerBound / step - 1e-9).rounded(.up)
        let last = (range.upperBound / step + 1e-9).rounded(.down)
        guard last >= first, last - first < 100 else { return [] }
        return stride(from: first, through: last, by: 1).map {
            ($0 * step + 0, String(format: "%.\(digits)f", $0 * step + 0))
        }
    }

    /// Ticks 0, 0.2 … 1.
    static let probabilityTicks: [(Double, String)] = [
        (0, "0"), (0.2, "0.2"), (0.4, "0.4"), (0.6, "0.6"), (0.8, "0.8"), (1, "1"),
    ]
}
