public import LinearAlgebra

extension RidgePath {
    /// Fits rows that are all in memory. Where there are fewer of them than nodes, as of a few hundred words with thousands of states each, the
    /// products of rows are decomposed, not those of nodes.
    /// - Parameters:
    ///   - states: shape `[rows, nodes]`.
    ///   - targets: shape `[rows, outputs]`.
    ///   - lambdas: of 0 or more, in the caller's order.
    ///   - isExact: whether states are never squared, see ``QRAccumulator``.
    /// - Throws: as ``ReadoutAccumulator``.
    public init(states: Matrix<Double>, targets: Matrix<Double>, lambdas: [Double], isExact: Bool = false) throws {
        guard states.columns > 0, targets.columns > 0 else {
            throw ReadoutError.shape(what: "nodes", expected: 1, found: min(states.columns, targets.columns))
        }
        guard states.rows < states.columns else {
            var sums = ReadoutSums(nodes: states.columns, outputs: targets.columns, isExact: isExact)
            try sums.add(states: states, targets: targets)
            self = try sums.path(lambdas: lambdas)
            return
        }
        try QRAccumulator.check(lambdas, samples: states.rows)
        guard states.rows == targets.rows else {
            throw ReadoutError.shape(what: "rows of targets", expected: states.rows, found: targets.rows)
        }
        let (x, y) = (try Centred(states, what: "states"), try Centred(targets, what: "targets"))
        let (u, sigma, vt) = try isExact ? x.matrix.singularValueDecomposition() : Self.byRows(x.matrix)
        let components = u.transposed.times(y.matrix)
        // Singular values up to here are rounding errors, in the second case of their squares: their directions get weight 0.
        let relative = Double(states.columns) * Double.ulpOfOne
        let floor = (isExact ? relative : relative.squareRoot()) * (sigma.first ?? 0)
        let outside = (0..<targets.columns).map { k in
            let all = (0..<targets.rows).reduce(0.0) { $0 + y.matrix[$1, k] * y.matrix[$1, k] }
            return max(0, (0..<components.rows).reduce(all) { $0 - components[$1, k] * components[$1, k] })
        }
        self.init(
            samples: states.rows, lambdas: lambdas, means: (x.means, y.means),
            eigenvalues: (least: 0, most: (sigma.first ?? 0) * (sigma.first ?? 0))
        ) { lambda in
            var scaled = Matrix<Double>(rows: targets.columns, columns: sigma.count)
            var (used, residuals) = (0.0, outside)
            for (i, value) in sigma.enumerated() {
                let share = value > floor ? value * value / (value * value + lambda) : 0
                used += share
                for k in 0..<targets.columns {
                    scaled[k, i] = share > 0 ? components[i, k] * share / value : 0
                    residuals[k] += components[i, k] * components[i, k] * (1 - share) * (1 - share)
                }
            }
            return Solution(weights: scaled.times(vt), effectiveParameters: used, residuals: residuals)
        }
    }

    /// Singular values and vectors from the eigenvectors of X Xᵀ: fast, and good to half of the digits.
    private static func byRows(
        _ x: Matrix<Double>
    ) throws(LinearAlgebraError) -> (u: Matrix<Double>, values: [Double], vt: Matrix<Double>) {
        let (values, vectors) = try x.times(x.transposed).symmetricEigen()
        // The largest first.
        var u = Matrix<Double>(rows: x.rows, columns: x.rows)
        for row in 0..<x.rows { for k in 0..<x.rows { u[row, k] = vectors[row, x.rows - 1 - k] } }
        let sigma = values.reversed().map { max(0, $0).squareRoot() }
        var vt = u.transposed.times(x)
        for (row, value) in sigma.enumerated() where value > 0 {
            for k in 0..<vt.columns { vt[row, k] /= value }
        }
        return (u, sigma, vt)
    }

    /// A matrix minus the means of its columns.
    private struct Centred {
        var matrix: Matrix<Double>
        let means: [Double]

        init(_ matrix: Matrix<Double>, what: String) throws(ReadoutError) {
            let zero = [Double](repeating: 0, count: matrix.columns)
            means = try ColumnSums(matrix, shift: zero, what: what).means(matrix.rows)
            self.matrix = matrix
            for row in 0..<matrix.rows { for k in 0..<matrix.columns { self.matrix[row, k] -= means[k] } }
        }
    }
}
