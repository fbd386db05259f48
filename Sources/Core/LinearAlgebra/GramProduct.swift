import COpenBLAS
import Dispatch

/// Sums of products of tall matrices, XᵀX and XᵀY, on several cores with the same bits for any number of them.
///
/// The triangle is cut into pieces of a fixed size; each is computed by one thread. On the diagonal that is BLAS' `dsyrk`, below it
/// `dgemm`.
public enum GramProduct {
    /// Rows and columns of a piece. Measured at 1000 columns on one core: 45 Gflop/s; square pieces of 128 reach 31, of 256 40, and one piece,
    /// with which other cores could not help, 54.
    static let (height, width) = (256, 512)

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
        // The largest first: short ones fill the gaps at the end.
        var pieces: [(row: Int, columns: Range<Int>)] = []
        for row in stride(from: 0, to: columns, by: height).reversed() {
            for column in stride(from: 0, to: row, by: width) { pieces.append((row, column..<min(column + width, row))) }
        }
        for row in stride(from: 0, to: columns, by: height) { pieces.append((row, row..<min(row + height, columns))) }
        if threads == 1 || rows * columns < 16_384 {
            for piece in pieces { work.run(piece.row, piece.columns) }
        } else {
            let (pieces, hands) = (pieces, min(threads, pieces.count))
            let next = JobCounter()
            DispatchQueue.concurrentPerform(iterations: hands) { _ in
                while case let number = next.take(), number < pieces.count {
                    work.run(pieces[number].row, pieces[number].columns)
                }
            }
        }
    }

    /// `@unchecked Sendable` because each piece of the results is written by one thread only.
    private struct Work: @unchecked Sendable {
        let rows: Int
        let columns: Int
        let outputs: Int
        let x: UnsafePointer<Double>
        let y: UnsafePointer<Double>
        let gram: UnsafeMutablePointer<Double>
        let cross: UnsafeMutablePointer<Double>

        /// - Parameter range: left of the row, or the square on the diagonal.
        func run(_ row: Int, _ range: Range<Int>) {
            let rowsOfPiece = min(height, columns - row)
            let place = gram + row * columns + range.lowerBound
            guard range.lowerBound == row else {
                cblas_dgemm(
                    CblasRowMajor, CblasTrans, CblasNoTrans, blasint(rowsOfPiece), blasint(range.count), blasint(rows), 1,
                    x + row,
                    blasint(columns), x + range.lowerBound, blasint(columns), 1, place, blasint(columns))
                return
            }
            cblas_dsyrk(
                CblasRowMajor, CblasLower, CblasTrans, blasint(rowsOfPiece), blasint(rows), 1, x + row, blasint(columns), 1,
                place,
                blasint(columns))
            guard outputs > 0 else { return }
            cblas_dgemm(
                CblasRowMajor, CblasTrans, CblasNoTrans, blasint(rowsOfPiece), blasint(outputs), blasint(rows), 1, x + row,
                blasint(columns), y, blasint(outputs), 1, cross + row * outputs, blasint(outputs))
        }
    }
}
