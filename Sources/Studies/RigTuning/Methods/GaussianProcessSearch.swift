import Glibc
import LinearAlgebra
import Reservoirs
import Signals

/// Search with a Gaussian process as the model of the error, at the place of the largest expected improvement.
///
/// Kernel: Matérn 5/2 of one length for all genes, plus noise. Length and noise are those with the largest leave-one-out likelihood
/// (C. Rasmussen, C. Williams, "Gaussian processes for machine learning", 2006, equations 4.17, 5.10–5.12). Expected improvement: D. Jones,
/// M. Schonlau, W. Welch, J. Global Optim. 13 (1998) 455. Its largest value is looked for among random genes and neighbours of the best.
struct GaussianProcessSearch: SearchStrategy {
    private let genes: Int
    private var random: SplitMix64
    private var points: [[Double]] = []
    private var errors: [Double] = []
    private var open: [[Double]] = []
    private var length = 1.0
    private var noise = 0.01
    private static let candidates = 192
    private let drawn: Int

    /// - Parameter start: genes that are known to have the error 0.
    init(genes: Int, start: [Double], seed: UInt64) {
        self.genes = genes
        random = SplitMix64(seed: seed)
        points = [start]
        errors = [0]
        drawn = min(2 * genes, 20)
    }

    mutating func propose() -> SearchProposal {
        let point = points.count <= drawn ? (0..<genes).map { _ in random.uniform() } : mostPromising()
        open.append(point)
        return SearchProposal(point)
    }

    @discardableResult
    mutating func learn(error: Double, behaviour: [Double]) -> SearchLesson {
        precondition(!open.isEmpty, "an answer without a proposal")
        points.append(open.removeFirst())
        errors.append(error.isFinite ? error : 2)
        if points.count % 10 == 0 { chooseKernel() }
        return SearchLesson()
    }

    private static func kernel(_ a: [Double], _ b: [Double], _ length: Double) -> Double {
        var square = 0.0
        for index in a.indices { square += (a[index] - b[index]) * (a[index] - b[index]) }
        let r = (5 * square).squareRoot() / length
        return (1 + r + r * r / 3) * exp(-r)
    }

    private func covariance(_ length: Double, _ noise: Double) -> Matrix<Double> {
        var matrix = Matrix<Double>(rows: points.count, columns: points.count)
        for row in points.indices {
            for column in 0...row {
                let value = Self.kernel(points[row], points[column], length)
                matrix[row, column] = value
                matrix[column, row] = value
            }
            matrix[row, row] += noise
        }
        return matrix
    }

    /// Errors with mean 0 and variance 1.
    private var standard: (values: [Double], mean: Double, deviation: Double) {
        let mean = errors.reduce(0, +) / Double(errors.count)
        let variance = errors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(errors.count)
        let deviation = variance > 1e-24 ? variance.squareRoot() : 1
        return (errors.map { ($0 - mean) / deviation }, mean, deviation)
    }

    private mutating func chooseKernel() {
        let y = standard.values
        var best = -Double.infinity
        let unit = Double(genes).squareRoot()
        for length in [0.15, 0.3, 0.6, 1.2].map({ $0 * unit }) {
            for noise in [1e-3, 1e-2, 1e-1, 1] {
                guard let inverse = try? covariance(length, noise).choleskySolve(.identity(points.count)) else { continue }
                var likelihood = 0.0
                for row in y.indices {
                    let alpha = (0..<y.count).reduce(0) { $0 + inverse[row, $1] * y[$1] }
                    let variance = 1 / inverse[row, row]
                    likelihood -= log(variance) / 2 + alpha * alpha * variance / 2
                }
                if likelihood > best { (best, self.length, self.noise) = (likelihood, length, noise) }
            }
        }
    }

    private mutating func mostPromising() -> [Double] {
        let best = points[errors.indices.min { errors[$0] < errors[$1] } ?? 0]
        var places = (0..<Self.candidates).map { index -> [Double] in
            if index % 2 == 0 { return (0..<genes).map { _ in random.uniform() } }
            // Near the best: some genes, by steps of several sizes.
            let size = 0.3 * pow(0.5, Double(index / 2 % 4))
            return best.map { gene in
                random.uniform() < 0.3 ? min(1, max(0, gene + size * random.normal())) : gene
            }
        }
        places.append(best.map { min(1, max(0, $0 + 0.05 * random.normal())) })
        let (y, _, _) = standard
        var right = Matrix<Double>(rows: points.count, columns: places.count + 1)
        for row in points.indices {
            right[row, 0] = y[row]
            for (column, place) in places.enumerated() { right[row, column + 1] = Self.kernel(points[row], place, length) }
        }
        guard let solved = try? covariance(length, noise).choleskySolve(right) else { return places[0] }
        let least = y.min() ?? 0
        var (found, most) = (0, -1.0)
        for column in places.indices {
            var (mean, variance) = (0.0, 1.0)
            for row in points.indices {
                mean += right[row, column + 1] * solved[row, 0]
                variance -= right[row, column + 1] * solved[row, column + 1]
            }
            let deviation = max(1e-9, variance).squareRoot()
            let z = (least - mean) / deviation
            let improvement =
                deviation * (z * 0.5 * erfc(-z / 2.0.squareRoot()) + exp(-z * z / 2) / (2 * Double.pi).squareRoot())
            if improvement > most { (found, most) = (column, improvement) }
        }
        return places[found]
    }
}
