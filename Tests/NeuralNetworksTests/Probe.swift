import NeuralNetworks
import Signals

/// Small random numbers, and one pass of a network over them.
enum Probe {
    static func numbers(_ count: Int, seed: UInt64) -> [Float] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in Float(2 * random.uniform() - 1) }
    }

    /// Output and gradient of a network for one sequence.
    static func run(_ network: Network, _ features: [Float], frames: Int, slope: [Float]) -> (
        output: [Float], gradient: [Float]
    ) {
        let pass = NetworkPass(network.layers)
        pass.forward(
            SequenceBatch(lengths: [frames]), parameters: network.parameters,
            context: ForwardContext(isTraining: false)
        ) { rows in for i in 0..<rows.count { rows[i] = features[i] } }
        let output = pass.withOutput { values, _ in (0..<values.count).map { values[$0] } }
        var gradient = [Float](repeating: 0, count: network.layout.count)
        pass.backward(slope, parameters: network.parameters, addingTo: &gradient)
        return (output, gradient)
    }
}
