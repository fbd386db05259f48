import COpenBLAS
import Dispatch

/// Sums of products of tall matrices, XᵀX and XᵀY, on several cores with the same bits for any number of them.
///
/// The triangle is cut into tiles of a fixed width; each tile is computed by one thread. On the diagonal that is BLAS' `dsyrk`, off
/// it `dgemm`.
public enum GramProduct {
    /// Columns of a tile. Chosen by measuring: narrower ones pack their operands too often, wider ones leave cores without work.
    static let tile = 256

    /// G += XᵀX (lower triangle only), C += XᵀY.
    /// - Parameters:
    ///   - x: shape `[rows, columns]`, row-major.
    ///   - y: shape `[rows, outputs]`, row-major.
    ///   - gram: shape `[columns, columns]`; above the diagonal nothing that is meant is written.
    ///   - cross: shape `[columns, outputs]`.
    ///   - threads: at least 1; the result does not depend on it.
    public static func add(
        rows: Int, columns: Int, outputs: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>,
        gram: UnsafeMutablePointer<Double>, cross: UnsafeMutablePointer<Double>, threads: Int
    ) {
        guard rows > 0, columns > 0 else { return }
        BLAS.prepare()
        let work = Work(rows: rows, columns: columns, outputs: outputs, x: x, y: y, gram: gram, cross: cross)
        let tiles = (columns + tile - 1) / tile
        // Off the diagonal first: they take twice as long, and the short ones fill the gaps at the end.
        var jobs: [(row: Int, column: Int)] = []
        for row in 0..<tiles { for column in 0..<row { jobs.append((row, column)) } }
        for row in 0..<tiles { jobs.append((row, row)) }
        if threads == 1 || rows * columns < 16_384 {
            for job in jobs { work.run(job.row, job.column) }
        } else {
            let (jobs, hands) = (jobs, min(threads, jobs.count))
            let next = JobCounter()
            DispatchQueue.concurrentPerform(iterations: hands) { _ in
                while case let number = next.take(), number < jobs.count { work.run(jobs[number].row, jobs[number].column) }
            }
        }
    }

    /// `@unchecked Sendable` because each tile of the results is written by one job only.
    private struct Work: @unchecked Sendable {
        let rows: Int
        let columns: Int
        let outputs: Int
        let x: UnsafePointer<Double>
        let y: UnsafePointer<Double>
        let gram: UnsafeMutablePointer<Double>
        let cross: UnsafeMutablePointer<Double>

        func run(_ row: Int, _ column: Int) {
            let (i, j) = (row * tile, column * tile)
            let (height, width) = (min(tile, columns - i), min(tile, columns - j))
            let place = gram + i * columns + j
            guard row == column else {
                cblas_dgemm(
                    CblasRowMajor, CblasTrans, CblasNoTrans, blasint(height), blasint(width), blasint(rows), 1, x + i,
                    blasint(columns), x + j, blasint(columns), 1, place, blasint(columns))
                return
            }
            cblas_dsyrk(
                CblasRowMajor, CblasLower, CblasTrans, blasint(width), blasint(rows), 1, x + i, blasint(columns), 1, place,
                blasint(columns))
            guard outputs > 0 else { return }
            cblas_dgemm(
                CblasRowMajor, CblasTrans, CblasNoTrans, blasint(height), blasint(outputs), blasint(rows), 1, x + i,
                blasint(columns), y, blasint(outputs), 1, cross + i * outputs, blasint(outputs))
        }
    }
}
