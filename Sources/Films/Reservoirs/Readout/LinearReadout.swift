public import LinearAlgebra

/// What turns states into outputs: y = W ᵀx + b.
public struct LinearReadout: Sendable, Equatable {
    /// Shape `[nodes, outputs]`.
    public var weights: Matrix<Double>
    /// One value per output.
    public var intercept: [Double]
    /// The ridge parameter of the fit.
    public var lambda: Double

    /// - Parameters:
    ///   - weights: shape `[nodes, outputs]`.
    ///   - intercept: one value per output.
    public init(weights: Matrix<Double>, intercept: [Double], lambda: Double) {
        precondition(intercept.count == weights.columns, "an output has one intercept")
        self.weights = weights
        self.intercept = intercept
        self.lambda = lambda
    }

    /// Outputs for rows of states.
    /// - Parameter states: shape `[rows, nodes]`.
    /// - Returns: shape `[rows, outputs]`.
    /// - Throws: ``ReadoutError/shape(what:expected:found:)``.
    public func predict(_ states: Matrix<Double>) throws(ReadoutError) -> Matrix<Double> {
        guard states.columns == weights.rows else {
            throw .shape(what: "nodes", expected: weights.rows, found: states.columns)
        }
        var outputs = states.times(weights)
        for row in 0..<outputs.rows {
            for k in 0..<outputs.columns { outputs[row, k] += intercept[k] }
        }
        return outputs
    }
}
