public import LinearAlgebra

/// Takes states and targets in blocks of rows and keeps what a ridge regression with intercept needs, in memory O(nodes²) for any
/// number of rows.
///
/// Two there are: ``GramAccumulator``, fast, and ``QRAccumulator``, exact where the states are nearly dependent of each other.
public protocol ReadoutAccumulator: Sendable {
    var nodes: Int { get }
    var outputs: Int { get }
    /// Rows so far.
    var samples: Int { get }

    /// Takes rows. On an error nothing has changed.
    /// - Parameters:
    ///   - states: shape `[rows, nodes]`.
    ///   - targets: shape `[rows, outputs]`.
    /// - Throws: ``ReadoutError`` for shapes that do not fit and for values that are not finite.
    mutating func add(states: Matrix<Double>, targets: Matrix<Double>) throws(ReadoutError)

    /// Takes all rows that another accumulator has taken.
    /// - Throws: ``ReadoutError/shape(what:expected:found:)``.
    mutating func merge(_ other: Self) throws(ReadoutError)

    /// Fits for all ridge parameters from one decomposition.
    /// - Parameter lambdas: of 0 or more, in the caller's order.
    /// - Throws: ``ReadoutError`` for fewer than two samples or unusable parameters; `LinearAlgebraError` when a decomposition fails.
    func path(lambdas: [Double]) throws -> RidgePath
}

/// Sums over the columns of a block, and the checks that both accumulators make.
struct ColumnSums {
    var sums: [Double]
    /// Of squares.
    var squares: [Double]

    /// - Parameter shift: subtracted from every row first.
    /// - Throws: when a value, or the sum of its column's squares, is not finite.
    init(_ matrix: Matrix<Double>, shift: [Double], what: String) throws(ReadoutError) {
        let columns = matrix.columns
        var (sums, squares) = ([Double](repeating: 0, count: columns), [Double](repeating: 0, count: columns))
        matrix.values.withUnsafeBufferPointer { values in
            shift.withUnsafeBufferPointer { shift in
                sums.withUnsafeMutableBufferPointer { sums in
                    squares.withUnsafeMutableBufferPointer { squares in
                        for row in 0..<matrix.rows {
                            for k in 0..<columns {
                                let value = values[row &* columns &+ k] - shift[k]
                                sums[k] += value
                                squares[k] += value * value
                            }
                        }
                    }
                }
            }
        }
        if let column = squares.firstIndex(where: { !$0.isFinite }) {
            let row = (0..<matrix.rows).first { !(matrix[$0, column] * matrix[$0, column]).isFinite }
            throw .notFinite(what: what, row: row ?? 0, column: column)
        }
        (self.sums, self.squares) = (sums, squares)
    }

    func means(_ rows: Int) -> [Double] { sums.map { $0 / Double(rows) } }
}

extension ReadoutAccumulator {
    func check(_ states: Matrix<Double>, _ targets: Matrix<Double>) throws(ReadoutError) {
        guard states.columns == nodes else { throw .shape(what: "nodes", expected: nodes, found: states.columns) }
        guard targets.columns == outputs else { throw .shape(what: "outputs", expected: outputs, found: targets.columns) }
        guard states.rows == targets.rows else {
            throw .shape(what: "rows of targets", expected: states.rows, found: targets.rows)
        }
    }

    func check(_ other: Self) throws(ReadoutError) {
        guard other.nodes == nodes else { throw .shape(what: "nodes", expected: nodes, found: other.nodes) }
        guard other.outputs == outputs else { throw .shape(what: "outputs", expected: outputs, found: other.outputs) }
    }

    func check(_ lambdas: [Double]) throws(ReadoutError) { try Self.check(lambdas, samples: samples) }

    static func check(_ lambdas: [Double], samples: Int) throws(ReadoutError) {
        guard !lambdas.isEmpty else { throw .lambda(nil) }
        if let wrong = lambdas.first(where: { !($0 >= 0 && $0.isFinite) }) { throw .lambda(wrong) }
        guard samples >= 2 else { throw .tooFewSamples(found: samples, needed: 2) }
    }

    static func checkSizes(nodes: Int, outputs: Int) {
        precondition(nodes > 0 && outputs > 0, "a readout has a node and an output")
    }
}
