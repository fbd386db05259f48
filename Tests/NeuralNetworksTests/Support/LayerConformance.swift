import NeuralNetworks
import Testing

/// A layer with a batch to try it on: what every layer must satisfy is checked for each of these.
struct LayerCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var layer: any Layer
    var batch = SequenceBatch(lengths: [5, 2, 4])

    init(_ name: String, _ layer: any Layer, lengths: [Int]? = nil, sessions: [Int]? = nil) {
        testDescription = name
        self.layer = layer
        if let lengths { batch = SequenceBatch(lengths: lengths, sessions: sessions) }
    }

    static let all: [LayerCase] = [
        LayerCase("dense", Dense(inputs: 3, outputs: 4)),
        LayerCase("dense, 2 groups", Dense(inputs: 4, outputs: 6, groups: 2)),
        LayerCase("gru", GRU(inputs: 3, hidden: 4)),
        LayerCase("gru, 2 groups", GRU(inputs: 4, hidden: 6, groups: 2)),
        LayerCase("gru, reverse", GRU(inputs: 3, hidden: 4, isReverse: true)),
        LayerCase("bidirectional gru", BidirectionalGRU(inputs: 3, hidden: 2)),
        LayerCase("convolution, causal", TemporalConvolution(inputs: 3, outputs: 2, kernel: 3)),
        LayerCase("convolution, look-ahead", TemporalConvolution(inputs: 3, outputs: 2, kernel: 4, lookAhead: 2)),
        LayerCase("convolution, stride", TemporalConvolution(inputs: 2, outputs: 3, kernel: 5, stride: 2, lookAhead: 2)),
        LayerCase("convolution, 2 groups", TemporalConvolution(inputs: 4, outputs: 2, kernel: 2, groups: 2)),
        LayerCase("convolution, kernel 1", TemporalConvolution(inputs: 2, outputs: 3, kernel: 1)),
        LayerCase("patches", TemporalConvolution.patches(inputs: 2, outputs: 3, size: 3), lengths: [7, 3, 1]),
        LayerCase("2-D convolution", TimeFrequencyConvolution(bands: 5, planes: 2, kernel: 3, bandKernel: 3, lookAhead: 1)),
        LayerCase(
            "2-D convolution, strides",
            TimeFrequencyConvolution(bands: 4, channels: 2, planes: 3, kernel: 2, bandKernel: 3, stride: 2, bandStride: 2)),
        LayerCase("layer normalisation", LayerNormalisation(features: 5)),
        LayerCase("layer normalisation, 2 groups", LayerNormalisation(features: 6, groups: 2)),
        LayerCase("member sum", MemberSum(outputs: 2, members: 3)),
        LayerCase("dropout", Dropout(features: 4, rate: 0.4)),
        LayerCase("rectifier", Activation(.rectifier, features: 4)),
        LayerCase("softsign", Activation(.softsign, features: 4)),
        LayerCase("tanh", Activation(.tanh, features: 4)),
        LayerCase("session input", SessionInput(features: 3, sessions: 3), lengths: [4, 2, 3, 1], sessions: [2, 0, 2, 1]),
        LayerCase(
            "residual gru",
            ResidualBlock(
                LayerSequence([
                    .init("norm", LayerNormalisation(features: 4)), .init("gru", GRU(inputs: 4, hidden: 4)),
                    .init("dropout", Dropout(features: 4, rate: 0.3)),
                ]))),
        LayerCase(
            "residual block that looks ahead twice",
            ResidualBlock(
                LayerSequence([
                    .init("first", TemporalConvolution(inputs: 3, outputs: 4, kernel: 3, lookAhead: 1)),
                    .init("second", TemporalConvolution(inputs: 4, outputs: 3, kernel: 4, lookAhead: 2)),
                ])), lengths: [5, 1, 4, 2]),
    ]

    /// Values that repeat only after 101 and stay away from 0, where a rectifier has no slope.
    static func values(_ count: Int, seed: Int) -> [Float] {
        (0..<count).map { index in
            let whole = (index * 37 + seed * 53 + 11) % 101 - 50
            return Float(whole == 0 ? 1 : whole) / 50 + (whole < 0 ? -0.1 : 0.1)
        }
    }

    var parameters: [Float] {
        layer.parameters.enumerated().flatMap { k, parameter in
            Self.values(parameter.count, seed: 10 + k).map { 0.5 * $0 }
        }
    }

    var input: [Float] { Self.values(batch.rows * layer.inputs, seed: 1) }

    /// What the network after the layer asks for: ∂L/∂y, zero in padded frames.
    var outputGradient: [Float] {
        let after = batch.strided(by: layer.stride)
        return Self.masked(Self.values(after.rows * layer.outputs, seed: 2), after, width: layer.outputs)
    }

    /// The same values with another one in every padded frame.
    static func masked(_ values: [Float], _ batch: SequenceBatch, width: Int, with filling: Float = 0) -> [Float] {
        values.indices.map { index in
            let row = index / width
            return row / batch.count < batch.lengths[row % batch.count] ? values[index] : filling
        }
    }

    struct Result {
        var output: [Float]
        var inputGradient: [Float]
        var parameterGradient: [Float]
    }

    /// Forward in training, so that dropout has masks, which the seed holds fixed; and backward.
    func run(_ input: [Float], _ parameters: [Float], isTraining: Bool = true, batch: SequenceBatch? = nil) -> Result {
        let batch = batch ?? self.batch
        let pass = layer.makePass()
        var context = ForwardContext(isTraining: isTraining, seed: 7)
        var output = [Float](repeating: .nan, count: batch.strided(by: layer.stride).rows * layer.outputs)
        var inputGradient = [Float](repeating: .nan, count: input.count)
        var parameterGradient = [Float](repeating: 0, count: parameters.count)
        var target = output.mutableSpan
        pass.forward(input.span, batch: batch, parameters: parameters.span, context: &context, into: &target)
        if batch == self.batch {
            var parameterTarget = parameterGradient.mutableSpan
            var inputTarget = inputGradient.mutableSpan
            pass.backward(
                outputGradient.span, input: input.span, output: output.span, batch: batch, parameters: parameters.span,
                addingTo: &parameterTarget, into: &inputTarget)
        }
        return Result(output: output, inputGradient: inputGradient, parameterGradient: parameterGradient)
    }

    /// Frame by frame, and then with nothing more; shape `[output frames, outputs]`.
    func stream(_ frames: [[Float]], session: Int) -> [[Float]] {
        var state = layer.initialState(session: session)
        let parameters = parameters
        var found: [[Float]] = []
        let ended = [[Float]](repeating: [], count: layer.lookAhead ?? 0)
        for frame in frames + ended {
            var output = [Float](repeating: .nan, count: layer.outputs)
            var target = output.mutableSpan
            if layer.step(frame.span, parameters: parameters.span, state: &state, into: &target) { found.append(output) }
        }
        return found
    }
}
