import Foundation

/// Spectra of a check as an SVG picture: one panel per stream, one line per channel, amplitude density over frequency.
public struct SpectrumPlot {
    private static let width = 760.0
    private static let height = 240.0
    private static let margin = (left: 70.0, right: 20.0, top: 34.0, bottom: 40.0)
    private static let colours = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#8c564b", "#17becf", "#7f7f7f"]

    private let streams: [StreamCheckResult]

    public init(_ streams: [StreamCheckResult]) { self.streams = streams.filter { !$0.spectra.isEmpty } }

    /// The picture; a short note when no stream has a spectrum.
    public var svg: String {
        let panels = max(1, streams.count)
        var body: [String] = []
        for (index, stream) in streams.enumerated() { body += panel(stream, top: Double(index) * Self.height) }
        if streams.isEmpty { body.append(text(20, 40, "no stream delivered two seconds of samples")) }
        let size = "width=\"\(Int(Self.width))\" height=\"\(Int(Self.height) * panels)\""
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" \(size) font-family=\"sans-serif\" font-size=\"11\">\n"
            + "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n" + body.joined(separator: "\n") + "\n</svg>\n"
    }

    private func panel(_ stream: StreamCheckResult, top: Double) -> [String] {
        let isVolt = stream.noiseUvRms != nil
        let factor = isVolt ? 1e6 : 1
        // The first bins hold the mean.
        let curves = stream.spectra.map { spectrum in
            spectrum.density.enumerated().dropFirst(2).map {
                (f: Double($0) * spectrum.stepHz, y: log10(max($1.squareRoot() * factor, 1e-9)))
            }
        }
        let values = curves.joined().map(\.y)
        guard let lowest = values.min(), let highest = values.max(), let end = curves.first?.last?.f else { return [] }
        let low = lowest.rounded(.down)
        let high = max(low + 1, highest.rounded(.up))
        let plot = (
            x: Self.margin.left, y: top + Self.margin.top, w: Self.width - Self.margin.left - Self.margin.right,
            h: Self.height - Self.margin.top - Self.margin.bottom
        )
        func x(_ f: Double) -> Double { plot.x + f / end * plot.w }
        func y(_ value: Double) -> Double { plot.y + (high - value) / (high - low) * plot.h }
        var lines = [
            "<rect x=\"\(n(plot.x))\" y=\"\(n(plot.y))\" width=\"\(n(plot.w))\" height=\"\(n(plot.h))\" fill=\"none\" stroke=\"#888\"/>",
            text(plot.x, top + 20, escape(stream.name) + (isVolt ? ", µV/√Hz" : ", full scale/√Hz"), weight: "bold"),
            text(plot.x + plot.w - 60, plot.y + plot.h + 32, "frequency, Hz"),
        ]
        for decade in Int(low)...Int(high) {
            lines.append(rule(plot.x, y(Double(decade)), plot.x + plot.w, y(Double(decade))))
            lines.append(text(plot.x - 8, y(Double(decade)) + 4, "1e\(decade)", anchor: "end"))
        }
        for tick in 0...5 {
            let f = end * Double(tick) / 5
            lines.append(text(x(f), plot.y + plot.h + 16, "\(Int(f.rounded()))", anchor: "middle"))
        }
        for (index, curve) in curves.enumerated() {
            // At most 1,500 points of a line can be seen.
            let step = max(1, curve.count / 1500)
            let points = stride(from: 0, to: curve.count, by: step).map { "\(n(x(curve[$0].f))),\(n(y(curve[$0].y)))" }
            let colour = Self.colours[index % Self.colours.count]
            lines.append(
                "<polyline fill=\"none\" stroke=\"\(colour)\" stroke-width=\"0.8\" points=\"\(points.joined(separator: " "))\">"
                    + "<title>\(escape(stream.spectra[index].channel))</title></polyline>")
        }
        return lines
    }

    private func n(_ value: Double) -> String { String(format: "%.1f", value) }

    private func rule(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
        "<line x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\" stroke=\"#ddd\"/>"
    }

    private func text(_ x: Double, _ y: Double, _ text: String, anchor: String = "start", weight: String = "normal") -> String {
        "<text x=\"\(n(x))\" y=\"\(n(y))\" text-anchor=\"\(anchor)\" font-weight=\"\(weight)\">\(text)</text>"
    }

    private func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
