public import LinearAlgebra

/// Separation: how far apart different inputs leave the states, beside how far apart the inputs are.
///
///     S = mean over all pairs of  ‖x_i(T) − x_j(T)‖ / √(Σ_t ‖u_i(t) − u_j(t)‖² / T)
///
/// x_i(T) is the state after the stream u_i of T inputs, which begins after a reset.
///
/// - Source: R. Legenstein, W. Maass, Neural Networks 20 (2007) 323; the quotient as in T. E. Gibbons, IJCNN 2010, "Unifying quality
///   metrics for reservoir networks".
public struct Separation: Sendable, Equatable {
    public var value: Double

    /// - Parameters:
    ///   - streams: of inputs, each of shape `[steps, inputs]`; two at least.
    ///   - ends: the last state of each, shape `[streams, nodes]`.
    /// - Throws: `MetricError`.
    public init(streams: [Matrix<Double>], ends: Matrix<Double>) throws(MetricError) {
        let name = "separation"
        guard streams.count >= 2, streams.count == ends.rows else {
            throw .shape(
                metric: name, expected: "two streams or more, and as many states", found: "\(streams.count) and \(ends.rows)")
        }
        try MetricError.check(name, states: ends)
        var (sum, pairs) = (0.0, 0)
        for i in streams.indices {
            for j in streams.indices where j > i {
                let inputs = StateDistance.each(streams[i], streams[j]).reduce(0) { $0 + $1 * $1 }
                let apart = (inputs / Double(max(1, streams[i].rows))).squareRoot()
                guard apart > 0 else { continue }
                sum += StateDistance.each(ends.rows(i..<i + 1), ends.rows(j..<j + 1))[0] / apart
                pairs += 1
            }
        }
        guard pairs > 0 else { throw .shape(metric: name, expected: "streams that differ", found: "equal ones") }
        value = sum / Double(pairs)
    }

    /// Drives a reservoir with streams that are uniform in [−1, 1].
    /// - Throws: the reservoir's error, `MetricError`.
    public init(_ reservoir: any Reservoir, streams: Int = 20, steps: Int = 50, seed: UInt64 = 1) throws {
        let inputs = (0..<streams).map {
            StateDistance.uniform(steps: steps, inputs: reservoir.inputs, size: 1, seed: seed &+ UInt64($0) &* 104_729)
        }
        let ends = try inputs.flatMap { Array(try StateDistance.states(reservoir, $0, seed: seed).row(steps - 1)) }
        try self.init(streams: inputs, ends: Matrix(rows: streams, columns: reservoir.nodes, values: ends))
    }
}
