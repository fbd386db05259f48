import NeuralNetworks
import Testing

/// Layers, loss and optimiser against numbers of PyTorch (`Reference/make_pytorch_values.py` made them, in 64-bit arithmetic).
@Suite struct PyTorchTests {
    /// The script's formula for inputs and parameters.
    private func values(_ count: Int, seed: Int) -> [Float] {
        (0..<count).map { Float(($0 * 37 + seed * 53 + 11) % 101 - 50) / 50 }
    }

    private func expectEqual(_ found: [Float], _ expected: [Float], within tolerance: Float = 2e-6) {
        #expect(found.count == expected.count)
        for (a, b) in zip(found, expected) { #expect(abs(a - b) <= tolerance * max(1, abs(b))) }
    }

    private func check(
        _ layer: any Layer, lengths: [Int], output: [Float], inputGradient: [Float], parameterGradient: [Float]
    ) {
        let batch = SequenceBatch(lengths: lengths)
        let after = batch.strided(by: layer.stride)
        let parameters = layer.parameters.enumerated().flatMap { k, tensor in
            values(tensor.count, seed: 10 + k).map { 0.5 * $0 }
        }
        let x = values(batch.rows * layer.inputs, seed: 1)
        let c = LayerCase.masked(values(after.rows * layer.outputs, seed: 2), after, width: layer.outputs)
        var y = [Float](repeating: .nan, count: after.rows * layer.outputs)
        var dx = [Float](repeating: .nan, count: x.count)
        var gradient = [Float](repeating: 0, count: parameters.count)
        let pass = layer.makePass()
        var context = ForwardContext(isTraining: false)
        var target = y.mutableSpan
        pass.forward(x.span, batch: batch, parameters: parameters.span, context: &context, into: &target)
        var parameterTarget = gradient.mutableSpan
        var inputTarget = dx.mutableSpan
        pass.backward(
            c.span, input: x.span, output: y.span, batch: batch, parameters: parameters.span,
            addingTo: &parameterTarget, into: &inputTarget)
        expectEqual(LayerCase.masked(y, after, width: layer.outputs), output)
        expectEqual(dx, inputGradient)
        expectEqual(gradient, parameterGradient)
    }

    @Test func `dense layers equal PyTorch's Linear`() {
        check(
            Dense(inputs: 3, outputs: 2), lengths: [3, 2], output: PyTorchValues.denseOutput,
            inputGradient: PyTorchValues.denseInputGradient, parameterGradient: PyTorchValues.denseParameterGradient)
    }

    @Test func `recurrent layers equal PyTorch's GRU`() {
        check(
            GRU(inputs: 2, hidden: 3), lengths: [4, 2], output: PyTorchValues.gruOutput,
            inputGradient: PyTorchValues.gruInputGradient, parameterGradient: PyTorchValues.gruParameterGradient)
    }

    @Test func `recurrent layers of two directions equal PyTorch's bidirectional GRU, each sequence at its own length`() {
        check(
            BidirectionalGRU(inputs: 2, hidden: 3), lengths: [4, 2], output: PyTorchValues.bidirectionalOutput,
            inputGradient: PyTorchValues.bidirectionalInputGradient,
            parameterGradient: PyTorchValues.bidirectionalParameterGradient)
    }

    @Test func `convolutions over time equal PyTorch's Conv1d on padded sequences`() {
        check(
            TemporalConvolution(inputs: 2, outputs: 3, kernel: 3), lengths: [5, 3], output: PyTorchValues.causalOutput,
            inputGradient: PyTorchValues.causalInputGradient, parameterGradient: PyTorchValues.causalParameterGradient)
        check(
            TemporalConvolution(inputs: 2, outputs: 3, kernel: 5, stride: 2, lookAhead: 2), lengths: [5, 3],
            output: PyTorchValues.stridedOutput, inputGradient: PyTorchValues.stridedInputGradient,
            parameterGradient: PyTorchValues.stridedParameterGradient)
        check(
            TemporalConvolution(inputs: 4, outputs: 2, kernel: 2, lookAhead: 1, groups: 2), lengths: [5, 3],
            output: PyTorchValues.groupedOutput, inputGradient: PyTorchValues.groupedInputGradient,
            parameterGradient: PyTorchValues.groupedParameterGradient)
    }

    @Test func `convolutions over time and frequency equal PyTorch's Conv2d`() {
        check(
            TimeFrequencyConvolution(
                bands: 4, channels: 2, planes: 2, kernel: 3, bandKernel: 3, bandStride: 2, lookAhead: 1), lengths: [3, 2],
            output: PyTorchValues.timeFrequencyOutput, inputGradient: PyTorchValues.timeFrequencyInputGradient,
            parameterGradient: PyTorchValues.timeFrequencyParameterGradient)
    }

    @Test func `layer normalisation equals PyTorch's LayerNorm`() {
        check(
            LayerNormalisation(features: 5), lengths: [2, 1], output: PyTorchValues.normalisationOutput,
            inputGradient: PyTorchValues.normalisationInputGradient,
            parameterGradient: PyTorchValues.normalisationParameterGradient)
    }

    @Test func `the optimiser walks as PyTorch's AdamW, which does not let biases decay here either`() {
        // Two weights that decay and one bias.
        let layout = Network(LayerSequence([.init("a", Dense(inputs: 2, outputs: 1))]), seed: 1).layout
        var optimiser = AdamW(layout, weightDecay: 0.1)
        var parameters = (values(2, seed: 10) + values(1, seed: 11)).map { 0.5 * $0 }
        for step in 0..<8 {
            optimiser.update(
                &parameters, gradient: values(3, seed: 20 + step), learningRate: 0.01 * Float(step + 1))
            expectEqual(parameters, Array(PyTorchValues.adamW[3 * step..<3 * step + 3]))
        }
    }

    @Test(
        arguments: [
            (5, 4, 0, [1, 2, 2], PyTorchValues.ctcLoss0, PyTorchValues.ctcGradient0),
            (6, 4, 3, [0, 1], PyTorchValues.ctcLoss1, PyTorchValues.ctcGradient1),
            (4, 3, 0, [], PyTorchValues.ctcLoss2, PyTorchValues.ctcGradient2),
            (3, 3, 0, [1, 1], PyTorchValues.ctcLoss3, PyTorchValues.ctcGradient3),
            (40, 5, 0, [1, 2, 3, 3, 4, 1], PyTorchValues.ctcLoss4, PyTorchValues.ctcGradient4),
        ] as [(Int, Int, Int, [Int], [Float], [Float])])
    func `the loss and its gradient equal PyTorch's ctc_loss`(
        frames: Int, units: Int, blank: Int, target: [Int], loss: [Float], gradient: [Float]
    ) throws {
        // Seeds 30 … 34, in the order of the cases.
        let seed = 30 + [5, 6, 4, 3, 40].firstIndex(of: frames)!
        let logits = values(frames * units, seed: seed).map { 4 * $0 }
        var found = [Float](repeating: .nan, count: logits.count)
        let value = try CTCLoss(blank: blank).evaluate(
            logits: logits, stride: units, frames: frames, units: units, target: target, gradient: &found)
        #expect(abs(value - Double(loss[0])) < 1e-5 * max(1, Double(loss[0])))
        expectEqual(found, gradient)
    }
}
