import Foundation
import LinearAlgebra
import Testing

@Suite struct MatrixTests {
    private func hilbert(_ n: Int) -> Matrix<Double> {
        Matrix(rows: n, columns: n, values: (0..<n * n).map { 1 / Double($0 / n + $0 % n + 1) })
    }

    @Test func `the kernels are those of a processor with vector instructions, where this one has them`() throws {
        let flags = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
        guard flags.contains(" avx2 "), flags.contains(" fma ") else { return }
        #expect(!["Prescott", "Core2", "Penryn", "Nehalem"].contains(BLAS.kernels))
    }

    @Test func `a product is the sum over the inner index, in both precisions`() {
        let a = Matrix<Float>(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6])
        let b = Matrix<Float>(rows: 3, columns: 2, values: [7, 8, 9, 10, 11, 12])
        #expect(a.times(b).values == [58, 64, 139, 154])
        let c = Matrix<Double>(rows: 2, columns: 2, values: [1, 2, 3, 4])
        #expect(c.times(c).values == [7, 10, 15, 22])
    }

    @Test func `Cholesky, LU and least squares give the exact solution of the Hilbert system`() throws {
        // The inverse of the 4 × 4 Hilbert matrix has integer entries; its row sums are (-4, 60, -180, 140).
        let ones = Matrix<Double>(rows: 4, columns: 1, repeating: 1)
        let expected = [-4.0, 60, -180, 140]
        for solution in [
            try hilbert(4).choleskySolve(ones), try hilbert(4).solve(ones), try hilbert(4).leastSquares(ones),
        ] {
            for (found, value) in zip(solution.values, expected) { #expect(abs(found - value) < 1e-9) }
        }
    }

    @Test func `eigenvalues of the second difference matrix are 2 - 2 cos(kπ over n + 1)`() throws {
        let n = 6
        var matrix = Matrix<Double>(rows: n, columns: n)
        for i in 0..<n {
            matrix[i, i] = 2
            if i > 0 {
                matrix[i, i - 1] = -1
                matrix[i - 1, i] = -1
            }
        }
        let cosines = [0.9009688679024191, 0.6234898018587336, 0.2225209339563144]  // cos(π/7), cos(2π/7), cos(3π/7)
        let expected = cosines.map { 2 - 2 * $0 } + cosines.reversed().map { 2 + 2 * $0 }
        let (values, vectors) = try matrix.symmetricEigen()
        for (found, value) in zip(values, expected) { #expect(abs(found - value) < 1e-12) }
        let product = vectors.transposed.times(vectors)
        for i in 0..<n { for j in 0..<n { #expect(abs(product[i, j] - (i == j ? 1 : 0)) < 1e-12) } }
    }

    @Test func `singular values of a diagonal matrix are its sorted magnitudes`() throws {
        let matrix = Matrix<Double>(rows: 3, columns: 2, values: [3, 0, 0, -4, 0, 0])
        #expect(try matrix.singularValues() == [4, 3])
    }

    @Test func `an indefinite or singular matrix is a typed error`() {
        let indefinite = Matrix<Double>(rows: 2, columns: 2, values: [1, 2, 2, 1])
        #expect(
            throws: LinearAlgebraError(operation: "Cholesky solve", reason: .notPositiveDefinite(order: 2))
        ) {
            try indefinite.choleskySolve(.identity(2))
        }
        let singular = Matrix<Double>(rows: 2, columns: 2, values: [1, 2, 2, 4])
        #expect(throws: LinearAlgebraError(operation: "solve", reason: .singular(at: 2))) {
            try singular.solve(.identity(2))
        }
    }
}

@Suite struct RealFFTTests {
    @Test func `the power of a cosine lies in its own bin`() {
        let plan = RealFFT(length: 16)
        // cos(2π·3t/16): |X(3)| = 8, all others 0.
        let table: [Float] = [1, 0.38268343, -0.70710677, -0.9238795, 0, 0.9238795, 0.70710677, -0.38268343]
        let signal = table + table.map { -$0 }
        var power = [Float](repeating: 0, count: 9)
        signal.withUnsafeBufferPointer { s in
            power.withUnsafeMutableBufferPointer { plan.setPower(of: s, into: $0) }
        }
        for k in 0..<9 { #expect(abs(power[k] - (k == 3 ? 64 : 0)) < 1e-4) }
    }
}
