import Glibc
import LinearAlgebra
import Signals

/// Distances of states, and how they change with the steps.
enum StateDistance {
    /// ‖a(t) − b(t)‖ of each step.
    static func each(_ a: Matrix<Double>, _ b: Matrix<Double>) -> [Double] {
        precondition(a.rows == b.rows && a.columns == b.columns, "states of the same shape")
        return (0..<a.rows).map { row in
            zip(a.row(row), b.row(row)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }
    }

    /// √Σ_nodes var: the size of what changes from step to step.
    static func spread(_ states: Matrix<Double>) -> Double {
        CapacityReadout.variances(states, CapacityReadout.means(states)).reduce(0, +).squareRoot()
    }

    /// Least-squares slope of ln distance over the steps whose distance is between floor and ceiling, from the first step on; nil with
    /// fewer than three of them.
    static func slope(_ distances: [Double], floor: Double, ceiling: Double) -> Double? {
        let logs = distances.prefix { $0 > floor && $0 < ceiling && $0.isFinite }.map { log($0) }
        guard logs.count >= 3 else { return nil }
        let middle = Double(logs.count - 1) / 2
        let mean = logs.reduce(0, +) / Double(logs.count)
        var (both, square) = (0.0, 0.0)
        for (step, value) in logs.enumerated() {
            both += (Double(step) - middle) * (value - mean)
            square += (Double(step) - middle) * (Double(step) - middle)
        }
        return both / square
    }

    /// Inputs that are uniform in [−size, size], shape `[steps, inputs]`.
    static func uniform(steps: Int, inputs: Int, size: Double, seed: UInt64) -> Matrix<Double> {
        var random = SplitMix64(seed: seed)
        return Matrix(rows: steps, columns: inputs, values: (0..<steps * inputs).map { _ in size * (2 * random.uniform() - 1) })
    }

    /// One behind the other.
    static func joined(_ a: Matrix<Double>, _ b: Matrix<Double>) -> Matrix<Double> {
        Matrix(rows: a.rows + b.rows, columns: a.columns, values: a.values + b.values)
    }

    /// The states to an input after a reset.
    static func states(_ reservoir: any Reservoir, _ inputs: Matrix<Double>, seed: UInt64) throws -> Matrix<Double> {
        try reservoir.reset(seed: seed)
        return try reservoir.states(inputs)
    }
}
