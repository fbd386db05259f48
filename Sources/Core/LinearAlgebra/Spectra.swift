import COpenBLAS

extension Matrix where Scalar == Double {
    /// U, σ (descending) and Vᵀ with `self` = U diag(σ) Vᵀ; U has min(rows, columns) columns, Vᵀ as many rows (LAPACK `dgesdd`).
    public func singularValueDecomposition() throws(LinearAlgebraError) -> (u: Matrix, values: [Double], vt: Matrix) {
        let k = Swift.min(rows, columns)
        guard k > 0 else { return (Matrix(rows: rows, columns: 0), [], Matrix(rows: 0, columns: columns)) }
        var work = self
        var u = Matrix(rows: rows, columns: k)
        var vt = Matrix(rows: k, columns: columns)
        var sigma = [Double](repeating: 0, count: k)
        BLAS.prepare()
        let info = LAPACKE_dgesdd(
            LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "S")), Int32(rows), Int32(columns), &work.values, Int32(columns), &sigma,
            &u.values, Int32(k), &vt.values, Int32(columns))
        guard info == 0 else {
            throw LinearAlgebraError(operation: "singular values", reason: info < 0 ? .notFinite : .notConverged)
        }
        return (u, sigma, vt)
    }

    /// The largest absolute value of an eigenvalue of a square matrix, from all eigenvalues (Hessenberg form and QR iterations; LAPACK
    /// `dgeev` without vectors): exact to rounding also where complex pairs share the outer circle, on which a power iteration stalls.
    public func spectralRadius() throws(LinearAlgebraError) -> Double {
        guard rows == columns else {
            throw LinearAlgebraError(
                operation: "spectral radius", reason: .shape(expected: "a square matrix", found: "\(rows) × \(columns)"))
        }
        guard rows > 0 else { return 0 }
        var work = self
        var (real, imaginary) = ([Double](repeating: 0, count: rows), [Double](repeating: 0, count: rows))
        var (noLeft, noRight) = ([0.0], [0.0])
        let none = CChar(UInt8(ascii: "N"))
        BLAS.prepare()
        let info = LAPACKE_dgeev(
            LAPACK_COL_MAJOR, none, none, Int32(rows), &work.values, Int32(rows), &real, &imaginary, &noLeft, 1, &noRight, 1)
        guard info == 0 else {
            throw LinearAlgebraError(operation: "spectral radius", reason: info < 0 ? .notFinite : .notConverged)
        }
        return zip(real, imaginary).reduce(0) { Swift.max($0, ($1.0 * $1.0 + $1.1 * $1.1).squareRoot()) }
    }
}
