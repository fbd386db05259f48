import COpenBLAS

/// The scalars that OpenBLAS computes with: `Float` and `Double`.
public protocol BLASScalar: BinaryFloatingPoint, Sendable, BitwiseCopyable {
    /// C := α · op(A) · op(B) + β · C, all row-major. The corresponding C functions are `cblas_sgemm` and `cblas_dgemm`.
    static func gemm(
        transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Self, _ a: UnsafePointer<Self>, lda: Int,
        _ b: UnsafePointer<Self>, ldb: Int, beta: Self, _ c: UnsafeMutablePointer<Self>, ldc: Int)

    /// y := α · op(A) · x + β · y. The corresponding C functions are `cblas_sgemv` and `cblas_dgemv`.
    static func gemv(
        transpose: Bool, m: Int, n: Int, alpha: Self, _ a: UnsafePointer<Self>, lda: Int, _ x: UnsafePointer<Self>,
        beta: Self, _ y: UnsafeMutablePointer<Self>)
}

extension Float: BLASScalar {
    public static func gemm(
        transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Float, _ a: UnsafePointer<Float>, lda: Int,
        _ b: UnsafePointer<Float>, ldb: Int, beta: Float, _ c: UnsafeMutablePointer<Float>, ldc: Int
    ) {
        BLAS.prepare()
        cblas_sgemm(
            CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
            blasint(m), blasint(n), blasint(k), alpha, a, blasint(lda), b, blasint(ldb), beta, c, blasint(ldc))
    }

    public static func gemv(
        transpose: Bool, m: Int, n: Int, alpha: Float, _ a: UnsafePointer<Float>, lda: Int, _ x: UnsafePointer<Float>,
        beta: Float, _ y: UnsafeMutablePointer<Float>
    ) {
        BLAS.prepare()
        cblas_sgemv(
            CblasRowMajor, transpose ? CblasTrans : CblasNoTrans, blasint(m), blasint(n), alpha, a, blasint(lda), x, 1,
            beta, y, 1)
    }
}

extension Double: BLASScalar {
    public static func gemm(
        transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Double, _ a: UnsafePointer<Double>, lda: Int,
        _ b: UnsafePointer<Double>, ldb: Int, beta: Double, _ c: UnsafeMutablePointer<Double>, ldc: Int
    ) {
        BLAS.prepare()
        cblas_dgemm(
            CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
            blasint(m), blasint(n), blasint(k), alpha, a, blasint(lda), b, blasint(ldb), beta, c, blasint(ldc))
    }

    public static func gemv(
        transpose: Bool, m: Int, n: Int, alpha: Double, _ a: UnsafePointer<Double>, lda: Int, _ x: UnsafePointer<Double>,
        beta: Double, _ y: UnsafeMutablePointer<Double>
    ) {
        BLAS.prepare()
        cblas_dgemv(
            CblasRowMajor, transpose ? CblasTrans : CblasNoTrans, blasint(m), blasint(n), alpha, a, blasint(lda), x, 1,
            beta, y, 1)
    }
}

/// Products of matrices in memory, on the calling thread.
public enum BLAS {
    /// Sets OpenBLAS up, once; everything here does so before it computes. A program that has threads calls it before it starts any,
    /// because the environment is changed for a moment.
    ///
    /// OpenBLAS runs on the calling thread only: results do not depend on a pool's size, and the pool does not fight the
    /// pipeline for cores. Parallel work is split by the callers, in a fixed way.
    @inline(__always)
    public static func prepare() { isPrepared }

    private static let isPrepared: Void = {
        openblas_choose_kernels()
        openblas_set_num_threads(1)
    }()

    /// The processor for which OpenBLAS's kernels were made that are in use: "Haswell", "SkylakeX", "Zen".
    public static var kernels: String {
        prepare()
        return String(cString: openblas_get_corename())
    }

    /// C := A · B for contiguous row-major A (rows × inner) and B (inner × columns).
    @inlinable
    public static func multiply<Scalar: BLASScalar>(
        rows: Int, columns: Int, inner: Int, _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>,
        into c: UnsafeMutablePointer<Scalar>
    ) {
        Scalar.gemm(
            transposeA: false, transposeB: false, m: rows, n: columns, k: inner, alpha: 1, a, lda: inner, b,
            ldb: columns, beta: 0, c, ldc: columns)
    }
}
