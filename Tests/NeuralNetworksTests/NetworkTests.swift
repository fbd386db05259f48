import NeuralNetworks
import TensorFiles
import Testing

@Suite struct NetworkTests {
    private let layers = WordsShape(inputs: 3, hidden: 4, layers: 2, outputs: 3).sequence()

    private func features(_ frames: Int, inputs: Int = 3) -> [Float] {
        (0..<frames * inputs).map { Float(($0 * 37 + 11) % 19) / 9.5 - 1 }
    }

    @Test func `one step equals PyTorch's formula by hand`() {
        // hidden 1, input 1: all weights 0.5, all biases 0.1, x = 1, h = 0:
        // r = z = σ(0.7) = 0.668188, n = tanh(0.6 + 0.668188·0.1) = 0.582883, h' = (1 − z) n = 0.193408
        let one = WordsShape(inputs: 1, hidden: 1, layers: 1, outputs: 1)
        let parameters: [Float] =
            [0.5, 0.5, 0.5] + [0.5, 0.5, 0.5] + [0.1, 0.1, 0.1] + [0.1, 0.1, 0.1] + [1, 0]
        let network = Network(one.sequence(), parameters: parameters)
        var state = network.initialState()
        var logits: [Float] = [0]
        var output = logits.mutableSpan
        #expect(network.step([1].span, state: &state, into: &output))
        #expect(abs(logits[0] - 0.193408) < 1e-6)
    }

    @Test func `frame by frame gives what the whole sequence gives`() {
        let network = Network(layers, seed: 3)
        let input = features(40)
        let whole = CTCTraining.logits(network, features: input, frames: 40)
        var state = network.initialState()
        var logits = [Float](repeating: 0, count: 3)
        for t in 0..<40 {
            let frame = Array(input[t * 3..<t * 3 + 3])
            var output = logits.mutableSpan
            #expect(network.step(frame.span, state: &state, into: &output))
            for k in 0..<3 { #expect(abs(logits[k] - whole[t * 3 + k]) < 1e-5) }
        }
    }

    @Test func `the gradient agrees with finite differences, for every kind of parameter`() throws {
        var network = Network(layers, seed: 5)
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
        let network = Network(layers, seed: 5)
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
                network: Network(
                    WordsShape(inputs: 3, hidden: 16, layers: 1, outputs: 3).sequence(dropout: 0.1), seed: 1),
                blank: 0, weightDecay: 0.01, seed: 2)
            let batch = [
                CTCExample(features: features(8), frames: 8, target: [1, 2]),
                CTCExample(features: features(8).map { -$0 }, frames: 8, target: [2, 1]),
                CTCExample(features: features(8).reversed(), frames: 8, target: [1]),
            ]
            var loss = 0.0
            for _ in 0..<400 { loss = try training.step(batch, learningRate: 0.01).loss }
            return (training.network.parameters, loss)
        }
        let first = try train()
        let second = try train()
        #expect(first.0 == second.0)
        #expect(first.1 < 0.2)
    }

    @Test func `a network survives its file, under PyTorch's names`() throws {
        let network = Network(layers, seed: 3)
        let data = try SafeTensors(tensors: network.tensors).encoded()
        #expect(try Network(layers, SafeTensors(data, name: "x"), name: "x") == network)
        #expect(
            network.tensors.keys.sorted() == [
                "gru.bias_hh_l0", "gru.bias_hh_l1", "gru.bias_ih_l0", "gru.bias_ih_l1", "gru.weight_hh_l0",
                "gru.weight_hh_l1", "gru.weight_ih_l0", "gru.weight_ih_l1", "output.bias", "output.weight",
            ])
        #expect(network.tensors["gru.weight_ih_l0"]?.shape == [12, 3])
        var missing = network.tensors
        missing["gru.bias_hh_l1"] = nil
        #expect(throws: SafeTensors.FileError.self) {
            try Network(layers, SafeTensors(tensors: missing), name: "x")
        }
    }

    @Test func `a layer between is tapped by its name, in batches as in streams`() throws {
        let network = Network(layers, seed: 3)
        let tap = try #require(network.tap("gru.0"))
        #expect(tap.outputs == 4 && network.tap("gru.7") == nil)
        let input = features(6)
        let pass = NetworkPass(layers)
        pass.forward(
            SequenceBatch(lengths: [6]), parameters: network.parameters, context: ForwardContext(isTraining: false)
        ) { rows in for i in 0..<rows.count { rows[i] = input[i] } }
        let whole = pass.withOutput(of: tap) { rows, batch in
            #expect(batch.lengths == [6] && rows.count == 24)
            return (0..<rows.count).map { rows[$0] }
        }
        var state = network.initialState()
        for t in 0..<6 {
            var logits = [Float](repeating: 0, count: 3)
            var output = logits.mutableSpan
            let frame = Array(input[3 * t..<3 * t + 3])
            network.step(frame.span, state: &state, into: &output)
            state.withOutput(of: tap) { found in
                for k in 0..<4 { #expect(abs(found[k] - whole[4 * t + k]) < 1e-6) }
            }
        }
    }

    @Test func `a loss on a tapped layer adds its gradient to the layers below`() throws {
        var network = Network(layers, seed: 4)
        let tap = try #require(network.tap("dropout.0"))
        let input = features(5)
        let batch = SequenceBatch(lengths: [5])
        let pass = NetworkPass(layers)
        func forward() -> (Double, [Float]) {
            pass.forward(batch, parameters: network.parameters, context: ForwardContext(isTraining: false)) { rows in
                for i in 0..<rows.count { rows[i] = input[i] }
            }
            // L = Σ (k + 1) h over the tapped layer alone.
            let weights = (0..<20).map { Float($0 % 4 + 1) }
            return pass.withOutput(of: tap) { rows, _ in
                ((0..<20).reduce(0.0) { $0 + Double(weights[$1] * rows[$1]) }, weights)
            }
        }
        let weights = forward().1
        var gradient = [Float](repeating: 0, count: network.layout.count)
        pass.backward(
            [Float](repeating: 0, count: 15), parameters: network.parameters, addingTo: &gradient, taps: [tap: weights])
        for tensor in network.layout.tensors {
            for i in stride(from: tensor.offset, to: tensor.offset + tensor.count, by: 7) {
                let value = network.parameters[i]
                network.parameters[i] = value + 0.01
                let above = forward().0
                network.parameters[i] = value - 0.01
                let below = forward().0
                network.parameters[i] = value
                let expected = (above - below) / 0.02
                #expect(abs(Double(gradient[i]) - expected) < 3e-3 * max(1, abs(expected)), "\(tensor.name)")
            }
        }
    }

    @Test func `a copied state is a branch of the same stream`() {
        let network = Network(layers, seed: 3)
        var state = network.initialState()
        var logits = [Float](repeating: 0, count: 3)
        var output = logits.mutableSpan
        network.step([1, 2, 3].span, state: &state, into: &output)
        var branch = state
        #expect(branch == state)
        network.step([0, 0, 1].span, state: &branch, into: &output)
        #expect(branch != state)
        network.step([0, 0, 1].span, state: &state, into: &output)
        #expect(branch == state)
    }
}
