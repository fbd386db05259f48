public import LinearAlgebra

/// The triangular factor of the rows (1, state, target): the regression without ever squaring the states.
///
/// About twice the arithmetic of ``GramAccumulator``, and exact to rounding also on states of a condition of 10¹²: what the data determine is
/// found. The first column of ones makes the others' factor that of the centred columns. Ridge solutions come from the singular values of
/// the factor, never from its square.
///
/// - Source: Å. Björck, "Numerical Methods for Least Squares Problems", SIAM 1996, sections 2.4 and 2.7.
public struct QRAccumulator: ReadoutAccumulator, Equatable {
    public let nodes: Int
    public let outputs: Int
    public private(set) var samples = 0

    /// Means of the first block, subtracted from every row: an offset costs no digits. Nil before the first.
    private var shift: [Double]?
    /// Of the columns 1, states, targets.
    private var factor: TriangularFactor

    /// Of no rows.
    /// - Parameters:
    ///   - nodes: at least 1.
    ///   - outputs: at least 1.
    public init(nodes: Int, outputs: Int) {
        Self.checkSizes(nodes: nodes, outputs: outputs)
        self.nodes = nodes
        self.outputs = outputs
        factor = TriangularFactor(columns: 1 + nodes + outputs)
    }

    public mutating func add(states: Matrix<Double>, targets: Matrix<Double>) throws(ReadoutError) {
        try check(states, targets)
        guard states.rows > 0 else { return }
        let (zeroX, zeroY) = ([Double](repeating: 0, count: nodes), [Double](repeating: 0, count: outputs))
        let x = try ColumnSums(states, shift: zeroX, what: "states")
        let y = try ColumnSums(targets, shift: zeroY, what: "targets")
        let shift = self.shift ?? x.means(states.rows) + y.means(states.rows)
        self.shift = shift
        let slice = max(256, 2 * factor.columns)
        for begin in stride(from: 0, to: states.rows, by: slice) {
            let rows = begin..<min(begin + slice, states.rows)
            var block = columnwise(states, targets, rows, minus: shift)
            add(&block, rows: rows.count)
        }
        samples += states.rows
    }

    public mutating func merge(_ other: QRAccumulator) throws(ReadoutError) {
        try check(other)
        guard let theirs = other.shift else { return }
        guard let own = shift else {
            self = other
            return
        }
        // Their rows minus our shift: the column of ones times the difference is added to each of the others.
        let size = factor.columns
        var block = [Double](repeating: 0, count: size * size)
        for column in 0..<size {
            for row in 0...column { block[column * size + row] = other.factor[row, column] }
            if column > 0 { block[column * size] += other.factor[0, 0] * (theirs[column - 1] - own[column - 1]) }
        }
        add(&block, rows: size)
        samples += other.samples
    }

    public func path(lambdas: [Double]) throws -> RidgePath {
        try check(lambdas)
        let (x, y) = (1..<1 + nodes, 1 + nodes..<1 + nodes + outputs)
        let means = (1..<factor.columns).map { factor[0, $0] / factor[0, 0] + (shift?[$0 - 1] ?? 0) }
        let right = factor.block(rows: x, columns: y)
        let outside = y.map { column in (y.lowerBound...column).reduce(0) { $0 + factor[$1, column] * factor[$1, column] } }
        let (u, sigma, vt) = try factor.block(rows: x, columns: x).singularValueDecomposition()
        let components = u.transposed.times(right)
        // Singular values up to here are rounding errors: their directions get weight 0.
        let floor = Double(nodes) * Double.ulpOfOne * (sigma.first ?? 0)
        return RidgePath(
            samples: samples, lambdas: lambdas, means: (Array(means[..<nodes]), Array(means[nodes...])),
            eigenvalues: (least: (sigma.last ?? 0) * (sigma.last ?? 0), most: (sigma.first ?? 0) * (sigma.first ?? 0))
        ) { lambda in
            // With σ' = √λ / σ: σ / (σ² + λ) = 1 / (σ (1 + σ'²)), whose squares neither vanish nor overflow.
            var scaled = Matrix<Double>(rows: outputs, columns: nodes)
            var (used, residuals) = (0.0, outside)
            for i in 0..<nodes {
                let ratio = sigma[i] > floor ? lambda.squareRoot() / sigma[i] : .infinity
                let share = 1 / (1 + ratio * ratio)
                used += share
                for k in 0..<outputs {
                    let part = components[i, k]
                    scaled[k, i] = share > 0 ? part * share / sigma[i] : 0
                    residuals[k] += part * part * (1 - share) * (1 - share)
                }
            }
            return RidgePath.Solution(weights: scaled.times(vt), effectiveParameters: used, residuals: residuals)
        }
    }

    private mutating func add(_ block: inout [Double], rows: Int) {
        do throws(LinearAlgebraError) {
            try factor.add(columnwise: &block, rows: rows)
        } catch {
            preconditionFailure("a QR update of finite values does not fail: \(error)")
        }
    }

    /// The columns 1, states − shift, targets − shift of some rows, one after the other.
    private func columnwise(
        _ states: Matrix<Double>, _ targets: Matrix<Double>, _ rows: Range<Int>, minus shift: [Double]
    ) -> [Double] {
        var block = [Double](repeating: 1, count: rows.count * factor.columns)
        block.withUnsafeMutableBufferPointer { block in
            for (matrix, first) in [(states, 0), (targets, nodes)] {
                matrix.values.withUnsafeBufferPointer { values in
                    for (i, row) in rows.enumerated() {
                        for k in 0..<matrix.columns {
                            block[(1 + first + k) * rows.count + i] = values[row * matrix.columns + k] - shift[first + k]
                        }
                    }
                }
            }
        }
        return block
    }
}
