public import LinearAlgebra

/// Ridge regressions for a grid of parameters λ, all from one decomposition:
///
///     minimise ‖Y − X W − 1 b‖² + λ ‖W‖²        (the intercept b is not penalised)
///
/// - Source: A. E. Hoerl, R. W. Kennard, Technometrics 12 (1970) 55; effective parameters as in T. Hastie et al., "The Elements of
///   Statistical Learning", equation 3.50.
public struct RidgePath: Sendable, Equatable {
    /// Rows that it was fitted to.
    public var samples: Int
    /// One fit per λ, in the order of the grid.
    public var readouts: [LinearReadout]
    /// Σ σ² / (σ² + λ) of the centred states, plus 1 for the intercept; one value per λ.
    public var effectiveParameters: [Double]
    /// ‖y − ŷ‖² over the rows of the fit; one row per λ, one value per output.
    public var residualSums: [[Double]]

    /// The smallest and the largest eigenvalue of XᵀX of the centred states.
    public var leastEigenvalue: Double
    public var largestEigenvalue: Double

    public var lambdas: [Double] { readouts.map(\.lambda) }

    /// How much larger the largest eigenvalue of the penalised problem is than the smallest, for one λ.
    public func conditionNumber(_ lambda: Double) -> Double { (largestEigenvalue + lambda) / (leastEigenvalue + lambda) }

    /// A λ, its readout and the errors of all that were compared.
    public struct Choice: Sendable, Equatable {
        /// Its place in the grid.
        public var index: Int
        public var readout: LinearReadout
        /// One per λ; infinite where there is none.
        public var errors: [Double]
    }

    /// What an accumulator finds for one λ on centred states and targets.
    struct Solution {
        /// Shape `[outputs, nodes]`.
        var weights: Matrix<Double>
        /// Without the intercept.
        var effectiveParameters: Double
        var residuals: [Double]
    }

    init(
        samples: Int, lambdas: [Double], means: (states: [Double], targets: [Double]),
        eigenvalues: (least: Double, most: Double), _ solve: (Double) throws -> Solution
    ) rethrows {
        self.samples = samples
        (leastEigenvalue, largestEigenvalue) = (eigenvalues.least, eigenvalues.most)
        (readouts, effectiveParameters, residualSums) = ([], [], [])
        for lambda in lambdas {
            let solution = try solve(lambda)
            let intercept = means.targets.indices.map { k in
                means.targets[k] - zip(solution.weights.row(k), means.states).reduce(0) { $0 + $1.0 * $1.1 }
            }
            readouts.append(LinearReadout(weights: solution.weights.transposed, intercept: intercept, lambda: lambda))
            effectiveParameters.append(1 + solution.effectiveParameters)
            residualSums.append(solution.residuals)
        }
    }

    /// Generalised cross-validation: (RSS / n) / (1 − p / n)² with the effective parameters p, averaged over the outputs; one value per λ,
    /// infinite where there are as many effective parameters as samples.
    ///
    /// - Source: G. H. Golub, M. Heath, G. Wahba, Technometrics 21 (1979) 215, equation 1.4.
    public var generalisedCrossValidation: [Double] {
        let n = Double(samples)
        return zip(effectiveParameters, residualSums).map { used, sums in
            let free = 1 - used / n
            guard free > 1e-9 else { return .infinity }
            return sums.reduce(0, +) / (n * Double(sums.count)) / (free * free)
        }
    }

    /// The λ with the smallest error of generalised cross-validation; of equals the first.
    /// - Throws: ``ReadoutError/nothingToChoose(method:)`` when there are too few samples for every λ.
    public func chooseByCrossValidation() throws(ReadoutError) -> Choice {
        try choose(generalisedCrossValidation, "generalised cross-validation")
    }

    /// The λ with the smallest normalised mean squared error (``TaskMeasure/nmse``) on data that it was not fitted to.
    /// - Parameters:
    ///   - states: shape `[rows, nodes]`.
    ///   - targets: shape `[rows, outputs]`.
    /// - Throws: ``ReadoutError`` when shapes do not fit, or when an output's targets are constant.
    public func choose(states: Matrix<Double>, targets: Matrix<Double>) throws -> Choice {
        try choose(states: states, targets: targets) { predictions, targets in
            _ = try ColumnSums(targets, shift: [Double](repeating: 0, count: targets.columns), what: "targets")
            if let error = TaskMeasure.nmse.error(targets: targets, answers: predictions) { return error }
            let constant = (0..<targets.columns).first { column in
                (0..<targets.rows).allSatisfy { targets[$0, column] == targets[0, column] }
            }
            throw ReadoutError.constantTargets(output: constant ?? 0)
        }
    }

    /// The λ with the smallest error on data that it was not fitted to; of equals the first.
    /// - Parameters:
    ///   - states: shape `[rows, nodes]`.
    ///   - targets: shape `[rows, outputs]`.
    ///   - error: of predictions and targets, both of shape `[rows, outputs]`. A λ whose error is not a number is not chosen.
    /// - Throws: ``ReadoutError``, and what `error` throws.
    public func choose(
        states: Matrix<Double>, targets: Matrix<Double>,
        error: (_ predictions: Matrix<Double>, _ targets: Matrix<Double>) throws -> Double
    ) throws -> Choice {
        guard states.rows == targets.rows else {
            throw ReadoutError.shape(what: "rows of targets", expected: states.rows, found: targets.rows)
        }
        guard states.rows > 0 else { throw ReadoutError.tooFewSamples(found: 0, needed: 1) }
        guard let outputs = readouts.first?.intercept.count, outputs == targets.columns else {
            throw ReadoutError.shape(what: "outputs", expected: readouts.first?.intercept.count ?? 0, found: targets.columns)
        }
        _ = try ColumnSums(states, shift: [Double](repeating: 0, count: states.columns), what: "validation states")
        let errors = try readouts.map { try error(try $0.predict(states), targets) }
        return try choose(errors.map { $0.isNaN ? .infinity : $0 }, "validation")
    }

    private func choose(_ errors: [Double], _ method: String) throws(ReadoutError) -> Choice {
        guard let best = errors.indices.min(by: { errors[$0] < errors[$1] }), errors[best] < .infinity else {
            throw .nothingToChoose(method: method)
        }
        return Choice(index: best, readout: readouts[best], errors: errors)
    }
}
