public import LinearAlgebra

/// Brings inputs to about −1 … 1: minus their middle, divided by the largest distance from it.
public struct InputScaling: Sendable, Equatable {
    /// One for each input.
    public let middle: [Double]
    public let reach: [Double]

    /// From the part that is learned from, and nothing else.
    /// - Parameter inputs: shape `[steps, inputs]`, at least one step.
    public init(of inputs: Matrix<Double>) {
        let ranges = (0..<inputs.columns).map { column in
            (0..<inputs.rows).reduce(into: (low: Double.infinity, high: -Double.infinity)) { range, row in
                range = (min(range.low, inputs[row, column]), max(range.high, inputs[row, column]))
            }
        }
        middle = ranges.map { ($0.low + $0.high) / 2 }
        reach = ranges.map { $0.high > $0.low ? ($0.high - $0.low) / 2 : 1 }
    }

    /// The study's own: divided by the largest absolute value of the whole sequence, its test included.
    public init(ofWhole inputs: Matrix<Double>) {
        middle = [Double](repeating: 0, count: inputs.columns)
        reach = (0..<inputs.columns).map { column in
            let most = (0..<inputs.rows).reduce(0) { max($0, abs(inputs[$1, column])) }
            return most > 0 ? most : 1
        }
    }

    public func apply(_ inputs: Matrix<Double>) -> Matrix<Double> {
        var scaled = inputs
        for row in 0..<inputs.rows {
            for column in 0..<inputs.columns { scaled[row, column] = (inputs[row, column] - middle[column]) / reach[column] }
        }
        return scaled
    }
}
