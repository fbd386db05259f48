import Foundation
import Plots

/// Seconds of a recording as places from left to right.
struct TimeAxis {
    let start: Double
    let end: Double
    /// User units of the drawing.
    let left: Double
    let width: Double

    /// - Precondition: `end` is after `start`.
    init(from start: Double, to end: Double, left: Double, width: Double) {
        precondition(end > start, "a time axis needs a length")
        self.start = start
        self.end = end
        self.left = left
        self.width = width
    }

    var right: Double { left + width }

    func x(_ time: Double) -> Double { left + min(max((time - start) / (end - start), 0), 1) * width }

    /// The first moment of a column of which there are `columns`.
    func time(column: Int, of columns: Int) -> Double { start + (end - start) * Double(column) / Double(columns) }

    /// Distances between ticks: decimal below a minute, then those of clocks.
    private static let steps: [Double] =
        [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200]
        + [14_400, 21_600, 43_200, 86_400]

    /// Six to fourteen round moments within the axis, with their labels.
    var ticks: [(time: Double, label: String)] {
        let least = (end - start) / 12
        let step = Self.steps.first { $0 >= least } ?? (least / 86_400).rounded(.up) * 86_400
        let first = Int((start / step).rounded(.up))
        let last = Int((end / step + 1e-9).rounded(.down))
        guard first <= last else { return [] }
        return (first...last).map { (Double($0) * step, label(Double($0) * step, step)) }
    }

    private func label(_ time: Double, _ step: Double) -> String {
        if end < 120 {
            let digits = step >= 1 ? 0 : Int((-log10(step)).rounded(.up))
            return String(format: "%.\(digits)f s", time)
        }
        let seconds = Int(time.rounded())
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        if end < 3600 { return String(format: "%d:%02d", seconds / 60, seconds % 60) }
        if step < 60 { return String(format: "%d:%02d:%02d", hours, minutes, seconds % 60) }
        return String(format: "%d:%02d h", hours, minutes)
    }

    /// The axis with its labels, below everything.
    func draw(_ drawing: inout SVGDrawing, bottom: Double) {
        for tick in ticks {
            drawing.line(x(tick.time), bottom, x(tick.time), bottom + 4, stroke: "#444")
            drawing.text(tick.label, x: x(tick.time), y: bottom + 16, size: 10, anchor: .middle)
        }
        drawing.line(left, bottom, right, bottom, stroke: "#444")
    }

    /// Fine lines at the ticks.
    func grid(_ drawing: inout SVGDrawing, top: Double, bottom: Double) {
        for tick in ticks { drawing.line(x(tick.time), top, x(tick.time), bottom, stroke: "#e4e4e4", width: 0.6) }
    }
}
