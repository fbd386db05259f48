import LinearAlgebra

/// Linear readouts of many targets at once from the same states, for capacities.
struct CapacityReadout {
    private let mean: [Double]
    private let scale: [Double]
    private let x: Matrix<Double>
    private let penalised: Matrix<Double>

    /// - Parameter states: of the training, shape `[steps, nodes]`.
    init(_ states: Matrix<Double>, ridge: CapacityRidge) {
        let mean = Self.means(states)
        let rows = Double(states.rows)
        let lambda: Double
        switch ridge {
        case .absolute(let value):
            scale = [Double](repeating: 1, count: states.columns)
            lambda = value
        case .relative(let value):
            scale = zip(Self.variances(states, mean), mean).map { variance, mean in
                // A node that stands still, but for rounding, says nothing.
                variance > 1e-24 * max(1e-300, mean * mean) ? 1 / variance.squareRoot() : 0
            }
            lambda = value * rows
        }
        self.mean = mean
        x = Self.applied(states, mean, scale)
        var gram = x.transposed.times(x)
        for k in 0..<gram.rows { gram[k, k] += lambda }
        penalised = gram
    }

    /// The squared correlation of each target with its best linear readout, on other steps than those that it was fitted on.
    ///
    /// - Parameters:
    ///   - training: shape `[training steps, targets]`.
    ///   - states: of the test, shape `[test steps, nodes]`.
    ///   - test: shape `[test steps, targets]`.
    func capacities(training: Matrix<Double>, states: Matrix<Double>, test: Matrix<Double>) throws(LinearAlgebraError)
        -> [Double]
    {
        let means = Self.means(training)
        let centred = Self.applied(training, means, [Double](repeating: 1, count: means.count))
        let weights = try penalised.choleskySolve(x.transposed.times(centred))
        let predicted = Self.applied(states, mean, scale).times(weights)
        return (0..<test.columns).map { Self.squaredCorrelation(test, predicted, column: $0) }
    }

    /// cov² / (var · var); 0 where one of both is constant.
    static func squaredCorrelation(_ a: Matrix<Double>, _ b: Matrix<Double>, column: Int) -> Double {
        let rows = Double(a.rows)
        var (meanA, meanB) = (0.0, 0.0)
        for row in 0..<a.rows {
            meanA += a[row, column]
            meanB += b[row, column]
        }
        meanA /= rows
        meanB /= rows
        var (both, ofA, ofB) = (0.0, 0.0, 0.0)
        for row in 0..<a.rows {
            let (p, q) = (a[row, column] - meanA, b[row, column] - meanB)
            both += p * q
            ofA += p * p
            ofB += q * q
        }
        return ofA > 0 && ofB > 0 ? min(1, both * both / (ofA * ofB)) : 0
    }

    static func means(_ matrix: Matrix<Double>) -> [Double] {
        var means = [Double](repeating: 0, count: matrix.columns)
        for row in 0..<matrix.rows { for k in 0..<matrix.columns { means[k] += matrix[row, k] } }
        return means.map { $0 / Double(max(1, matrix.rows)) }
    }

    static func variances(_ matrix: Matrix<Double>, _ means: [Double]) -> [Double] {
        var sums = [Double](repeating: 0, count: matrix.columns)
        for row in 0..<matrix.rows {
            for k in 0..<matrix.columns {
                let value = matrix[row, k] - means[k]
                sums[k] += value * value
            }
        }
        return sums.map { $0 / Double(max(1, matrix.rows)) }
    }

    static func applied(_ matrix: Matrix<Double>, _ mean: [Double], _ scale: [Double]) -> Matrix<Double> {
        var result = matrix
        for row in 0..<matrix.rows {
            for k in 0..<matrix.columns { result[row, k] = (matrix[row, k] - mean[k]) * scale[k] }
        }
        return result
    }
}

/// How the readouts of a capacity are regularised.
public enum CapacityRidge: Sendable, Equatable {
    /// λ is added to the Gram matrix of the states as they are, without their means.
    case absolute(Double)
    /// Each node is divided by its deviation, and λ is this times the number of steps: the same for nodes in any unit.
    case relative(Double)
}

/// What a capacity must exceed to count.
public enum CapacityThreshold: Sendable, Equatable {
    case none
    /// The study takes 0.1.
    case fixed(Double)
    /// The quantile of capacities of targets whose steps are shuffled: such a target cannot be known.
    case shuffled(quantile: Double, shuffles: Int, seed: UInt64)
    /// The chi-square law: T · C of a target that cannot be known has as many degrees of freedom as the states have directions. For
    /// capacities that are measured on the steps of the fit only.
    case chiSquare(probability: Double)
}
