public import LinearAlgebra

/// A matrix of mostly zeros, in compressed rows (CSR).
public struct SparseMatrix: Sendable, Equatable {
    public let rows: Int
    public let columns: Int
    /// Row i has the values `starts[i] ..< starts[i + 1]`; `rows + 1` numbers.
    public let starts: [Int]
    /// The column of each value, ascending or not.
    public let places: [Int]
    public let values: [Double]

    /// - Throws: ``NetworkError`` when starts do not rise from 0 to the number of values, a column is not there, or a value is not finite.
    public init(rows: Int, columns: Int, starts: [Int], places: [Int], values: [Double]) throws(NetworkError) {
        guard rows >= 0, starts.count == rows + 1 else {
            throw .shape(what: "starts of rows", expected: max(0, rows) + 1, found: starts.count)
        }
        guard places.count == values.count else {
            throw .shape(what: "columns of values", expected: values.count, found: places.count)
        }
        guard starts[0] == 0, starts[rows] == values.count, zip(starts, starts.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw .shape(what: "values in rising rows", expected: values.count, found: starts[rows])
        }
        if let wrong = values.indices.first(where: { !values[$0].isFinite || !(0..<columns).contains(places[$0]) }) {
            throw .weight(what: "connections", place: wrong)
        }
        (self.rows, self.columns, self.starts, self.places, self.values) = (rows, columns, starts, places, values)
    }

    /// The values of a dense matrix that are not zero.
    /// - Throws: ``NetworkError`` when one is not finite.
    public init(_ dense: Matrix<Double>) throws(NetworkError) {
        var (starts, places, values): ([Int], [Int], [Double]) = ([0], [], [])
        for row in 0..<dense.rows {
            for column in 0..<dense.columns where dense[row, column] != 0 {
                places.append(column)
                values.append(dense[row, column])
            }
            starts.append(values.count)
        }
        try self.init(rows: dense.rows, columns: dense.columns, starts: starts, places: places, values: values)
    }

    /// With the zeros; values at the same place are added.
    public var dense: Matrix<Double> {
        var result = Matrix<Double>(rows: rows, columns: columns)
        for row in 0..<rows { for k in starts[row]..<starts[row + 1] { result[row, places[k]] += values[k] } }
        return result
    }
}
