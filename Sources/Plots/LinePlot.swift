import Foundation

/// Curves over one horizontal axis as an SVG picture.
public struct LinePlot: Sendable {
    public struct Curve: Sendable {
        public var name: String
        public var x: [Double]
        public var y: [Double]

        /// - Precondition: as many x as y.
        public init(_ name: String, x: [Double], y: [Double]) {
            precondition(x.count == y.count, "a curve has as many x as y")
            (self.name, self.x, self.y) = (name, x, y)
        }
    }

    public var title: String
    public var xLabel: String
    public var yLabel: String
    public var curves: [Curve]

    public init(title: String, xLabel: String, yLabel: String, curves: [Curve]) {
        (self.title, self.xLabel, self.yLabel, self.curves) = (title, xLabel, yLabel, curves)
    }

    private static let colours = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#8c564b", "#17becf", "#7f7f7f"]
    private static let (width, height) = (760.0, 420.0)
    private static let plot = (x: 70.0, y: 40.0, w: 570.0, h: 320.0)

    /// The picture. Points that are not finite interrupt a curve.
    public var svg: String {
        let xs = Axis(curves.flatMap(\.x))
        let ys = Axis(curves.flatMap(\.y))
        let plot = Self.plot
        func place(_ x: Double, _ y: Double) -> String {
            n(plot.x + xs.fraction(x) * plot.w) + "," + n(plot.y + (1 - ys.fraction(y)) * plot.h)
        }
        var body = [text(plot.x, 24, title, weight: "bold", size: 14)]
        for tick in xs.ticks {
            let x = plot.x + xs.fraction(tick) * plot.w
            body.append(line(x, plot.y, x, plot.y + plot.h))
            body.append(text(x, plot.y + plot.h + 18, xs.label(tick), anchor: "middle"))
        }
        for tick in ys.ticks {
            let y = plot.y + (1 - ys.fraction(tick)) * plot.h
            body.append(line(plot.x, y, plot.x + plot.w, y))
            body.append(text(plot.x - 8, y + 4, ys.label(tick), anchor: "end"))
        }
        body.append("<rect x=\"\(n(plot.x))\" y=\"\(n(plot.y))\" width=\"\(n(plot.w))\" height=\"\(n(plot.h))\" fill=\"none\" stroke=\"#888\"/>")
        body.append(text(plot.x + plot.w / 2, plot.y + plot.h + 42, xLabel, anchor: "middle"))
        body.append(
            "<g transform=\"translate(18 \(n(plot.y + plot.h / 2))) rotate(-90)\">" + text(0, 0, yLabel, anchor: "middle") + "</g>")
        for (index, curve) in curves.enumerated() {
            let colour = Self.colours[index % Self.colours.count]
            for piece in pieces(curve) where piece.count > 0 {
                // More points than these cannot be told apart.
                let step = max(1, piece.count / 3000)
                var shown = stride(from: 0, to: piece.count, by: step).map { place(piece[$0].0, piece[$0].1) }
                if let last = piece.last { shown.append(place(last.0, last.1)) }
                let points = shown.joined(separator: " ")
                body.append("<polyline fill=\"none\" stroke=\"\(colour)\" stroke-width=\"1.5\" points=\"\(points)\"/>")
            }
            let y = plot.y + 14 + 20 * Double(index)
            let x = plot.x + plot.w + 14
            body.append("<line x1=\"\(n(x))\" y1=\"\(n(y - 4))\" x2=\"\(n(x + 18))\" y2=\"\(n(y - 4))\" stroke=\"\(colour)\" stroke-width=\"2\"/>")
            body.append(text(x + 24, y, curve.name))
        }
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(Int(Self.width))\" height=\"\(Int(Self.height))\" "
            + "font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
            + body.joined(separator: "\n") + "\n</svg>\n"
    }

    private func pieces(_ curve: Curve) -> [[(Double, Double)]] {
        zip(curve.x, curve.y).split { !$0.0.isFinite || !$0.1.isFinite }.map(Array.init)
    }

    private func n(_ value: Double) -> String { String(format: "%.1f", value) }

    private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
        "<line x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\" stroke=\"#e4e4e4\"/>"
    }

    private func text(
        _ x: Double, _ y: Double, _ text: String, anchor: String = "start", weight: String = "normal", size: Int = 12
    ) -> String {
        let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        return "<text x=\"\(n(x))\" y=\"\(n(y))\" text-anchor=\"\(anchor)\" font-weight=\"\(weight)\" font-size=\"\(size)\">\(escaped)</text>"
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
