/// A dense matrix, row-major, with value semantics.
///
/// For: weights, features, Gram matrices. Not for: sparse data, or arrays of more than two dimensions.
public struct Matrix<Scalar: BLASScalar>: Equatable, Sendable {
    /// Number of rows.
    public let rows: Int
    /// Number of columns.
    public let columns: Int
    /// Row-major, `rows · columns` values.
    public var values: [Scalar]

    /// - Precondition: `values.count == rows · columns`.
    public init(rows: Int, columns: Int, values: [Scalar]) {
        precondition(rows >= 0 && columns >= 0 && values.count == rows * columns, "shape must match the values")
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// A matrix of equal values, by default zeros.
    public init(rows: Int, columns: Int, repeating value: Scalar = 0) {
        self.init(rows: rows, columns: columns, values: [Scalar](repeating: value, count: rows * columns))
    }

    /// The n × n identity.
    public static func identity(_ n: Int) -> Matrix {
        var result = Matrix(rows: n, columns: n)
        for i in 0..<n { result[i, i] = 1 }
        return result
    }

    /// The value in a row and a column, both from 0. Not checked beyond the array's bounds.
    @inlinable
    public subscript(row: Int, column: Int) -> Scalar {
        get { values[row &* columns &+ column] }
        set { values[row &* columns &+ column] = newValue }
    }

    /// One row, shape `[columns]`.
    public func row(_ index: Int) -> ArraySlice<Scalar> { values[index * columns..<(index + 1) * columns] }

    /// Rows and columns exchanged; a copy.
    public var transposed: Matrix {
        var result = Matrix(rows: columns, columns: rows)
        for i in 0..<rows { for j in 0..<columns { result[j, i] = self[i, j] } }
        return result
    }

    /// Rows `range` as a matrix of their own.
    public func rows(_ range: Range<Int>) -> Matrix {
        let place = range.lowerBound * columns..<range.upperBound * columns
        return Matrix(rows: range.count, columns: columns, values: Array(values[place]))
    }

    /// The product `self · other`.
    /// - Precondition: `columns == other.rows`.
    public func times(_ other: Matrix) -> Matrix {
        precondition(columns == other.rows, "inner dimensions must agree: \(columns) and \(other.rows)")
        var result = Matrix(rows: rows, columns: other.columns)
        guard rows > 0, columns > 0, other.columns > 0 else { return result }
        result.values.withUnsafeMutableBufferPointer { c in
            values.withUnsafeBufferPointer { a in
                other.values.withUnsafeBufferPointer { b in
                    BLAS.multiply(
                        rows: rows, columns: other.columns, inner: columns, a.baseAddress.unsafelyUnwrapped,
                        b.baseAddress.unsafelyUnwrapped, into: c.baseAddress.unsafelyUnwrapped)
                }
            }
        }
        return result
    }
}
