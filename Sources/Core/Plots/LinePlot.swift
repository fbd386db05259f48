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

    /// The picture. Points that are not finite interrupt a curve.
    public var svg: String {
        let xs = PlotAxis(curves.flatMap(\.x))
        let ys = PlotAxis(curves.flatMap(\.y))
        var drawing = SVGDrawing(width: 760, height: 420)
        PlotFrame.draw(&drawing, title: title, xLabel: xLabel, yLabel: yLabel, xs, ys)
        for (index, curve) in curves.enumerated() {
            let colour = Self.colours[index % Self.colours.count]
            for piece in pieces(curve) {
                // More points than these cannot be told apart.
                let step = max(1, piece.count / 3000)
                var shown = stride(from: 0, to: piece.count, by: step).map { piece[$0] }
                if let last = piece.last { shown.append(last) }
                drawing.polyline(shown.map { PlotFrame.place($0.0, $0.1, xs, ys) }, stroke: colour, width: 1.5)
            }
            let (x, y) = PlotFrame.legend(index)
            drawing.line(x, y - 4, x + 18, y - 4, stroke: colour, width: 2)
            drawing.text(curve.name, x: x + 24, y: y, size: 12)
        }
        return drawing.svg
    }

    private func pieces(_ curve: Curve) -> [[(Double, Double)]] {
        zip(curve.x, curve.y).split { !$0.0.isFinite || !$0.1.isFinite }.map(Array.init)
    }
}
