import Foundation
import Plots

/// Pictures of a sweep: the result over each parameter, and over each pair of them.
struct SweepPictures {
    private let table: SweepTable
    private let objective: SweepObjective
    private let done: [(point: StoredPoint, value: Double)]

    private static let plot = (x: 84.0, y: 40.0, w: 470.0, h: 280.0)
    private static let labelWidth = 52.0
    /// Values of both axes up to which a heat map has cells.
    private static let mostCells = 40
    /// Parameters up to which every pair is drawn.
    private static let mostPaired = 4

    /// Nil when there is nothing to draw.
    init?(_ table: SweepTable) {
        guard let objective = table.objective else { return nil }
        // The range of larger ones is no number.
        done = table.ranking.compactMap { point in point.value.flatMap { abs($0) <= 1e300 ? (point, $0) : nil } }
        guard !done.isEmpty else { return nil }
        (self.table, self.objective) = (table, objective)
    }

    /// Parameters that have more than one value.
    private var varied: [Int] {
        table.parameters.indices.filter { index in Set(done.map { $0.point.point.parameters[index].value }).count > 1 }
    }

    var all: [String] {
        let varied = varied
        var result = varied.map(overParameter)
        guard varied.count <= Self.mostPaired else { return result }
        for (place, first) in varied.enumerated() {
            for second in varied.dropFirst(place + 1) { result.append(overPair(first, second)) }
        }
        return result
    }

    private func values(_ index: Int) -> [SweepValue] { done.map { $0.point.point.parameters[index].value } }
    private func axis(_ index: Int) -> ParameterAxis { ParameterAxis(table.parameters[index], values(index)) }

    private static func title(_ point: StoredPoint, _ value: Double) -> String {
        "point \(point.point.number): \(point.point.identity), \(String(format: "%.6g", value))"
    }

    private func overParameter(_ index: Int) -> String {
        let (xs, plot) = (axis(index), Self.plot)
        let ys = ParameterAxis(objective.path, done.map { SweepValue($0.value) })
        var drawing = SVGDrawing(width: 600, height: 380)
        drawing.text("\(objective.path) over \(xs.name)", x: plot.x, y: 24, size: 14, bold: true)
        frame(&drawing, xs, right: plot.w)
        for (label, part) in Self.ticks(done.map(\.value), isLogarithmic: ys.isLogarithmic) {
            let y = plot.y + (1 - ys.fraction(of: part)) * plot.h
            drawing.line(plot.x, y, plot.x + plot.w, y, stroke: "#e4e4e4")
            drawing.text(label, x: plot.x - 8, y: y + 4, size: 12, anchor: .end)
        }
        func place(_ x: SweepValue, _ y: Double) -> (x: Double, y: Double) {
            (plot.x + xs.fraction(x) * plot.w, plot.y + (1 - ys.fraction(of: y)) * plot.h)
        }
        let groups = Dictionary(grouping: done) { $0.point.point.parameters[index].value }
        // Where every value stands once, a line of medians is the points again.
        if groups.count < done.count {
            let medians = xs.values.map { value in place(value, Self.median((groups[value] ?? []).map(\.value))) }
            drawing.polyline(medians, stroke: "#d62728", width: 1.5)
            drawing.text("line: median", x: plot.x + plot.w, y: 24, size: 11, anchor: .end, fill: "#d62728")
        }
        for (point, value) in done.reversed() {
            let (x, y) = place(point.point.parameters[index].value, value)
            drawing.circle(x: x, y: y, radius: 3, fill: "#1f77b4", title: Self.title(point, value))
        }
        let best = place(done[0].point.point.parameters[index].value, done[0].value)
        drawing.circle(
            x: best.x, y: best.y, radius: 7, stroke: "#222", title: "best: " + Self.title(done[0].point, done[0].value))
        drawing.text(
            objective.path + (ys.isLogarithmic ? " (logarithmic)" : ""), x: 18, y: plot.y + plot.h / 2, size: 12,
            anchor: .middle, isUpwards: true)
        return drawing.svg
    }

    private func overPair(_ first: Int, _ second: Int) -> String {
        let (xs, ys, plot) = (axis(first), axis(second), Self.plot)
        let width = plot.w - 90
        var drawing = SVGDrawing(width: 600, height: 380)
        let pairs = Dictionary(grouping: done) {
            [$0.point.point.parameters[first].value, $0.point.point.parameters[second].value]
        }
        let title = "\(objective.path) over \(xs.name) and \(ys.name)" + (pairs.count < done.count ? ", medians" : "")
        drawing.text(title, x: plot.x, y: 24, size: 14, bold: true)
        let medians = pairs.mapValues { Self.median($0.map(\.value)) }
        let (low, high) = (medians.values.min() ?? 0, medians.values.max() ?? 1)
        func colour(_ value: Double) -> String {
            // Dark is good.
            let part = high > low ? (value - low) / (high - low) : 1
            let (red, green, blue) = ColourMap.print.colour(objective.isMaximised ? part : 1 - part)
            return String(format: "#%02x%02x%02x", red, green, blue)
        }
        if max(xs.values.count, ys.values.count) <= Self.mostCells {
            let (w, h) = (width / Double(xs.values.count), plot.h / Double(ys.values.count))
            for (column, x) in xs.values.enumerated() {
                drawing.text(
                    ParameterAxis.label(x), x: plot.x + (Double(column) + 0.5) * w, y: plot.y + plot.h + 18,
                    size: xs.values.count > 10 ? 8 : 12,
                    anchor: .middle)
                for (row, y) in ys.values.enumerated() {
                    guard let value = medians[[x, y]] else { continue }
                    drawing.rectangle(
                        x: plot.x + Double(column) * w, y: plot.y + plot.h - Double(row + 1) * h, width: w, height: h,
                        fill: colour(value),
                        title: "\(xs.name)=\(x) \(ys.name)=\(y): median \(String(format: "%.6g", value))")
                }
            }
            for (row, y) in ys.values.enumerated() {
                drawing.text(
                    ParameterAxis.label(y), x: plot.x - 8, y: plot.y + plot.h - (Double(row) + 0.5) * h + 4,
                    size: ys.values.count > 16 ? 8 : 12, anchor: .end)
            }
            drawing.rectangle(x: plot.x, y: plot.y, width: width, height: plot.h, stroke: "#888")
            drawing.text(xs.name, x: plot.x + width / 2, y: plot.y + plot.h + 42, size: 12, anchor: .middle)
        } else {
            frame(&drawing, xs, right: width)
            for value in ys.ticks(6) {
                drawing.text(
                    ParameterAxis.label(value), x: plot.x - 8, y: plot.y + (1 - ys.fraction(value)) * plot.h + 4, size: 12,
                    anchor: .end)
            }
            for (point, value) in done.reversed() {
                let (x, y) = (point.point.parameters[first].value, point.point.parameters[second].value)
                drawing.circle(
                    x: plot.x + xs.fraction(x) * width, y: plot.y + (1 - ys.fraction(y)) * plot.h, radius: 4,
                    fill: colour(medians[[x, y]] ?? value), stroke: "#888", title: Self.title(point, value))
            }
        }
        drawing.text(ys.name, x: 18, y: plot.y + plot.h / 2, size: 12, anchor: .middle, isUpwards: true)
        let bar = (x: plot.x + width + 24, w: 16.0)
        for step in 0..<32 {
            let value = low + (high - low) * (Double(step) + 0.5) / 32
            drawing.rectangle(
                x: bar.x, y: plot.y + plot.h * (1 - Double(step + 1) / 32), width: bar.w, height: plot.h / 32 + 0.5,
                fill: colour(value))
        }
        drawing.text(String(format: "%.4g", high), x: bar.x + bar.w + 6, y: plot.y + 10, size: 12)
        drawing.text(String(format: "%.4g", low), x: bar.x + bar.w + 6, y: plot.y + plot.h, size: 12)
        return drawing.svg
    }

    private func frame(_ drawing: inout SVGDrawing, _ xs: ParameterAxis, right width: Double) {
        let plot = Self.plot
        var last = -Double.infinity
        for value in xs.ticks(8) {
            let x = plot.x + xs.fraction(value) * width
            drawing.line(x, plot.y, x, plot.y + plot.h, stroke: "#e4e4e4")
            // Labels that would lie on each other are left out.
            guard x - last > Self.labelWidth else { continue }
            last = x
            drawing.text(ParameterAxis.label(value), x: x, y: plot.y + plot.h + 18, size: 12, anchor: .middle)
        }
        drawing.rectangle(x: plot.x, y: plot.y, width: width, height: plot.h, stroke: "#888")
        drawing.text(
            xs.name + (xs.isLogarithmic ? " (logarithmic)" : ""), x: plot.x + width / 2, y: plot.y + plot.h + 42, size: 12,
            anchor: .middle)
    }

    /// Of the vertical axis: at 1, 2 or 5 times a power of ten, or at the ends where it is logarithmic.
    private static func ticks(_ values: [Double], isLogarithmic: Bool) -> [(String, Double)] {
        let (low, high) = (values.min() ?? 0, values.max() ?? 1)
        guard high > low, !isLogarithmic else {
            let middle = isLogarithmic ? (low * high).squareRoot() : low
            return Set([low, middle, high]).sorted().map { (String(format: "%.4g", $0), $0) }
        }
        let power = pow(10, log10((high - low) / 5).rounded(.down))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= (high - low) / 5 * 0.999 } ?? 10 * power
        return stride(from: (low / step).rounded(.up), through: (high / step + 1e-9).rounded(.down), by: 1).map {
            (String(format: "%.6g", $0 * step), $0 * step)
        }
    }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return .nan }
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
