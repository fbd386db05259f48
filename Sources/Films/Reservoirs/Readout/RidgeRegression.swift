public import LinearAlgebra

/// Linear readout by ridge regression, for a whole grid of ridge parameters at the price of one.
///
///     minimise ‖Y − X W − 1 b‖² + λ ‖W‖²        (the intercept b is not penalised)
///
/// One eigendecomposition, of XᵀX or of XXᵀ, whichever is smaller, serves every λ; the best is the one with the smallest
/// mean squared leave-one-out error, which follows from the same decomposition without refitting.
///
/// - Source: G. H. Golub, M. Heath, G. Wahba, Technometrics 21 (1979) 215; leave-one-out as in T. Hastie et al., "The Elements of
///   Statistical Learning", section 7.10.
public struct RidgeRegression: Sendable, Equatable {
    /// Shape `[features, outputs]`.
    public var weights: Matrix<Double>
    public var intercept: [Double]
    public var lambda: Double
    /// Largest over smallest eigenvalue of the penalised problem.
    public var conditionNumber: Double
    /// Mean squared leave-one-out error of each λ that was tried.
    public var errors: [Double]

    /// - Parameters:
    ///   - features: shape `[samples, features]`, at least two samples.
    ///   - targets: shape `[samples, outputs]`.
    ///   - lambdas: above 0, at least one.
    /// - Throws: `LinearAlgebraError` when the shapes differ or the decomposition fails.
    public init(
        features: Matrix<Double>, targets: Matrix<Double>, lambdas: [Double]
    ) throws(LinearAlgebraError) {
        precondition(!lambdas.isEmpty && lambdas.allSatisfy { $0 > 0 }, "ridge parameters are above 0")
        guard features.rows == targets.rows, features.rows >= 2 else {
            throw LinearAlgebraError(
                operation: "ridge regression",
                reason: .shape(expected: "\(features.rows) rows of targets", found: "\(targets.rows)"))
        }
        let meanX = Self.columnMeans(features)
        let meanY = Self.columnMeans(targets)
        let x = Self.subtract(meanX, from: features)
        let y = Self.subtract(meanY, from: targets)
        let n = x.rows
        let isWide = x.columns > n

        // Scores U = eigenvectors of XXᵀ with non-zero eigenvalues, whichever side they are computed on.
        let gram = isWide ? x.times(x.transposed) : x.transposed.times(x)
        let (values, vectors) = try gram.symmetricEigen()
        let eigenvalues = values.map { max(0, $0) }
        let scores = isWide ? vectors : x.times(vectors)
        let projected = scores.transposed.times(y)

        var best: (error: Double, lambda: Double)?
        errors = []
        for lambda in lambdas {
            let error = Self.leaveOneOut(
                y, scores: scores, eigenvalues: eigenvalues, projected: projected, lambda: lambda, isWide: isWide)
            errors.append(error)
            if best == nil || error < (best?.error ?? .infinity) { best = (error, lambda) }
        }
        let chosen = best?.lambda ?? lambdas[0]
        lambda = chosen
        // Wide: W = Xᵀ V (Λ + λ)⁻¹ Vᵀ Y. Tall: W = V (Λ + λ)⁻¹ Vᵀ Xᵀ Y.
        var scaled = projected
        for i in 0..<scaled.rows {
            for k in 0..<scaled.columns { scaled[i, k] /= eigenvalues[i] + chosen }
        }
        let weights = isWide ? x.transposed.times(vectors.times(scaled)) : vectors.times(scaled)
        self.weights = weights
        intercept = (0..<targets.columns).map { k in
            meanY[k] - (0..<meanX.count).reduce(0) { $0 + meanX[$1] * weights[$1, k] }
        }
        conditionNumber = ((eigenvalues.last ?? 0) + chosen) / ((eigenvalues.first ?? 0) + chosen)
    }

    /// Outputs for rows of features, shape `[rows, outputs]`.
    public func predict(_ features: Matrix<Double>) -> Matrix<Double> {
        var outputs = features.times(weights)
        for row in 0..<outputs.rows {
            for k in 0..<outputs.columns { outputs[row, k] += intercept[k] }
        }
        return outputs
    }

    /// Mean of ((y − ŷ) / (1 − h))² with the leverage h of each sample; the intercept adds 1/n to it.
    private static func leaveOneOut(
        _ y: Matrix<Double>, scores: Matrix<Double>, eigenvalues: [Double], projected: Matrix<Double>, lambda: Double,
        isWide: Bool
    ) -> Double {
        let n = y.rows
        // Shrinkage per component: s/(s+λ) on unit scores (wide), 1/(s+λ) on scores of length √s (tall).
        let shrink = eigenvalues.map { isWide ? $0 / ($0 + lambda) : 1 / ($0 + lambda) }
        var scaled = projected
        for i in 0..<scaled.rows { for k in 0..<scaled.columns { scaled[i, k] *= shrink[i] } }
        let fitted = scores.times(scaled)
        var sum = 0.0
        for row in 0..<n {
            var leverage = 1 / Double(n)
            for i in 0..<scores.columns { leverage += shrink[i] * scores[row, i] * scores[row, i] }
            let rest = max(1e-9, 1 - leverage)
            for k in 0..<y.columns {
                let error = (y[row, k] - fitted[row, k]) / rest
                sum += error * error
            }
        }
        return sum / Double(n * y.columns)
    }

    private static func columnMeans(_ matrix: Matrix<Double>) -> [Double] {
        var means = [Double](repeating: 0, count: matrix.columns)
        for row in 0..<matrix.rows { for k in 0..<matrix.columns { means[k] += matrix[row, k] } }
        return means.map { $0 / Double(matrix.rows) }
    }

    private static func subtract(_ means: [Double], from matrix: Matrix<Double>) -> Matrix<Double> {
        var result = matrix
        for row in 0..<matrix.rows { for k in 0..<matrix.columns { result[row, k] -= means[k] } }
        return result
    }
}
