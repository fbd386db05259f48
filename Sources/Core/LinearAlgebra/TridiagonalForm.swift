import COpenBLAS

/// A symmetric matrix as Q T Qᵀ with a tridiagonal T: systems with A + λ 1 for many λ then cost O(n²) each.
///
/// Vectors of this basis are rows of a matrix, shape `[vectors, order]`.
/// - Source: LAPACK `dsytrd`, `dormtr`, `dptsv`, `dsterf`, `dstedc`; for the use of it L. Eldén, BIT 17 (1977) 134.
public struct TridiagonalForm: Sendable {
    public let order: Int
    /// Of the matrix, ascending.
    public let eigenvalues: [Double]
    private let diagonal: [Double]
    private let offDiagonal: [Double]
    /// The reflections that make up Q, as `dsytrd` leaves them.
    private let reflections: [Double]
    private let scales: [Double]

    /// - Parameter matrix: symmetric and finite; only the lower triangle is read.
    public init(_ matrix: consuming Matrix<Double>) throws(LinearAlgebraError) {
        let name = "tridiagonal form"
        guard matrix.rows == matrix.columns, matrix.rows > 0 else {
            throw LinearAlgebraError(
                operation: name, reason: .shape(expected: "a square matrix", found: "\(matrix.rows) × \(matrix.columns)"))
        }
        let n = matrix.rows
        order = n
        var a = matrix.values
        var (d, e, tau) = ([Double](repeating: 0, count: n), [0.0], [0.0])
        if n > 1 { (e, tau) = ([Double](repeating: 0, count: n - 1), [Double](repeating: 0, count: n - 1)) }
        BLAS.prepare()
        // The lower triangle by rows is the upper one by columns. LAPACKE looks for NaN itself.
        var info = LAPACKE_dsytrd(LAPACK_COL_MAJOR, Self.upper, Int32(n), &a, Int32(n), &d, &e, &tau)
        guard info == 0 else { throw LinearAlgebraError(operation: name, reason: .notFinite) }
        (diagonal, offDiagonal, reflections, scales) = (d, e, a, tau)
        info = LAPACKE_dsterf(Int32(n), &d, &e)
        guard info == 0 else { throw LinearAlgebraError(operation: name, reason: .notConverged) }
        eigenvalues = d
    }

    /// Qᵀ b of each row b.
    public func toBasis(_ rows: Matrix<Double>) -> Matrix<Double> { multiply(rows, transposed: true) }

    /// Q c of each row c.
    public func fromBasis(_ rows: Matrix<Double>) -> Matrix<Double> { multiply(rows, transposed: false) }

    /// (T + λ 1)⁻¹ c of each row c.
    /// - Throws: when T + λ 1 is not positive definite.
    public func solve(_ rows: Matrix<Double>, adding lambda: Double) throws(LinearAlgebraError) -> Matrix<Double> {
        precondition(rows.columns == order, "a vector has one value per row of the matrix")
        var d = diagonal.map { $0 + lambda }
        var e = offDiagonal
        var result = rows
        guard rows.rows > 0 else { return rows }
        let info = LAPACKE_dptsv(
            LAPACK_COL_MAJOR, Int32(order), Int32(rows.rows), &d, &e, &result.values, Int32(order))
        guard info == 0 else {
            throw LinearAlgebraError(operation: "ridge solve", reason: .notPositiveDefinite(order: Int(info)))
        }
        return result
    }

    /// The eigenvectors of T, one per row, in the order of ``eigenvalues``.
    public func eigenvectors() throws(LinearAlgebraError) -> Matrix<Double> {
        var (d, e) = (diagonal, offDiagonal)
        var vectors = Matrix<Double>(rows: order, columns: order)
        let info = LAPACKE_dstedc(
            LAPACK_COL_MAJOR, CChar(UInt8(ascii: "I")), Int32(order), &d, &e, &vectors.values, Int32(order))
        guard info == 0 else {
            throw LinearAlgebraError(operation: "tridiagonal eigenvectors", reason: .notConverged)
        }
        return vectors
    }

    private static let upper = CChar(UInt8(ascii: "U"))

    private func multiply(_ rows: Matrix<Double>, transposed: Bool) -> Matrix<Double> {
        precondition(rows.columns == order, "a vector has one value per row of the matrix")
        guard rows.rows > 0, order > 1 else { return rows }
        var result = rows
        let info = LAPACKE_dormtr(
            LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), Self.upper, CChar(UInt8(ascii: transposed ? "T" : "N")), Int32(order),
            Int32(rows.rows), reflections, Int32(order), scales, &result.values, Int32(order))
        precondition(info == 0, "dormtr takes what dsytrd gave")
        return result
    }
}
