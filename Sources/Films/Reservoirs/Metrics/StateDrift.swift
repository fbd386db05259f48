public import LinearAlgebra

/// Drift: the same block of inputs at the beginning and at the end of a run, and how much its states have changed.
///
///     d = √( Σ_t ‖x_end(t) − x_begin(t)‖² / Σ_t ‖x_begin(t) − x̄‖² ),   t after the block's washout
///
/// A reservoir that forgets and does not age has 0, but for rounding.
public struct StateDrift: Sendable, Equatable {
    public var value: Double

    /// - Parameters: states to the same inputs, shape `[steps, nodes]`, after the block's washout.
    /// - Throws: `MetricError`.
    public init(begin: Matrix<Double>, end: Matrix<Double>) throws(MetricError) {
        let name = "drift"
        guard begin.rows == end.rows, begin.columns == end.columns, begin.rows >= 2 else {
            throw .shape(metric: name, expected: "two blocks of the same shape", found: "\(begin.rows) and \(end.rows) steps")
        }
        try MetricError.check(name, states: begin)
        try MetricError.check(name, states: end)
        let difference = StateDistance.each(begin, end).reduce(0) { $0 + $1 * $1 } / Double(begin.rows)
        let spread = StateDistance.spread(begin)
        value = spread > 0 ? difference.squareRoot() / spread : (difference > 0 ? .infinity : 0)
    }

    /// Drives a reservoir with other inputs, a block, other inputs, and the block again, all uniform in [−1, 1].
    /// - Parameters:
    ///   - past: steps before the first block, in which the reservoir leaves its initial state.
    ///   - block: steps of the block.
    ///   - between: steps between the blocks.
    ///   - washout: steps at the block's beginning that do not count.
    /// - Throws: the reservoir's error, `MetricError`.
    public init(
        _ reservoir: any Reservoir, past: Int = 500, block: Int = 200, between: Int = 1000, washout: Int = 50, seed: UInt64 = 1
    ) throws {
        let same = StateDistance.uniform(steps: block, inputs: reservoir.inputs, size: 1, seed: seed)
        let other = StateDistance.uniform(steps: between, inputs: reservoir.inputs, size: 1, seed: seed &+ 31)
        let before = StateDistance.uniform(steps: past, inputs: reservoir.inputs, size: 1, seed: seed &+ 67)
        let inputs = [same, other, same].reduce(before, StateDistance.joined)
        let states = try StateDistance.states(reservoir, inputs, seed: seed)
        let again = past + block + between
        try self.init(begin: states.rows(past + washout..<past + block), end: states.rows(again + washout..<again + block))
    }
}
