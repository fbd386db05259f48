import Glibc
import LinearAlgebra
import Signals

/// Evolution of a normal distribution: its mean follows the best of each generation, its covariance the steps that led there.
///
/// Genes that leave [0, 1] are reflected at its ends. All constants are the defaults of the source.
///
/// - Source: N. Hansen, "The CMA evolution strategy: a tutorial", arXiv:1604.00772, figure 6 and table 1.
public struct CMAESearch: SearchStrategy {
    private let genes: Int
    private var random: SplitMix64
    private let offspring: Int
    private let weights: [Double]
    private let effective: Double
    /// Rates of the two paths and of the covariance, and how slowly the step adapts.
    private let cc: Double
    private let cs: Double
    private let c1: Double
    private let cmu: Double
    private let damping: Double
    private var mean: [Double]
    private var step = 0.3
    private var covariance: Matrix<Double>
    private var axes: Matrix<Double>
    private var lengths: [Double]
    private var path: [Double]
    private var stepPath: [Double]
    private var generation = 0
    private var open: [[Double]] = []
    private var answers: [(error: Double, point: [Double])] = []
    private var answered = 0
    /// The best of the generation that the mean comes from.
    private var parents: [Int] = []

    public init(genes: Int, seed: UInt64) {
        self.genes = genes
        random = SplitMix64(seed: seed)
        let n = Double(genes)
        offspring = 4 + Int(3 * log(n))
        let parents = offspring / 2
        let raw = (1...parents).map { log(Double(parents) + 0.5) - log(Double($0)) }
        let sum = raw.reduce(0, +)
        weights = raw.map { $0 / sum }
        let mu = 1 / weights.reduce(0) { $0 + $1 * $1 }
        effective = mu
        let cc = (4 + mu / n) / (n + 4 + 2 * mu / n)
        let cs = (mu + 2) / (n + mu + 5)
        let c1 = 2 / ((n + 1.3) * (n + 1.3) + mu)
        let cmu = min(1 - c1, 2 * (mu - 2 + 1 / mu) / ((n + 2) * (n + 2) + mu))
        self.cc = cc
        self.cs = cs
        self.c1 = c1
        self.cmu = cmu
        damping = 1 + 2 * max(0, ((mu - 1) / (n + 1)).squareRoot() - 1) + cs
        mean = [Double](repeating: 0.5, count: genes)
        covariance = .identity(genes)
        axes = .identity(genes)
        lengths = [Double](repeating: 1, count: genes)
        path = [Double](repeating: 0, count: genes)
        stepPath = path
    }

    public mutating func propose() -> SearchProposal {
        let z = (0..<genes).map { _ in random.normal() }
        var point = mean
        for row in 0..<genes {
            for k in 0..<genes { point[row] += step * axes[row, k] * lengths[k] * z[k] }
        }
        open.append(point)
        return SearchProposal(point.map(Self.reflected), parents: parents, generation: generation)
    }

    /// The gene of a coordinate: folded into [0, 1].
    private static func reflected(_ value: Double) -> Double {
        let folded = abs(value.truncatingRemainder(dividingBy: 2))
        return folded > 1 ? 2 - folded : folded
    }

    @discardableResult
    public mutating func learn(error: Double, behaviour: [Double]) -> SearchLesson {
        precondition(!open.isEmpty, "an answer without a proposal")
        answers.append((error.isFinite ? error : .infinity, open.removeFirst()))
        answered += 1
        guard answers.count >= offspring else { return SearchLesson() }
        let best = answers.enumerated().sorted { ($0.element.error, $0.offset) < ($1.element.error, $1.offset) }
            .prefix(weights.count)
        parents = best.map { answered - answers.count + $0.offset }
        let points = best.map(\.element.point)
        answers = []
        adapt(points)
        return SearchLesson()
    }

    private mutating func adapt(_ best: [[Double]]) {
        let n = Double(genes)
        let before = mean
        mean = (0..<genes).map { gene in zip(weights, best).reduce(0) { $0 + $1.0 * $1.1[gene] } }
        let moved = zip(mean, before).map { ($0 - $1) / step }
        // C^(−1/2) · moved.
        let along = (0..<genes).map { k in (0..<genes).reduce(0) { $0 + axes[$1, k] * moved[$1] } / lengths[k] }
        let white = (0..<genes).map { row in (0..<genes).reduce(0) { $0 + axes[row, $1] * along[$1] } }
        let keepStep = (cs * (2 - cs) * effective).squareRoot()
        stepPath = zip(stepPath, white).map { (1 - cs) * $0 + keepStep * $1 }
        generation += 1
        let length = stepPath.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let usual = n.squareRoot() * (1 - 1 / (4 * n) + 1 / (21 * n * n))
        let correction = (1 - pow(1 - cs, Double(2 * generation))).squareRoot()
        let isSteady = length / correction < (1.4 + 2 / (n + 1)) * usual
        let keep = isSteady ? (cc * (2 - cc) * effective).squareRoot() : 0
        path = zip(path, moved).map { (1 - cc) * $0 + keep * $1 }
        let lost = isSteady ? 0 : c1 * cc * (2 - cc)
        for i in 0..<genes {
            for j in 0..<genes {
                var value = (1 - c1 - cmu + lost) * covariance[i, j] + c1 * path[i] * path[j]
                for (weight, point) in zip(weights, best) {
                    value += cmu * weight * (point[i] - before[i]) * (point[j] - before[j]) / (step * step)
                }
                covariance[i, j] = value
            }
        }
        step = min(1, max(1e-8, step * exp(cs / damping * (length / usual - 1))))
        // A decomposition that fails leaves the axes as they were.
        guard let (values, vectors) = try? covariance.symmetricEigen() else { return }
        axes = vectors
        lengths = values.map { max(1e-20, $0).squareRoot() }
    }
}
