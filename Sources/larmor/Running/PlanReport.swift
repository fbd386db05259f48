import Foundation
import NeuralNetworks
import Plots

/// What `larmor plan` found: the rows that answer its two questions, and those around them.
struct PlanReport: Encodable {
    /// One (m, n), with the time that a frame takes.
    struct Row: Encodable {
        var paths: Int
        var width: Int
        var parameters: Int
        var variance: Double
        /// Measured; absent for what is not computed here.
        var microseconds: Double?
    }

    /// Absent where V is taken as it was measured.
    var alpha: Double?
    /// Absent for an α that was given.
    var fit: VarianceFit?
    /// Parameters.
    var budget: Int?
    /// A frame's time that was asked for.
    var microseconds: Double?
    var variance: Double?
    var bestWidth: Double
    /// The one path that `--like` names.
    var like: Row?
    var primal: Row?
    var dual: Row?
    /// At the budget, for widths about the best one.
    var table: [Row]

    private let all: [CollegialPlanner.Row]

    /// - Parameter block: one path of the kind, at any width; nil for what cannot be timed.
    init(
        _ planner: CollegialPlanner, fit: VarianceFit?, alpha: Double?, budget: Int?, microseconds: Double?, variance: Double?,
        like: Int?, block: CollegialBlock?
    ) throws {
        (self.fit, self.budget, self.microseconds, self.variance) = (fit, budget, microseconds, variance)
        self.alpha = alpha ?? fit.flatMap { $0.fits ? $0.alpha : nil }
        bestWidth = planner.bestWidth
        if let microseconds, let block {
            all = Self.timed(planner, block, microseconds)
            guard !all.isEmpty else {
                throw CollegialPlanner.PlanError.invalid("a latency (no single path is so fast)", microseconds)
            }
        } else {
            all = try budget.map { try planner.primalTable(budget: $0) } ?? []
        }
        let best = all.min { $0.variance < $1.variance }
        primal = best.map { Self.row($0, block) }
        self.like = like.map { Self.row(planner.row(paths: 1, width: $0), block) }
        dual = try variance.map { Self.row(try planner.dual(variance: $0), block) }
        let near = all.filter { row in best.map { row.variance <= 4 * $0.variance } ?? true }
        table = near.map { Row(paths: $0.paths, width: $0.width, parameters: $0.parameters, variance: $0.variance) }
    }

    private enum CodingKeys: CodingKey {
        case alpha, fit, budget, microseconds, variance, bestWidth, like, primal, dual, table
    }

    /// As many paths as the time allows, at widths that lie evenly on a logarithmic scale.
    private static func timed(
        _ planner: CollegialPlanner, _ block: CollegialBlock, _ microseconds: Double
    ) -> [CollegialPlanner.Row] {
        var (last, rows) = (0.0, [CollegialPlanner.Row]())
        for width in planner.widths where Double(width) >= 1.2 * last && width >= 4 {
            last = Double(width)
            var block = block
            block.width = width
            guard let paths = BlockLatency.paths(of: block, within: microseconds) else { break }
            rows.append(planner.row(paths: paths, width: width))
        }
        return rows
    }

    private static func row(_ row: CollegialPlanner.Row, _ block: CollegialBlock?) -> Row {
        var found = Row(paths: row.paths, width: row.width, parameters: row.parameters, variance: row.variance)
        // What nobody can run need not be timed.
        if var block, row.paths * row.width <= 16_384, row.parameters <= 100_000_000 {
            (block.paths, block.width) = (row.paths, row.width)
            found.microseconds = BlockLatency.measured(block)
        }
        return found
    }

    var curve: LinePlot {
        LinePlot(
            title: "Variance of the kernel at the budget", xLabel: "width of a path", yLabel: "log₁₀ V",
            curves: [.init("V(m, n)", x: table.map { Double($0.width) }, y: table.map { log10($0.variance) })])
    }

    func show(depth: Int) {
        func short(_ value: Double) -> String { Console.number(value, significant: 4) }
        if let fit {
            Console.result("α \(short(fit.alpha)) (95 %: \(short(fit.low)) to \(short(fit.high)))")
            for point in fit.points {
                Console.result("     width \(point.width): V \(short(point.variance)), α \(short(point.alpha))")
            }
            if !fit.fits { Console.result("     one α does not hold for all widths: V is taken as it was measured") }
        }
        var table = TextTable("", "paths", "width", "parameters", "V", "µs a frame")
        func add(_ name: String, _ row: Row) {
            table.add(
                name, String(row.paths), String(row.width), String(row.parameters), short(row.variance),
                row.microseconds.map { Console.number($0, significant: 3) } ?? "–")
        }
        if let like { add("like", like) }
        if let primal { add("primal", primal) }
        if let dual { add("dual", dual) }
        Console.result(table.text)
        if let budget { Console.result("primal: the least V within \(budget) parameters") }
        if let microseconds { Console.result("primal: the least V within \(short(microseconds)) µs a frame, measured") }
        if let variance { Console.result("dual: the fewest parameters with V of at most \(short(variance))") }
        if depth > 1 || fit?.fits == false { Console.result("best width without rounding: \(short(bestWidth))") }
    }
}
