public import LinearAlgebra

/// The rank of a matrix of states: how many independent directions a reservoir really uses.
///
/// After many different inputs it is the **kernel rank** (more is better); after inputs that hardly differ it is the
/// **generalisation rank** (less is better). The same count serves both; what differs is how the reservoir was driven.
public enum StateRank {
    /// Inputs for the study's ranks: uniform in [−1, 1] for the kernel rank, in [−0.05, 0.05] for the generalisation rank,
    /// round(1.5 N) + 50 of them, of which the first 50 are washed out.
    ///
    /// - Source: MaterialMan/Spinspired, getMetrics.m, for M. Dale et al., arXiv:2101.12700.
    public static func studyInputs(nodes: Int) -> Int { Int((1.5 * Double(nodes)).rounded()) + studyWashout }
    public static let studyWashout = 50
    public static let studySmallInput = 0.05

    /// The study's rank: the smallest number of singular values whose sum is 99 % of the sum of all.
    ///
    /// - Parameters:
    ///   - states: shape `[steps, nodes]`, after the washout; the study has the input as one more column.
    ///   - share: of the sum.
    /// - Throws: `MetricError`, `LinearAlgebraError`.
    /// - Source: as ``studyInputs(nodes:)``.
    public static func bySum(_ states: Matrix<Double>, share: Double = 0.99) throws -> Int {
        try MetricError.check("rank", states: states)
        let values = try states.singularValues()
        let total = values.reduce(0, +)
        guard total > 0 else { return 0 }
        var sum = 0.0
        for (index, value) in values.enumerated() {
            sum += value
            if sum >= share * total { return index + 1 }
        }
        return values.count
    }

    /// Singular values of the Gram matrix XᵀX above `threshold` times the largest: RCbench's kernel rank (its default, 10⁻⁶ of
    /// the Gram matrix, is 10⁻³ of the states).
    ///
    /// - Parameter states: shape `[steps, nodes]`; RCbench may put the input in front as one more column.
    /// - Throws: `MetricError`, `LinearAlgebraError`.
    /// - Source: RCbench 1.0.10, `KernelRankEvaluator` with the linear kernel, after C. Wringe, M. Trefzer, S. Stepney,
    ///   arXiv:2405.06561.
    public static func ofGram(_ states: Matrix<Double>, threshold: Double = 1e-6) throws -> Int {
        try MetricError.check("rank", states: states)
        let gram = states.transposed.times(states)
        return above(threshold, try gram.singularValues())
    }

    /// Singular values of the states above `threshold` times the largest: RCbench's generalisation rank.
    ///
    /// - Parameter states: shape `[steps, nodes]`, or one row for each input stream.
    /// - Throws: `MetricError`, `LinearAlgebraError`.
    /// - Source: RCbench 1.0.10, `GeneralizationRankEvaluator`, after I. T. Vidamour et al., Nanotechnology 33 (2022) 485203.
    public static func ofStates(_ states: Matrix<Double>, threshold: Double = 1e-3) throws -> Int {
        try MetricError.check("rank", states: states)
        return above(threshold, try states.singularValues())
    }

    /// States with the input in front of each row, shape `[steps, 1 + nodes]`.
    public static func withInput(_ inputs: [Double], _ states: Matrix<Double>) -> Matrix<Double> {
        precondition(inputs.count == states.rows, "a state has one input")
        var values: [Double] = []
        values.reserveCapacity(states.rows * (states.columns + 1))
        for step in 0..<states.rows {
            values.append(inputs[step])
            values += states.row(step)
        }
        return Matrix(rows: states.rows, columns: states.columns + 1, values: values)
    }

    /// States whose equal blocks of columns are each divided by their largest size: the study does so with the x, y and z
    /// components of a film, because the small ones would not count otherwise.
    ///
    /// - Parameter blocks: that divide the columns, as 3 for a film.
    public static func scaled(_ states: Matrix<Double>, blocks: Int) -> Matrix<Double> {
        precondition(blocks > 0 && states.columns.isMultiple(of: blocks), "blocks are equal")
        let width = states.columns / blocks
        var largest = [Double](repeating: 0, count: blocks)
        for step in 0..<states.rows {
            for column in 0..<states.columns {
                largest[column / width] = max(largest[column / width], abs(states[step, column]))
            }
        }
        var result = states
        for step in 0..<states.rows {
            for column in 0..<states.columns where largest[column / width] > 0 {
                result[step, column] /= largest[column / width]
            }
        }
        return result
    }

    private static func above(_ threshold: Double, _ values: [Double]) -> Int {
        let least = threshold * (values.first ?? 0)
        return values.count { $0 > least }
    }
}
