public import LinearAlgebra

/// Sums of products of states and targets: one triangle of XᵀX, XᵀY, and the sums of both.
///
/// Fast, and good to about half of the digits: singular values of the states below √(nodes · 2⁻⁵²) of the largest are lost in the squares.
/// Where states are closer to dependence than that and λ is small, use ``QRAccumulator``.
///
/// Where a column's mean in the first block is large beside its spread, that block's means are subtracted from all rows before they are
/// multiplied, so that an offset costs no digits.
public struct GramAccumulator: ReadoutAccumulator, Equatable {
    public let nodes: Int
    public let outputs: Int
    public private(set) var samples = 0
    /// Threads that `add` may use; its results do not depend on it.
    public var threads: Int

    /// A value per node and a value per output.
    private struct Shift: Equatable {
        var states: [Double]
        var targets: [Double]
    }

    /// Subtracted from every row; nil before the first.
    private var shift: Shift?
    private var isShifted = false
    private var sums: Shift
    /// Lower triangle of XᵀX.
    private var gram: Matrix<Double>
    /// XᵀY, shape `[nodes, outputs]`.
    private var cross: Matrix<Double>
    /// Of the targets, one per output.
    private var squares: [Double]

    /// Of no rows.
    /// - Parameters:
    ///   - nodes: at least 1.
    ///   - outputs: at least 1.
    ///   - threads: at least 1.
    public init(nodes: Int, outputs: Int, threads: Int = 1) {
        Self.checkSizes(nodes: nodes, outputs: outputs)
        precondition(threads > 0, "work needs a thread")
        self.nodes = nodes
        self.outputs = outputs
        self.threads = threads
        sums = Shift(states: [Double](repeating: 0, count: nodes), targets: [Double](repeating: 0, count: outputs))
        gram = Matrix(rows: nodes, columns: nodes)
        cross = Matrix(rows: nodes, columns: outputs)
        squares = [Double](repeating: 0, count: outputs)
    }

    public mutating func add(states: Matrix<Double>, targets: Matrix<Double>) throws(ReadoutError) {
        try check(states, targets)
        guard states.rows > 0 else { return }
        let (shift, isShifted): (Shift, Bool)
        if let own = self.shift {
            (shift, isShifted) = (own, self.isShifted)
        } else {
            (shift, isShifted) = try Self.chooseShift(states, targets)
        }
        let x = try ColumnSums(states, shift: shift.states, what: "states")
        let y = try ColumnSums(targets, shift: shift.targets, what: "targets")
        (self.shift, self.isShifted) = (shift, isShifted)
        samples += states.rows
        for k in 0..<nodes { sums.states[k] += x.sums[k] }
        for k in 0..<outputs {
            sums.targets[k] += y.sums[k]
            squares[k] += y.squares[k]
        }
        guard isShifted else { return multiply(states.values, targets.values, rows: states.rows) }
        // Slices that stay in the cache between the subtraction and the product.
        for begin in stride(from: 0, to: states.rows, by: 1024) {
            let rows = begin..<min(begin + 1024, states.rows)
            multiply(
                Self.slice(states, rows, minus: shift.states), Self.slice(targets, rows, minus: shift.targets), rows: rows.count
            )
        }
    }

    public mutating func merge(_ other: GramAccumulator) throws(ReadoutError) {
        try check(other)
        guard let theirs = other.shift, other.samples > 0 else { return }
        guard let own = shift else {
            let threads = threads
            self = other
            self.threads = threads
            return
        }
        // Their rows minus our shift are theirs minus their own, plus the difference of the two.
        let n = Double(other.samples)
        let dx = zip(theirs.states, own.states).map { $0 - $1 }
        let dy = zip(theirs.targets, own.targets).map { $0 - $1 }
        for i in 0..<nodes {
            let (s, d) = (other.sums.states[i], dx[i])
            for j in 0...i { gram[i, j] += other.gram[i, j] + d * other.sums.states[j] + (s + n * d) * dx[j] }
            for k in 0..<outputs { cross[i, k] += other.cross[i, k] + d * other.sums.targets[k] + (s + n * d) * dy[k] }
            sums.states[i] += s + n * d
        }
        for k in 0..<outputs {
            squares[k] += other.squares[k] + dy[k] * (2 * other.sums.targets[k] + n * dy[k])
            sums.targets[k] += other.sums.targets[k] + n * dy[k]
        }
        samples += other.samples
    }

    /// One reduction to tridiagonal form (`dsytrd`), then a tridiagonal system per λ.
    ///
    /// Measured at 1000 nodes on one core: reduction 67 ms and eigenvalues 17 ms; all eigenvectors instead 171 ms; a Cholesky factor 13 ms per
    /// λ, without eigenvalues. The reduction is the cheapest from seven λ on, and the eigenvalues give the effective number of parameters.
    public func path(lambdas: [Double]) throws -> RidgePath {
        try check(lambdas)
        let n = Double(samples)
        var centred = gram
        var right = Matrix<Double>(rows: outputs, columns: nodes)
        for i in 0..<nodes {
            let mean = sums.states[i] / n
            for j in 0...i { centred[i, j] -= mean * sums.states[j] }
            for k in 0..<outputs { right[k, i] = cross[i, k] - mean * sums.targets[k] }
        }
        let offset = shift ?? sums
        let means = (
            states: zip(sums.states, offset.states).map { $0 / n + $1 },
            targets: zip(sums.targets, offset.targets).map { $0 / n + $1 }
        )
        let total = (0..<outputs).map { max(0, squares[$0] - sums.targets[$0] * sums.targets[$0] / n) }
        let problem = GramProblem(form: try TridiagonalForm(centred), right: right, squares: total)
        let eigenvalues = problem.form.eigenvalues.map { max(0, $0) }
        return try RidgePath(
            samples: samples, lambdas: lambdas, means: means,
            eigenvalues: (least: eigenvalues.first ?? 0, most: eigenvalues.last ?? 0)
        ) { lambda in try problem.solve(lambda) }
    }

    /// The means where one of them is more than four times its column's spread, which costs a digit; zeros otherwise, so that the rows need
    /// no copy.
    private static func chooseShift(
        _ states: Matrix<Double>, _ targets: Matrix<Double>
    ) throws(ReadoutError) -> (shift: Shift, isShifted: Bool) {
        let none = Shift(
            states: [Double](repeating: 0, count: states.columns), targets: [Double](repeating: 0, count: targets.columns))
        // The first thousand rows say enough.
        let rows = min(1000, states.rows)
        let x = try ColumnSums(states.rows(0..<rows), shift: none.states, what: "states")
        let y = try ColumnSums(targets.rows(0..<rows), shift: none.targets, what: "targets")
        let n = Double(rows)
        let isNeeded = [x, y].contains { part in
            // mean² > 16 (mean square − mean²)
            zip(part.sums, part.squares).contains { sum, square in 17 * sum * sum > 16 * n * square }
        }
        return isNeeded ? (Shift(states: x.means(rows), targets: y.means(rows)), true) : (none, false)
    }

    private static func slice(_ matrix: Matrix<Double>, _ rows: Range<Int>, minus shift: [Double]) -> [Double] {
        [Double](unsafeUninitializedCapacity: rows.count * matrix.columns) { buffer, count in
            matrix.values.withUnsafeBufferPointer { values in
                shift.withUnsafeBufferPointer { shift in
                    let first = rows.lowerBound &* shift.count
                    for row in 0..<rows.count {
                        for k in 0..<shift.count {
                            let place = row &* shift.count &+ k
                            buffer[place] = values[first &+ place] - shift[k]
                        }
                    }
                }
            }
            count = buffer.count
        }
    }

    private mutating func multiply(_ x: [Double], _ y: [Double], rows: Int) {
        GramProduct.add(
            rows: rows, columns: nodes, outputs: outputs, x, y, gram: &gram.values, cross: &cross.values, threads: threads)
    }
}

/// (G + λ) w = XᵀY in the basis in which G is tridiagonal.
private struct GramProblem {
    let form: TridiagonalForm
    /// QᵀXᵀY, shape `[outputs, nodes]`.
    let right: Matrix<Double>
    /// Σ y² of the centred targets, one per output.
    let squares: [Double]
    /// Eigenvalues up to here are rounding errors.
    let floor: Double

    init(form: TridiagonalForm, right: Matrix<Double>, squares: [Double]) {
        self.form = form
        self.right = form.toBasis(right)
        self.squares = squares
        let largest = max(form.eigenvalues.last ?? 0, -(form.eigenvalues.first ?? 0))
        floor = Double(form.order) * Double.ulpOfOne * largest
    }

    func solve(_ lambda: Double) throws -> RidgePath.Solution {
        let kept = form.eigenvalues.map { $0 > floor ? $0 : 0 }
        let isRegular = (form.eigenvalues.first ?? 0) + lambda > floor
        let w = isRegular ? try form.solve(right, adding: lambda) : try solveByComponents(lambda, kept)
        let residuals = (0..<right.rows).map { k in
            // Since G w = XᵀY − λ w: ‖y − X w‖² = y² − wᵀXᵀy − λ w².
            let (explained, norm) = zip(w.row(k), right.row(k)).reduce((0, 0)) { ($0.0 + $1.0 * $1.1, $0.1 + $1.0 * $1.0) }
            return max(0, squares[k] - explained - lambda * norm)
        }
        let used = kept.reduce(0) { $0 + ($1 > 0 ? $1 / ($1 + lambda) : 0) }
        return RidgePath.Solution(weights: form.fromBasis(w), effectiveParameters: used, residuals: residuals)
    }

    /// Directions whose eigenvalue is a rounding error get weight 0: the shortest of the solutions.
    private func solveByComponents(_ lambda: Double, _ kept: [Double]) throws -> Matrix<Double> {
        let vectors = try form.eigenvectors()
        var part = right.times(vectors.transposed)
        for row in 0..<part.rows {
            for i in 0..<part.columns { part[row, i] = kept[i] > 0 ? part[row, i] / (kept[i] + lambda) : 0 }
        }
        return part.times(vectors)
    }
}
