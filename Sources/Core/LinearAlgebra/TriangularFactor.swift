import COpenBLAS

/// The factor R of a QR decomposition whose rows come block by block; RᵀR is the Gram matrix of all rows so far, but R is never computed
/// from it, so no digits are lost on matrices of large condition.
///
/// Memory is O(columns²). Source: G. H. Golub, C. F. Van Loan, "Matrix Computations", section 6.5.3; LAPACK `dtpqrt`.
public struct TriangularFactor: Sendable, Equatable {
    public let columns: Int
    /// Column-major, as LAPACK wants it; the lower triangle is zero.
    private var r: [Double]

    /// Of no rows: zeros.
    public init(columns: Int) {
        precondition(columns > 0, "a triangular factor has a column")
        self.columns = columns
        r = [Double](repeating: 0, count: columns * columns)
    }

    /// A value of R; 0 below the diagonal.
    public subscript(row: Int, column: Int) -> Double { r[column * columns + row] }

    /// Part of R as a matrix.
    public func block(rows: Range<Int>, columns: Range<Int>) -> Matrix<Double> {
        var result = Matrix<Double>(rows: rows.count, columns: columns.count)
        for (i, row) in rows.enumerated() { for (j, column) in columns.enumerated() { result[i, j] = self[row, column] } }
        return result
    }

    /// Takes more rows.
    /// - Parameters:
    ///   - block: shape `[columns, rows]` in row-major order, that is column by column; overwritten. Finite values.
    public mutating func add(columnwise block: inout [Double], rows: Int) throws(LinearAlgebraError) {
        precondition(block.count >= rows * columns, "a block holds whole columns")
        guard rows > 0 else { return }
        let (n, panel) = (Int32(columns), Int32(min(32, columns)))
        var t = [Double](repeating: 0, count: Int(panel) * columns)
        var work = t
        BLAS.prepare()
        let info = LAPACKE_dtpqrt_work(
            LAPACK_COL_MAJOR, Int32(rows), n, 0, panel, &r, n, &block, Int32(rows), &t, panel, &work)
        guard info == 0 else { throw LinearAlgebraError(operation: "QR update", reason: .notConverged) }
    }
}
