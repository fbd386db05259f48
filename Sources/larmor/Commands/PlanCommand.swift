import ArgumentParser
import Foundation
import NeuralNetworks
import Outputs
import Plots
import Recognition

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Says how many paths of which width an ensemble should have.",
        discussion: """
            A block is m paths of depth L and width n over one input, their outputs added up with 1/√m. What is made small is the variance V of \
            its kernel at the beginning of training, which falls as 1/m. Primal is the least V within a budget of parameters or of \
            time; dual the fewest parameters with the V of a block with one path (--like) or one that is given (--variance). V is measured on \
            networks that are drawn at several widths: V = (exp(α L / n) − 1) / m where one α fits them, else as it was measured. \
            That a small V learns well is a hypothesis. --kind recurrent draws the very paths that `train recognizer --plan` builds.
            Example: larmor plan --inputs 64 --outputs 32 --depth 3 --like 512
            Example: larmor plan --kind bottleneck --inputs 256 --outputs 256 --like 128 --alpha 2.87 --plot plan.svg
            Example: larmor plan --kind recurrent --inputs 64 --outputs 64 --parameters 24576 --draws 100 --output plan.json
            """)

    @Option(help: "Values that come in.")
    var inputs: Int

    @Option(help: "Values that come out.")
    var outputs: Int

    @Option(help: "Hidden layers of each path.")
    var depth = 1

    @Option(help: "connected; bottleneck: 1 × 1, kernel × kernel, 1 × 1; or recurrent: linear, gated recurrent, linear.")
    var kind: Kind = .connected

    @Option(help: "With --kind bottleneck: side of the middle convolution.")
    var kernel = 3

    @Option(help: "With --kind recurrent: frames of the sequence whose last output is differentiated.")
    var frames = 50

    @Option(help: "Width of a block with one path: its parameters are the budget, its variance the dual's.")
    var like: Int?

    @Option(help: "Budget of parameters, without biases; so many multiply-adds a frame, too, but for a bottleneck.")
    var parameters: Int?

    @Option(help: "Budget in microseconds a frame, measured on this machine.")
    var latency: Double?

    @Option(help: "Variance that the dual may have.")
    var variance: Double?

    @Option(help: "α, where it is known; measured by default.")
    var alpha: Double?

    @Option(help: "Networks that are drawn at each of the widths 8, 16, 32 and 64 (default: 2000; 500 with --kind recurrent).")
    var draws: Int?

    @Option(help: "Widths are multiples of this.")
    var granularity = 1

    @Option(help: "Seed of the networks.")
    var seed: UInt64 = 1

    @Option(help: "Draw variance over width at the budget (SVG or PNG).")
    var plot: String?

    @Option(help: "Write the plan for `train recognizer --plan`.")
    var output: String?

    @Option(help: "With --output: which one, primal or dual (default: primal, where there is a budget).")
    var goal: Goal?

    @Flag(help: "Print one JSON object.")
    var json = false

    enum Kind: String, ExpressibleByArgument, CaseIterable { case connected, bottleneck, recurrent }
    enum Goal: String, ExpressibleByArgument, CaseIterable { case primal, dual }

    func validate() throws {
        for (name, value) in [("inputs", inputs), ("outputs", outputs), ("like", like ?? 1)] {
            guard (1...65_536).contains(value) else { throw ValidationError("--\(name) is a number from 1 to 65536") }
        }
        guard (1...100).contains(depth) else { throw ValidationError("--depth is a number from 1 to 100") }
        guard (1...99).contains(kernel) else { throw ValidationError("--kernel is a number from 1 to 99") }
        guard (1...10_000).contains(frames) else { throw ValidationError("--frames is a number from 1 to 10000") }
        guard (1...1024).contains(granularity) else { throw ValidationError("--granularity is a number from 1 to 1024") }
        guard (100...1_000_000).contains(draws ?? 100) else { throw ValidationError("--draws is a number from 100 to 1000000") }
        guard like != nil || parameters != nil || variance != nil || latency != nil else {
            throw ValidationError(
                "give a block with one path (--like), a budget (--parameters, --latency) or a variance (--variance)")
        }
        guard (1...1_000_000_000_000).contains(parameters ?? 1) else {
            throw ValidationError("--parameters is a number from 1 to 10¹²")
        }
        guard (0.1...1e6).contains(latency ?? 1) else { throw ValidationError("--latency is a number from 0.1 to 1000000") }
        if latency != nil, parameters != nil { throw ValidationError("give one budget: --parameters or --latency") }
        if kind != .bottleneck { try GivenOptions.refuse(["--kernel"], "needs --kind bottleneck") }
        if kind != .recurrent { try GivenOptions.refuse(["--frames", "--output"], "needs --kind recurrent") }
        if kind == .bottleneck { try GivenOptions.refuse(["--latency"], "is for --kind connected and recurrent") }
        if kind == .recurrent {
            guard depth <= 8 else { throw ValidationError("--depth with --kind recurrent is a number from 1 to 8") }
            guard inputs <= 2048, outputs <= 2048 else {
                throw ValidationError("--inputs and --outputs with --kind recurrent are numbers up to 2048")
            }
        }
        if output == nil { try GivenOptions.refuse(["--goal"], "needs --output") }
    }

    func run() throws {
        try reportingFailures {
            if let plot { try OutputFile.check(plot) }
            if let output { try OutputFile.check(output) }
            ProcessProvenance.note(seed: seed)
            let fit = alpha == nil ? measured() : nil
            let law = alpha.map { .exponential($0 * Double(depth)) } ?? fit.map { VarianceLaw($0, depth: depth) }
            let planner = try CollegialPlanner(
                law ?? .exponential(.nan), cost: cost,
                widths: Array(stride(from: granularity, through: max(512, granularity), by: granularity)))
            let report = try PlanReport(
                planner, fit: fit, alpha: alpha,
                budget: latency == nil ? parameters ?? like.map { cost.parameters(width: $0) } : nil,
                microseconds: latency, variance: variance ?? like.map { planner.variance(paths: 1, width: $0) },
                like: like, block: block)
            if let plot { try PictureFile.write(report.curve.svg, to: plot) }
            if let output { try chosen(report).write(output) }
            if json { try Console.json(report) } else { report.show(depth: depth) }
        }
    }

    private var cost: EnsembleCost {
        switch kind {
        case .connected: .connected(inputs: inputs, outputs: outputs, depth: depth)
        case .bottleneck: .bottleneck(inputs: inputs, outputs: outputs, kernel: kernel)
        case .recurrent: .recurrent(inputs: inputs, outputs: outputs, depth: depth)
        }
    }

    /// One path of width 1; nil for what is not computed here.
    private var block: CollegialBlock? {
        guard kind != .bottleneck else { return nil }
        return CollegialBlock(
            inputs: inputs, width: 1, paths: 1, depth: depth, outputs: outputs,
            cell: kind == .recurrent ? .recurrent : .rectifier)
    }

    private func measured() -> VarianceFit {
        let kernels = [8, 16, 32, 64].map { width in
            let seed = seed &+ UInt64(width)
            guard kind == .recurrent, var block else {
                return (
                    width: width, kernels: KernelVariance.plain(width: width, depth: depth, draws: draws ?? 2000, seed: seed)
                )
            }
            block.width = width
            return (width: width, kernels: KernelVariance.drawn(block, frames: frames, draws: draws ?? 500, seed: seed))
        }
        return VarianceFit(kernels, depth: depth, seed: seed)
    }

    private func chosen(_ report: PlanReport) throws -> EnsemblePlan {
        let goal: EnsemblePlan.Goal =
            goal.map { $0 == .primal ? .primal : .dual } ?? (report.primal == nil ? .dual : .primal)
        guard let row = goal == .primal ? report.primal : report.dual, var block else {
            throw ValidationError(
                goal == .primal ? "the primal needs a budget" : "the dual needs a variance: --like or --variance")
        }
        (block.paths, block.width) = (row.paths, row.width)
        return EnsemblePlan(goal, block: block, variance: row.variance, parameters: row.parameters)
    }
}
