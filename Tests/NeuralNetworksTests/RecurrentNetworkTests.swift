import NeuralNetworks
import Testing

@Suite struct RecurrentNetworkTests {
    private let shape = RecurrentNetwork.Shape(inputs: 3, hidden: 4, layers: 2, outputs: 3)

    private func features(_ frames: Int, inputs: Int = 3) -> [Float] {
        (0..<frames * inputs).map { Float(($0 * 37 + 11) % 19) / 9.5 - 1 }
    }

    @Test func `one step equals PyTorch's formula by hand`() {
        // hidden 1, input 1: all weights 0.5, all biases 0.1, x = 1, h = 0:
        // r = z = σ(0.7) = 0.668188, n = tanh(0.6 + 0.668188·0.1) = 0.582883, h' = (1 − z) n = 0.193408
        let one = RecurrentNetwork.Shape(inputs: 1, hidden: 1, layers: 1, outputs: 1)
        let parameters: [Float] =
            [0.5, 0.5, 0.5] + [0.5, 0.5, 0.5] + [0.1, 0.1, 0.1] + [0.1, 0.1, 0.1] + [1, 0]
        let network = RecurrentNetwork(shape: one, parameters: parameters)
        var state = network.initialState()
        var logits: [Float] = [0]
        [Float(1)].withUnsafeBufferPointer { x in
            logits.withUnsafeMutableBufferPointer { network.step(x, state: &state, logits: $0) }
        }
        #expect(abs(logits[0] - 0.193408) < 1e-6)
    }

    @Test func `frame by frame gives what the whole sequence gives`() {
        let network = RecurrentNetwork(shape: shape, seed: 3)
        let input = features(40)
        let whole = CTCTraining.logits(network, features: input, frames: 40)
        var state = network.initialState()
        var logits = [Float](repeating: 0, count: 3)
        for t in 0..<40 {
            Array(input[t * 3..<t * 3 + 3]).withUnsafeBufferPointer { x in
                logits.withUnsafeMutableBufferPointer { network.step(x, state: &state, logits: $0) }
            }
            for k in 0..<3 { #expect(abs(logits[k] - whole[t * 3 + k]) < 1e-5) }
        }
    }

    @Test func `the gradient agrees with finite differences, for every kind of parameter`() throws {
        var network = RecurrentNetwork(shape: shape, seed: 5)
        let batch = [
            CTCExample(features: features(7), frames: 7, target: [1, 2]),
            CTCExample(features: features(5).map { -$0 }, frames: 5, target: [2]),
        ]
        let gradient = try CTCTraining.gradient(network, batch, blank: 0).gradient
        for tensor in network.layout.tensors {
            for i in stride(from: tensor.offset, to: tensor.offset + tensor.count, by: 5) {
                let value = network.parameters[i]
                network.parameters[i] = value + 0.02
                let above = try CTCTraining.gradient(network, batch, blank: 0).loss
                network.parameters[i] = value - 0.02
                let below = try CTCTraining.gradient(network, batch, blank: 0).loss
                network.parameters[i] = value
                let expected = (above - below) / 0.04
                #expect(abs(Double(gradient[i]) - expected) < 2e-3 * max(1, abs(expected)), "\(tensor.name)")
            }
        }
    }

    @Test func `padding changes nothing`() throws {
        let network = RecurrentNetwork(shape: shape, seed: 5)
        let short = CTCExample(features: features(5), frames: 5, target: [2])
        let long = CTCExample(features: features(9), frames: 9, target: [1])
        let together = try CTCTraining.gradient(network, [short, long], blank: 0)
        let first = try CTCTraining.gradient(network, [short], blank: 0)
        let second = try CTCTraining.gradient(network, [long], blank: 0)
        #expect(abs(together.loss - (first.loss + second.loss) / 2) < 1e-6)
        for i in together.gradient.indices {
            #expect(abs(together.gradient[i] - (first.gradient[i] + second.gradient[i]) / 2) < 1e-6)
        }
    }

    @Test func `training is the same for the same seed, and learns three sequences by heart`() throws {
        func train() throws -> ([Float], Double) {
            let training = CTCTraining(
                network: RecurrentNetwork(
                    shape: RecurrentNetwork.Shape(inputs: 3, hidden: 16, layers: 1, outputs: 3), seed: 1),
                blank: 0, weightDecay: 0.01, dropout: 0.1, seed: 2)
            let batch = [
                CTCExample(features: features(8), frames: 8, target: [1, 2]),
                CTCExample(features: features(8).map { -$0 }, frames: 8, target: [2, 1]),
                CTCExample(features: features(8).reversed(), frames: 8, target: [1]),
            ]
            var loss = 0.0
            for _ in 0..<400 { loss = try training.step(batch, learningRate: 0.01) }
            return (training.network.parameters, loss)
        }
        let first = try train()
        let second = try train()
        #expect(first.0 == second.0)
        #expect(first.1 < 0.2)
    }
}
