public import LinearAlgebra

/// The echo-state property: after enough equal inputs, a reservoir has forgotten what came before.
///
/// Two runs begin with different inputs and go on with the same ones. A film in this process begins in one state after each reset, so the
/// different past makes the different start.
///
/// - Source: H. Jaeger, "The 'echo state' approach to analysing and training recurrent neural networks", GMD report 148 (2001).
public struct EchoState: Sendable, Equatable {
    /// Distance of the two states after each equal input, divided by the spread of the states.
    public var distances: [Double]
    /// What counts as forgotten.
    public var tolerance: Double
    /// Change of ln distance for each step, below 0 where the runs come together; nil where the distance has left no trace in time.
    public var rate: Double?

    /// Whether the two runs have come together, and stay so for the last tenth of the steps.
    public var isEcho: Bool { distances.suffix(max(1, distances.count / 10)).allSatisfy { $0 <= tolerance } }
    /// Steps until they were together for good; nil when they were not.
    public var steps: Int? {
        guard isEcho else { return nil }
        return (distances.lastIndex { $0 > tolerance } ?? -1) + 1
    }

    /// - Parameters:
    ///   - a, b: states to the same inputs after different pasts, shape `[steps, nodes]`.
    ///   - tolerance: relative distance that counts as none; above the rounding of 32-bit states.
    /// - Throws: `MetricError`.
    public init(_ a: Matrix<Double>, _ b: Matrix<Double>, tolerance: Double = 1e-3) throws(MetricError) {
        let name = "echo state"
        guard a.rows == b.rows, a.columns == b.columns else {
            throw .shape(
                metric: name, expected: "two runs of the same shape",
                found: "\(a.rows) × \(a.columns) and \(b.rows) × \(b.columns)")
        }
        guard a.rows >= 4 else { throw .tooFewSteps(metric: name, needed: 4, found: a.rows) }
        try MetricError.check(name, states: a)
        try MetricError.check(name, states: b)
        let spread = StateDistance.spread(a)
        distances = StateDistance.each(a, b).map { spread > 0 ? $0 / spread : ($0 > 0 ? .infinity : 0) }
        self.tolerance = tolerance
        rate = StateDistance.slope(distances, floor: 1e-5, ceiling: .infinity)
    }

    /// Drives a reservoir twice: `past` steps of different inputs, then `steps` equal ones, uniform in [−1, 1].
    /// - Throws: the reservoir's error, `MetricError`.
    public init(_ reservoir: any Reservoir, past: Int = 50, steps: Int = 1000, tolerance: Double = 1e-3, seed: UInt64 = 1)
        throws
    {
        let same = StateDistance.uniform(steps: steps, inputs: reservoir.inputs, size: 1, seed: seed)
        let runs = try [UInt64(1), 2].map { run in
            let before = StateDistance.uniform(steps: past, inputs: reservoir.inputs, size: 1, seed: seed &+ 1000 &* run)
            return try StateDistance.states(reservoir, StateDistance.joined(before, same), seed: seed).rows(past..<past + steps)
        }
        try self.init(runs[0], runs[1], tolerance: tolerance)
    }
}
