import Foundation

/// Curves over one horizontal axis as an SVG picture.
public struct LinePlot: Sendable {
    /// One line with its name in the legend.
    public struct Curve: Sendable {
        public var name: String
        /// Shape `[points]`; points that are not finite interrupt the curve.
        public var x: [Double]
        /// Shape `[points]`.
        public var y: [Double]

        /// - Precondition: as many x as y.
        public init(_ name: String, x: [Double], y: [Double]) {
            precondition(x.count == y.count, "a curve has as many x as y")
            (self.name, self.x, self.y) = (name, x, y)
        }
    }

    public var title: String
    /// Quantity and unit of the horizontal axis.
    public var xLabel: String
    /// Quantity and unit of the vertical axis.
    public var yLabel: String
    /// Drawn in this order; colours repeat after eight.
    public var curves: [Curve]

    public init(title: String, xLabel: String, yLabel: String, curves: [Curve]) {
        (self.title, self.xLabel, self.yLabel, self.curves) = (title, xLabel, yLabel, curves)
    }

    /// Colours of curves that lie in one plot, told apart by most people; a plot with more curves begins again.
    public static let colours = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#8c564b", "#17becf", "#7f7f7f"]
    private static let plot = (x: 70.0, y: 40.0, w: 570.0, h: 320.0)

    /// The picture. Points that are not finite interrupt a curve.
    public var svg: String {
        let xs = Axis(curves.flatMap(\.x))
        let ys = Axis(curves.flatMap(\.y))
        var drawing = SVGDrawing(width: 760, height: 420)
        drawAxes(&drawing, xs, ys)
        let plot = Self.plot
        for (index, curve) in curves.enumerated() {
            let colour = Self.colours[index % Self.colours.count]
            for piece in pieces(curve) {
                // More points than these cannot be told apart.
                let step = max(1, piece.count / 3000)
                var shown = stride(from: 0, to: piece.count, by: step).map { piece[$0] }
                if let last = piece.last { shown.append(last) }
                let points = shown.map {
                    (x: plot.x + xs.fraction($0.0) * plot.w, y: plot.y + (1 - ys.fraction($0.1)) * plot.h)
                }
                drawing.polyline(points, stroke: colour, width: 1.5)
            }
            let y = plot.y + 14 + 20 * Double(index)
            let x = plot.x + plot.w + 14
            drawing.line(x, y - 4, x + 18, y - 4, stroke: colour, width: 2)
            drawing.text(curve.name, x: x + 24, y: y, size: 12)
        }
        return drawing.svg
    }

    private func drawAxes(_ drawing: inout SVGDrawing, _ xs: Axis, _ ys: Axis) {
        let plot = Self.plot
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

    private func pieces(_ curve: Curve) -> [[(Double, Double)]] {
        zip(curve.x, curve.y).split { !$0.0.isFinite || !$0.1.isFinite }.map(Array.init)
    }

    /// The range of one axis, a little wider than its values, with ticks at 1, 2 or 5 times a power of ten.
    struct Axis {
        let low: Double
        let high: Double
        let step: Double

        init(_ values: [Double]) {
            let finite = values.filter(\.isFinite)
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
}
