import Glibc
public import LinearAlgebra
import Signals

/// Robustness against noise of the input: what part of the states' changes is noise, when a known part of the input's is.
///
///     e = √( Σ_t ‖x̃(t) − x(t)‖² / Σ_t ‖x(t) − x̄‖² )
///
/// x̃ are the states to u + n, with normal noise n of a variance that is 10^(−SNR/10) times that of the input.
public struct NoiseRobustness: Sendable, Equatable {
    /// Signal-to-noise ratio of the input, dB.
    public var inputSNR_dB: Double
    /// e: 0 is no effect, 1 is as large as the states' own changes.
    public var error: Double
    /// Signal-to-noise ratio of the states, dB: −20 log e.
    public var stateSNR_dB: Double { -20 * log10(error) }

    /// - Parameters: states to the clean and to the noisy input, shape `[steps, nodes]`, after the washout.
    /// - Throws: `MetricError`.
    public init(clean: Matrix<Double>, noisy: Matrix<Double>, inputSNR_dB: Double) throws(MetricError) {
        let name = "noise robustness"
        guard clean.rows == noisy.rows, clean.columns == noisy.columns, clean.rows >= 2 else {
            throw .shape(metric: name, expected: "two runs of the same shape", found: "\(clean.rows) and \(noisy.rows) steps")
        }
        try MetricError.check(name, states: clean)
        try MetricError.check(name, states: noisy)
        let difference = StateDistance.each(clean, noisy).reduce(0) { $0 + $1 * $1 } / Double(clean.rows)
        let spread = StateDistance.spread(clean)
        error = spread > 0 ? difference.squareRoot() / spread : .infinity
        self.inputSNR_dB = inputSNR_dB
    }

    /// Drives a reservoir twice with inputs that are uniform in [−1, 1].
    /// - Throws: the reservoir's error, `MetricError`.
    public init(_ reservoir: any Reservoir, inputSNR_dB: Double = 20, steps: Int = 500, washout: Int = 50, seed: UInt64 = 1)
        throws
    {
        let inputs = StateDistance.uniform(steps: steps, inputs: reservoir.inputs, size: 1, seed: seed)
        var random = SplitMix64(seed: seed &+ 77)
        // The variance of uniform inputs is 1/3.
        let deviation = (pow(10, -inputSNR_dB / 10) / 3).squareRoot()
        var noisy = inputs
        for k in noisy.values.indices { noisy.values[k] += deviation * random.normal() }
        try self.init(
            clean: try StateDistance.states(reservoir, inputs, seed: seed).rows(washout..<steps),
            noisy: try StateDistance.states(reservoir, noisy, seed: seed).rows(washout..<steps), inputSNR_dB: inputSNR_dB)
    }
}
