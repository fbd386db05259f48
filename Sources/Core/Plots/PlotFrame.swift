import Foundation

/// What plots have in common: the frame with its ticks and labels, and where a point lies in it.
enum PlotFrame {
    /// Of a picture 760 wide and 420 high; the legend stands right of it.
    static let area = (x: 70.0, y: 40.0, w: 570.0, h: 320.0)

    static func draw(
        _ drawing: inout SVGDrawing, title: String, xLabel: String, yLabel: String, _ xs: PlotAxis, _ ys: PlotAxis
    ) {
        let plot = area
        drawing.text(title, x: plot.x, y: 24, size: 14, bold: true)
        for tick in xs.ticks {
            let x = plot.x + xs.fraction(tick) * plot.w
            drawing.line(x, plot.y, x, plot.y + plot.h, stroke: "#e4e4e4")
            drawing.text(xs.label(tick), x: x, y: plot.y + plot.h + 18, size: 12, anchor: .middle)
        }
        for tick in ys.ticks {
            let y = plot.y + (1 - ys.fraction(tick)) * plot.h
            drawing.line(plot.x, y, plot.x + plot.w, y, stroke: "#e4e4e4")
            drawing.text(ys.label(tick), x: plot.x - 8, y: y + 4, size: 12, anchor: .end)
        }
        drawing.rectangle(x: plot.x, y: plot.y, width: plot.w, height: plot.h, stroke: "#888")
        drawing.text(xLabel, x: plot.x + plot.w / 2, y: plot.y + plot.h + 42, size: 12, anchor: .middle)
        drawing.text(yLabel, x: 18, y: plot.y + plot.h / 2, size: 12, anchor: .middle, isUpwards: true)
    }

    static func place(_ x: Double, _ y: Double, _ xs: PlotAxis, _ ys: PlotAxis) -> (x: Double, y: Double) {
        (x: area.x + xs.fraction(x) * area.w, y: area.y + (1 - ys.fraction(y)) * area.h)
    }

    /// Of a line of the legend, counted from 0.
    static func legend(_ index: Int) -> (x: Double, y: Double) { (area.x + area.w + 14, area.y + 14 + 20 * Double(index)) }
}

/// The range of one axis, a little wider than its values, with ticks at 1, 2 or 5 times a power of ten.
struct PlotAxis {
    let low: Double
    let high: Double
    let step: Double

    init(_ values: [Double]) {
        // The range of larger ones is no number.
        let finite = values.filter { abs($0) <= 1e300 }
        var (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
        if high - low <= 1e-12 * max(abs(low), abs(high), 1e-300) {
            let margin = max(abs(low) * 0.1, 1e-12)
            (low, high) = (low - margin, high + margin)
        }
        let rough = (high - low) / 5
        let power = pow(10, log10(rough).rounded(.down))
        step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? 10 * power
        self.low = (low / step + 1e-9).rounded(.down) * step
        self.high = (high / step - 1e-9).rounded(.up) * step
    }

    var ticks: [Double] { (0...Int(((high - low) / step).rounded())).map { low + Double($0) * step } }

    func fraction(_ value: Double) -> Double { (value - low) / (high - low) }

    func label(_ value: Double) -> String { String(format: "%.6g", abs(value) < step * 1e-6 ? 0 : value) }
}
