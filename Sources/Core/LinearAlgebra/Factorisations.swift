import COpenBLAS

extension Matrix where Scalar == Double {
    /// Eigenvalues (ascending) and orthonormal eigenvectors (columns) of a symmetric matrix; only the lower triangle is read.
    ///
    /// The corresponding LAPACK routine is `dsyevd`.
    public func symmetricEigen() throws(LinearAlgebraError) -> (values: [Double], vectors: Matrix) {
        try requireSquare("symmetric eigendecomposition")
        var vectors = self
        var eigenvalues = [Double](repeating: 0, count: rows)
        guard rows > 0 else { return ([], self) }
        BLAS.prepare()
        let info = LAPACKE_dsyevd(
            LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "L")), Int32(rows), &vectors.values,
            Int32(rows), &eigenvalues)
        guard info == 0 else {
            throw LinearAlgebraError(operation: "symmetric eigendecomposition", reason: .notConverged)
        }
        return (eigenvalues, vectors)
    }

    /// Solves `self · X = right` for a symmetric positive definite matrix (Cholesky; LAPACK `dposv`).
    public func choleskySolve(_ right: Matrix) throws(LinearAlgebraError) -> Matrix {
        try requireSquare("Cholesky solve")
        try requireRows(right, "Cholesky solve")
        var factor = self
        var solution = right
        guard rows > 0, right.columns > 0 else { return right }
        BLAS.prepare()
        let info = LAPACKE_dposv(
            LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "L")), Int32(rows), Int32(right.columns), &factor.values, Int32(rows),
            &solution.values, Int32(right.columns))
        guard info == 0 else {
            throw LinearAlgebraError(operation: "Cholesky solve", reason: .notPositiveDefinite(order: Int(info)))
        }
        return solution
    }

    /// Solves `self · X = right` for a general square matrix (LU with pivoting; LAPACK `dgesv`).
    public func solve(_ right: Matrix) throws(LinearAlgebraError) -> Matrix {
        try requireSquare("solve")
        try requireRows(right, "solve")
        var factor = self
        var solution = right
        guard rows > 0, right.columns > 0 else { return right }
        var pivots = [Int32](repeating: 0, count: rows)
        BLAS.prepare()
        let info = LAPACKE_dgesv(
            LAPACK_ROW_MAJOR, Int32(rows), Int32(right.columns), &factor.values, Int32(rows), &pivots, &solution.values,
            Int32(right.columns))
        guard info == 0 else { throw LinearAlgebraError(operation: "solve", reason: .singular(at: Int(info))) }
        return solution
    }

    /// The least-squares solution of `self · X ≈ right` for full column rank (QR; LAPACK `dgels`).
    public func leastSquares(_ right: Matrix) throws(LinearAlgebraError) -> Matrix {
        try requireRows(right, "least squares")
        guard rows >= columns, columns > 0, right.columns > 0 else {
            throw LinearAlgebraError(
                operation: "least squares",
                reason: .shape(expected: "at least as many rows as columns", found: "\(rows) × \(columns)"))
        }
        var factor = self
        var solution = right
        BLAS.prepare()
        let info = LAPACKE_dgels(
            LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "N")), Int32(rows), Int32(columns), Int32(right.columns),
            &factor.values, Int32(columns), &solution.values, Int32(right.columns))
        guard info == 0 else { throw LinearAlgebraError(operation: "least squares", reason: .singular(at: Int(info))) }
        return solution.rows(0..<columns)
    }

    /// Singular values, descending (LAPACK `dgesdd`).
    public func singularValues() throws(LinearAlgebraError) -> [Double] {
        guard rows > 0, columns > 0 else { return [] }
        var work = self
        var result = [Double](repeating: 0, count: min(rows, columns))
        var noLeft = [0.0]
        var noRight = [0.0]
        BLAS.prepare()
        let info = LAPACKE_dgesdd(
            LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "N")), Int32(rows), Int32(columns), &work.values, Int32(columns),
            &result, &noLeft, Int32(1), &noRight, Int32(columns))
        guard info == 0 else { throw LinearAlgebraError(operation: "singular values", reason: .notConverged) }
        return result
    }

    private func requireSquare(_ operation: String) throws(LinearAlgebraError) {
        guard rows == columns else {
            throw LinearAlgebraError(
                operation: operation, reason: .shape(expected: "a square matrix", found: "\(rows) × \(columns)"))
        }
        guard values.allSatisfy(\.isFinite) else { throw LinearAlgebraError(operation: operation, reason: .notFinite) }
    }

    private func requireRows(_ right: Matrix, _ operation: String) throws(LinearAlgebraError) {
        guard right.rows == rows else {
            throw LinearAlgebraError(
                operation: operation, reason: .shape(expected: "\(rows) rows on the right", found: "\(right.rows)"))
        }
    }
}
