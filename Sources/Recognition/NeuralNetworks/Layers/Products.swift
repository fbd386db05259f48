import LinearAlgebra
import NetworkKernels

/// The products that layers are made of, over scoped pointers to row-major matrices.
///
/// With `groups` = m the matrices hold m members side by side: member g has the g-th m-th of the columns of `x` and `y` and its
/// own rows of `weight`.
enum Products {
    /// y := 1 bᵀ + x Wᵀ.
    /// - Parameters:
    ///   - x: shape `[rows, inputs]`.
    ///   - weight: shape `[outputs, inputs / groups]`.
    ///   - bias: shape `[outputs]`.
    ///   - y: shape `[rows, outputs]`.
    static func setAffine(
        rows: Int, inputs: Int, outputs: Int, groups: Int, _ x: UnsafePointer<Float>, weight: UnsafePointer<Float>,
        bias: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
    ) {
        if groups > 1 {
            return setMembers(
                rows: rows, members: groups, inputs: inputs / groups, outputs: outputs / groups, x, xStride: inputs,
                weight: weight, bias: bias, into: y, yStride: outputs)
        }
        for row in 0..<rows { (y + row * outputs).update(from: bias, count: outputs) }
        Float.gemm(
            transposeA: false, transposeB: true, m: rows, n: outputs, k: inputs, alpha: 1, x, lda: inputs, weight, ldb: inputs,
            beta: 1, y, ldc: outputs)
    }

    /// m members side by side, each with its own part of a row, as one kernel: to the bit what the kernel gives for each member alone.
    /// - Parameters:
    ///   - inputs: of a member.
    ///   - outputs: of a member.
    ///   - xStride: values from one row of x to the next.
    ///   - yStride: likewise.
    static func setMembers(
        rows: Int, members: Int, inputs: Int, outputs: Int, _ x: UnsafePointer<Float>, xStride: Int,
        weight: UnsafePointer<Float>, bias: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, yStride: Int
    ) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 16 * inputs) { packed in
            guard let packed = packed.baseAddress else { return }
            larmor_grouped_affine(
                rows, members, inputs, outputs, x, xStride, inputs, weight, bias, packed, y, yStride)
        }
    }

    /// y := b + W x for one row.
    static func setAffine(
        inputs: Int, outputs: Int, groups: Int, _ x: UnsafePointer<Float>, weight: UnsafePointer<Float>,
        bias: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
    ) {
        y.update(from: bias, count: outputs)
        let (n, k) = (outputs / groups, inputs / groups)
        for g in 0..<groups {
            Float.gemv(
                transpose: false, m: n, n: k, alpha: 1, weight + g * n * k, lda: k, x + g * k, beta: 1, y + g * n)
        }
    }

    /// ∂L/∂W += (∂L/∂y)ᵀ x.
    static func addWeightGradient(
        rows: Int, inputs: Int, outputs: Int, groups: Int, _ dy: UnsafePointer<Float>, _ x: UnsafePointer<Float>,
        to gradient: UnsafeMutablePointer<Float>
    ) {
        let (n, k) = (outputs / groups, inputs / groups)
        for g in 0..<groups {
            Float.gemm(
                transposeA: true, transposeB: false, m: n, n: k, k: rows, alpha: 1, dy + g * n, lda: outputs, x + g * k,
                ldb: inputs, beta: 1, gradient + g * n * k, ldc: k)
        }
    }

    /// ∂L/∂x := (∂L/∂y) W + β ∂L/∂x.
    static func setInputGradient(
        rows: Int, inputs: Int, outputs: Int, groups: Int, _ dy: UnsafePointer<Float>, weight: UnsafePointer<Float>,
        beta: Float = 0, into dx: UnsafeMutablePointer<Float>
    ) {
        let (n, k) = (outputs / groups, inputs / groups)
        for g in 0..<groups {
            Float.gemm(
                transposeA: false, transposeB: false, m: rows, n: k, k: n, alpha: 1, dy + g * n, lda: outputs,
                weight + g * n * k, ldb: k, beta: beta, dx + g * k, ldc: inputs)
        }
    }

    /// sums += 1ᵀ M, as a product with a vector of ones.
    /// - Parameters:
    ///   - matrix: shape `[rows, columns]`.
    ///   - ones: grown to `rows` when it is shorter.
    static func addColumnSums(
        _ matrix: UnsafePointer<Float>, rows: Int, columns: Int, ones: inout [Float],
        to sums: UnsafeMutablePointer<Float>
    ) {
        if ones.count < rows { ones = [Float](repeating: 1, count: rows) }
        ones.withUnsafeBufferPointer {
            Float.gemv(
                transpose: true, m: rows, n: columns, alpha: 1, matrix, lda: columns, $0.baseAddress.unsafelyUnwrapped,
                beta: 1, sums)
        }
    }
}
