public import LinearAlgebra

/// The largest Lyapunov exponent of a driven reservoir: how fast a small disturbance grows, in nats for each step.
///
/// A reservoir cannot be put into a state, so the disturbance is one slightly different input: after the same past the reservoir is
/// driven twice, once with it and once without, and the logarithm of the distance is followed while it is small but not lost in
/// rounding. Each place where it is done begins with a small disturbance anew, which is the renormalisation; the exponent is the mean.
///
/// - Source: A. Wolf et al., Physica D 16 (1985) 285 (renormalised distances).
public struct LyapunovExponent: Sendable, Equatable {
    /// Mean slope of ln distance over the steps; nil where a disturbance is gone in fewer than three steps.
    public var value: Double?
    /// Of each place where a slope could be found.
    public var slopes: [Double]

    /// Distance of recorded runs.
    /// - Parameters:
    ///   - pairs: states of two runs that differ little at their beginning.
    ///   - floor, ceiling: distances that count, as parts of the states' spread.
    public init(pairs: [(Matrix<Double>, Matrix<Double>)], floor: Double = 1e-6, ceiling: Double = 0.1) {
        slopes = pairs.compactMap { a, b in
            let spread = StateDistance.spread(a)
            return StateDistance.slope(StateDistance.each(a, b), floor: floor * spread, ceiling: ceiling * spread)
        }
        value = slopes.isEmpty ? nil : slopes.reduce(0, +) / Double(slopes.count)
    }

    /// - Parameters:
    ///   - disturbance: added to the inputs of one step, which are uniform in [−1, 1].
    ///   - places: how often it is done.
    ///   - past: steps before the disturbance.
    ///   - steps: that follow it.
    ///   - floor: of the distance, above the rounding of the states; 10⁻⁶ for 32-bit ones.
    /// - Throws: the reservoir's error.
    public init(
        _ reservoir: any Reservoir, disturbance: Double = 0.01, places: Int = 8, past: Int = 50, steps: Int = 50,
        floor: Double = 1e-6, seed: UInt64 = 1
    ) throws {
        let pairs = try (0..<places).map { place in
            let inputs = StateDistance.uniform(
                steps: past + steps, inputs: reservoir.inputs, size: 1, seed: seed &+ UInt64(place) &* 7919)
            var disturbed = inputs
            // Inwards, so that it stays in the range of the inputs.
            for k in 0..<inputs.columns { disturbed[past - 1, k] -= disturbed[past - 1, k] < 0 ? -disturbance : disturbance }
            return (
                try StateDistance.states(reservoir, inputs, seed: seed).rows(past - 1..<past + steps),
                try StateDistance.states(reservoir, disturbed, seed: seed).rows(past - 1..<past + steps)
            )
        }
        self.init(pairs: pairs, floor: floor)
    }
}
