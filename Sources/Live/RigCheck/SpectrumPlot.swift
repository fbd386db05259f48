import Foundation
import Plots

/// Spectra of a check as an SVG picture: one panel per stream, one line per channel, amplitude density over frequency.
public struct SpectrumPlot {
    private static let width = 760.0
    private static let height = 240.0
    private static let margin = (left: 70.0, right: 20.0, top: 34.0, bottom: 40.0)

    private let streams: [StreamCheckResult]

    public init(_ streams: [StreamCheckResult]) { self.streams = streams.filter { !$0.spectra.isEmpty } }

    /// The picture; a short note when no stream has a spectrum.
    public var svg: String {
        var drawing = SVGDrawing(width: Self.width, height: Self.height * Double(max(1, streams.count)))
        for (index, stream) in streams.enumerated() { drawPanel(&drawing, stream, top: Double(index) * Self.height) }
        if streams.isEmpty { drawing.text("no stream delivered two seconds of samples", x: 20, y: 40) }
        return drawing.svg
    }

    private func drawPanel(_ drawing: inout SVGDrawing, _ stream: StreamCheckResult, top: Double) {
        let isVolt = stream.noiseUvRms != nil
        let factor = isVolt ? 1e6 : 1
        // The first bins hold the mean.
        let curves = stream.spectra.map { spectrum in
            spectrum.density.enumerated().dropFirst(2).map {
                (f: Double($0) * spectrum.stepHz, y: log10(max($1.squareRoot() * factor, 1e-9)))
            }
        }
        let values = curves.joined().map(\.y)
        guard let lowest = values.min(), let highest = values.max(), let end = curves.first?.last?.f else { return }
        let low = lowest.rounded(.down)
        let high = max(low + 1, highest.rounded(.up))
        let plot = (
            x: Self.margin.left, y: top + Self.margin.top, w: Self.width - Self.margin.left - Self.margin.right,
            h: Self.height - Self.margin.top - Self.margin.bottom
        )
        func x(_ f: Double) -> Double { plot.x + f / end * plot.w }
        func y(_ value: Double) -> Double { plot.y + (high - value) / (high - low) * plot.h }
        drawing.rectangle(x: plot.x, y: plot.y, width: plot.w, height: plot.h, stroke: "#888")
        drawing.text(stream.name + (isVolt ? ", µV/√Hz" : ", full scale/√Hz"), x: plot.x, y: top + 20, bold: true)
        drawing.text("frequency, Hz", x: plot.x + plot.w - 60, y: plot.y + plot.h + 32)
        for decade in Int(low)...Int(high) {
            drawing.line(plot.x, y(Double(decade)), plot.x + plot.w, y(Double(decade)), stroke: "#ddd")
            drawing.text("1e\(decade)", x: plot.x - 8, y: y(Double(decade)) + 4, anchor: .end)
        }
        for tick in 0...5 {
            let f = end * Double(tick) / 5
            drawing.text("\(Int(f.rounded()))", x: x(f), y: plot.y + plot.h + 16, anchor: .middle)
        }
        for (index, curve) in curves.enumerated() {
            // At most 1,500 points of a line can be seen.
            let step = max(1, curve.count / 1500)
            drawing.polyline(
                stride(from: 0, to: curve.count, by: step).map { (x: x(curve[$0].f), y: y(curve[$0].y)) },
                stroke: LinePlot.colours[index % LinePlot.colours.count], width: 0.8, title: stream.spectra[index].channel)
        }
    }
}
