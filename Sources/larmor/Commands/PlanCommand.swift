import ArgumentParser
import Foundation
import NeuralNetworks
import Outputs
import Plots

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Says how many paths of which width an ensemble should have.",
        discussion: """
            A block is m paths of depth L and width n over one input, their outputs added up with 1/√m. What is made small is the variance of \
            its kernel at the beginning of training, V = (exp(α L / n) − 1) / m. Primal is the least V within a budget of parameters; dual \
            the fewest parameters with the V of a dense block (--like) or one that is given (--variance). α is measured on networks of \
            rectifiers without biases that are drawn at several widths, or taken from --alpha. That a small V learns well is a hypothesis.
            Example: larmor plan --inputs 64 --outputs 32 --depth 3 --like 512
            Example: larmor plan --kind bottleneck --inputs 256 --outputs 256 --like 128 --alpha 2.87 --plot plan.svg
            """)

    @Option(help: "Values that come in.")
    var inputs: Int

    @Option(help: "Values that come out.")
    var outputs: Int

    @Option(help: "Hidden layers of each path.")
    var depth = 1

    @Option(help: "connected, or bottleneck: 1 × 1, kernel × kernel, 1 × 1.")
    var kind: Kind = .connected

    @Option(help: "With --kind bottleneck: side of the middle convolution.")
    var kernel = 3

    @Option(help: "Width of a dense block: its parameters are the budget, its variance the dual's.")
    var like: Int?

    @Option(help: "Budget of parameters, without biases.")
    var parameters: Int?

    @Option(help: "Variance that the dual may have.")
    var variance: Double?

    @Option(help: "α, where it is known; measured by default.")
    var alpha: Double?

    @Option(help: "Networks that are drawn at each of the widths 8, 16, 32 and 64.")
    var draws = 2000

    @Option(help: "Widths are multiples of this.")
    var granularity = 1

    @Option(help: "Seed of the networks.")
    var seed: UInt64 = 1

    @Option(help: "Draw variance over width at the budget (SVG or PNG).")
    var plot: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    enum Kind: String, ExpressibleByArgument, CaseIterable { case connected, bottleneck }

    private struct Result: Encodable {
        var alpha: Double
        /// Absent for an α that was given.
        var fit: VarianceFit?
        var budget: Int?
        var variance: Double?
        var bestWidth: Double
        var primal: CollegialPlanner.Row?
        var dual: CollegialPlanner.Row?
        /// At the budget, for widths about the best one.
        var table: [CollegialPlanner.Row]
    }

    func validate() throws {
        for (name, value) in [("inputs", inputs), ("outputs", outputs), ("like", like ?? 1)] {
            guard (1...65_536).contains(value) else { throw ValidationError("--\(name) is a number from 1 to 65536") }
        }
        guard (1...100).contains(depth) else { throw ValidationError("--depth is a number from 1 to 100") }
        guard (1...99).contains(kernel) else { throw ValidationError("--kernel is a number from 1 to 99") }
        guard (1...1024).contains(granularity) else { throw ValidationError("--granularity is a number from 1 to 1024") }
        guard (100...1_000_000).contains(draws) else { throw ValidationError("--draws is a number from 100 to 1000000") }
        guard like != nil || parameters != nil || variance != nil else {
            throw ValidationError("give a dense block (--like), a budget (--parameters) or a variance (--variance)")
        }
        guard (1...1_000_000_000_000).contains(parameters ?? 1) else {
            throw ValidationError("--parameters is a number from 1 to 10¹²")
        }
        if kind != .bottleneck { try GivenOptions.refuse(["--kernel"], "needs --kind bottleneck") }
    }

    func run() throws {
        try reportingFailures {
            if let plot { try OutputFile.check(plot) }
            ProcessProvenance.note(seed: seed)
            let fit = alpha == nil ? measured() : nil
            let alpha = alpha ?? fit?.alpha ?? .nan
            let cost: EnsembleCost =
                kind == .connected
                ? .connected(inputs: inputs, outputs: outputs, depth: depth)
                : .bottleneck(inputs: inputs, outputs: outputs, kernel: kernel)
            let planner = try CollegialPlanner(
                alpha: alpha, depth: depth, cost: cost,
                widths: Array(stride(from: granularity, through: max(512, granularity), by: granularity)))
            let budget = parameters ?? like.map { cost.parameters(width: $0) }
            let variance = variance ?? like.map { planner.variance(paths: 1, width: $0) }
            let table = try budget.map { try planner.primalTable(budget: $0) } ?? []
            let primal = try budget.map { try planner.primal(budget: $0) }
            let result = Result(
                alpha: alpha, fit: fit, budget: budget, variance: variance, bestWidth: planner.bestWidth, primal: primal,
                dual: try variance.map { try planner.dual(variance: $0) },
                table: table.filter { row in primal.map { row.variance <= 4 * $0.variance } ?? true })
            if let plot { try PictureFile.write(curve(table).svg, to: plot) }
            if json { try Console.json(result) } else { show(result) }
        }
    }

    private func measured() -> VarianceFit {
        let kernels = [8, 16, 32, 64].map { width in
            (width: width, kernels: KernelVariance.plain(width: width, depth: depth, draws: draws, seed: seed &+ UInt64(width)))
        }
        return VarianceFit(kernels, depth: depth, seed: seed)
    }

    private func curve(_ table: [CollegialPlanner.Row]) -> LinePlot {
        LinePlot(
            title: "Variance of the kernel at the budget", xLabel: "width of a path", yLabel: "log₁₀ V",
            curves: [.init("V(m, n)", x: table.map { Double($0.width) }, y: table.map { log10($0.variance) })])
    }

    private func show(_ result: Result) {
        func short(_ value: Double) -> String { Console.number(value, significant: 4) }
        if let fit = result.fit {
            Console.result("α \(short(fit.alpha)) (95 %: \(short(fit.low)) to \(short(fit.high)))")
            for point in fit.points {
                Console.result("     width \(point.width): V \(short(point.variance)), α \(short(point.alpha))")
            }
            if !fit.fits {
                Console.result("     one α does not hold for all widths: take the rows near those that were measured")
            }
        }
        var table = TextTable("", "paths", "width", "parameters", "V")
        func add(_ name: String, _ row: CollegialPlanner.Row) {
            table.add(name, String(row.paths), String(row.width), String(row.parameters), short(row.variance))
        }
        if let primal = result.primal { add("primal", primal) }
        if let dual = result.dual { add("dual", dual) }
        Console.result(table.text)
        if let budget = result.budget { Console.result("primal: the least V within \(budget) parameters") }
        if let variance = result.variance { Console.result("dual: the fewest parameters with V of at most \(short(variance))") }
        if depth > 1 { Console.result("best width without rounding: \(short(result.bestWidth))") }
    }
}
