/// Layers with a way around them.
///
///     y(t) = x(t) + F(x)(t)        F: the layers inside, as wide at their end as at their beginning
///
/// Where the layers inside look ahead, a stream holds x back by as many frames.
///
/// - Source: K. He et al., CVPR 2016, p. 770, arXiv:1512.03385.
public struct ResidualBlock: Layer {
    public static let declaration = LayerDeclaration(
        "residual block", formula: "y = x + F(x)", source: "K. He et al., CVPR 2016, p. 770")

    /// Its output is added to its input.
    public let body: LayerSequence

    /// - Precondition: the body has as many outputs as inputs and no stride.
    public init(_ body: LayerSequence) {
        precondition(body.inputs == body.outputs && body.stride == 1, "a way around needs equal widths and no stride")
        self.body = body
    }

    public var inputs: Int { body.inputs }
    public var outputs: Int { body.inputs }
    public var groups: Int { body.entries.first?.layer.groups ?? 1 }
    public var lookAhead: Int? { body.lookAhead }
    public var parameters: [LayerParameter] { body.parameters }

    public func makePass() -> any LayerPass { ResidualBlockPass(body) }

    /// `values` has the frames that the body has not answered yet, the oldest first.
    public func initialState(session: Int) -> LayerState {
        LayerState(
            values: ((lookAhead ?? 0) + 1) * inputs, session: session, parts: [body.initialState(session: session)])
    }

    public func step(
        _ input: Span<Float>, parameters: Span<Float>, state: inout LayerState, into output: inout MutableSpan<Float>
    ) -> Bool {
        let ahead = lookAhead ?? 0
        state.values.lend { held in
            held.update(from: held + inputs, count: ahead * inputs)
            let last = held + ahead * inputs
            for k in 0..<inputs { last[k] = input.isEmpty ? 0 : input[k] }
        }
        // The body's count of frames stands still when the sequence has ended.
        let turn = state.frames - state.parts[0].frames
        state.frames += 1
        let came =
            input.isEmpty
            ? body.flush(turn, parameters: parameters, state: &state.parts[0])
            : body.step(input, parameters: parameters, state: &state.parts[0])
        guard came else { return false }
        let place = body.places[body.entries.count - 1].lowerBound
        for k in 0..<inputs { output[k] = state.values[k] + state.parts[0].scratch[place + k] }
        return true
    }
}

private final class ResidualBlockPass: LayerPass {
    private let body: SequencePass

    init(_ layers: LayerSequence) { body = SequencePass(layers) }

    func forward(
        _ input: Span<Float>, batch: SequenceBatch, parameters: Span<Float>, context: inout ForwardContext,
        into output: inout MutableSpan<Float>
    ) {
        body.forward(input, batch: batch, parameters: parameters, context: &context)
        let count = batch.rows * body.layers.inputs
        body.withOutput { inner in
            input.lend { x in
                inner.lend { f in output.lend { y in for i in 0..<count { y[i] = x[i] + f[i] } } }
            }
        }
    }

    func backward(
        _ outputGradient: Span<Float>, input: Span<Float>, output: Span<Float>, batch: SequenceBatch,
        parameters: Span<Float>, addingTo parameterGradient: inout MutableSpan<Float>,
        into inputGradient: inout MutableSpan<Float>
    ) {
        body.backward(
            outputGradient, input: input, parameters: parameters, addingTo: &parameterGradient, into: &inputGradient)
        guard !inputGradient.isEmpty else { return }
        outputGradient.lend { dy in
            inputGradient.lend { dx in for i in 0..<batch.rows * body.layers.inputs { dx[i] += dy[i] } }
        }
    }
}
