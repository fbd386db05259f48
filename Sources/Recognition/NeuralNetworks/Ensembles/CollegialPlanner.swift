public import Failures
import Glibc

/// Chooses how many paths m, and how wide n, an ensemble has: by the variance of its kernel at the beginning of training.
///
///     V(1, n) = Var K / (E K)² ≈ exp(α L / n) − 1,       V(m, n) = V(1, n) / m
///
/// *Primal*: the least V with no more parameters than the budget. *Dual*: the fewest parameters with no more V than is asked for. Both have
/// the same best width; they differ in m. That a small V makes a good network is a hypothesis: measure it.
///
/// - Source: after E. Littwin et al., "Collegial ensembles", arXiv:2006.07678; the form of V after B. Hanin, M. Nica, arXiv:1909.05989.
public struct CollegialPlanner: Sendable {
    /// One (m, n).
    public struct Row: Sendable, Equatable, Codable {
        /// m.
        public var paths: Int
        /// n.
        public var width: Int
        /// Of all paths.
        public var parameters: Int
        /// V(m, n).
        public var variance: Double
    }

    /// A plan that cannot be.
    public enum PlanError: Failure, Equatable {
        /// Not even one path of the smallest width fits.
        case budgetTooSmall(Int, smallest: Int)
        case invalid(String, Double)

        public var kind: FailureKind { .usage }

        public var description: String {
            switch self {
            case .budgetTooSmall(let budget, let smallest):
                "a budget of \(budget) parameters: one path of the smallest width needs \(smallest)"
            case .invalid(let name, let value): "\(name) of \(value): expected a finite number above 0"
            }
        }
    }

    /// Measured, not assumed (``KernelVariance``).
    public let law: VarianceLaw
    public let cost: EnsembleCost
    /// Widths that are looked at.
    public let widths: [Int]

    /// - Parameters:
    ///   - alpha: of the variance's exponent, measured for this kind of block.
    ///   - depth: L.
    ///   - cost: parameters of a path.
    ///   - widths: that are allowed, for example multiples of what the processor computes at once.
    public init(alpha: Double, depth: Int, cost: EnsembleCost, widths: [Int] = Array(1...512)) throws(PlanError) {
        guard depth > 0 else { throw .invalid("a depth", Double(depth)) }
        try self.init(.exponential(alpha * Double(depth)), cost: cost, widths: widths)
    }

    /// - Parameter law: how V depends on the width of a path.
    public init(_ law: VarianceLaw, cost: EnsembleCost, widths: [Int] = Array(1...512)) throws(PlanError) {
        if let (name, value) = law.problem { throw .invalid(name, value) }
        guard let least = widths.min(), least > 0 else { throw .invalid("a width", Double(widths.min() ?? 0)) }
        (self.law, self.cost) = (law, cost)
        self.widths = widths.sorted()
    }

    /// V(m, n).
    public func variance(paths: Int, width: Int) -> Double { law.variance(width: Double(width)) / Double(paths) }

    /// - Precondition: both are at least 1.
    public func row(paths: Int, width: Int) -> Row {
        Row(
            paths: paths, width: width, parameters: paths * cost.parameters(width: width),
            variance: variance(paths: paths, width: width))
    }

    /// As many paths of each width as the budget has room for.
    public func primalTable(budget: Int) throws(PlanError) -> [Row] {
        guard budget > 0 else { throw .invalid("a budget", Double(budget)) }
        let rows = widths.compactMap { width in
            let paths = budget / max(1, cost.parameters(width: width))
            return paths > 0 ? row(paths: paths, width: width) : nil
        }
        guard !rows.isEmpty else { throw .budgetTooSmall(budget, smallest: cost.parameters(width: widths[0])) }
        return rows
    }

    /// The row of least variance.
    public func primal(budget: Int) throws(PlanError) -> Row {
        try primalTable(budget: budget).reduce(nil as Row?) { best, row in
            best.map { row.variance < $0.variance ? row : $0 } ?? row
        } ?? row(paths: 1, width: widths[0])
    }

    /// As few paths of each width as the variance allows.
    public func dualTable(variance: Double) throws(PlanError) -> [Row] {
        guard variance > 0, variance.isFinite else { throw .invalid("a variance", variance) }
        return widths.compactMap { width in
            let paths = (law.variance(width: Double(width)) / variance).rounded(.up)
            // More paths than can be counted are no plan.
            return paths < 1e9 ? row(paths: max(1, Int(paths)), width: width) : nil
        }
    }

    /// The row of fewest parameters; the narrower of equals.
    public func dual(variance: Double) throws(PlanError) -> Row {
        let rows = try dualTable(variance: variance)
        guard let first = rows.first else { throw .invalid("a variance", variance) }
        return rows.dropFirst().reduce(first) { $1.parameters < $0.parameters ? $1 : $0 }
    }

    /// The width where P(n) V(1, n) is least, not rounded.
    public var bestWidth: Double {
        // One minimum. Golden section over ln n.
        let ratio = (5.0.squareRoot() - 1) / 2
        var (low, high) = (log(law.widths.lowerBound), log(law.widths.upperBound))
        func value(_ x: Double) -> Double { log(cost.parameters(width: exp(x))) + log(law.variance(width: exp(x))) }
        for _ in 0..<120 {
            let (a, b) = (high - ratio * (high - low), low + ratio * (high - low))
            if value(a) < value(b) { high = b } else { low = a }
        }
        return exp((low + high) / 2)
    }

    /// z* = α L / n* where parameters grow as n²: the root above 0 of 2 (1 − e^(−z)) = z.
    public static let squareRoot: Double = {
        var z = 1.5
        for _ in 0..<100 { z = 2 * (1 - exp(-z)) }
        return z
    }()
}
