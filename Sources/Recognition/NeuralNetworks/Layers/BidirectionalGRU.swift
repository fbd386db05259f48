/// Two ``GRU`` layers beside each other, one reading forwards and one backwards.
///
///     y(t) = [h→(t), h←(t)]
///
/// PyTorch's `torch.nn.GRU(bidirectional=True)`. It needs whole sequences: for training, alignments and evaluation, not for streams.
///
/// - Source: M. Schuster, K. K. Paliwal, IEEE Trans. Signal Process. 45 (1997) 2673; ``GRU`` for each direction.
public struct BidirectionalGRU: Layer {
    public static let declaration = LayerDeclaration(
        "bidirectional gru", formula: "y(t) = [h→(t), h←(t)]",
        tensors: GRU.declaration.tensors
            + GRU.declaration.tensors.map { .init($0.name + "_reverse", $0.shape, decays: $0.decays) },
        source: "M. Schuster, K. K. Paliwal, IEEE Trans. Signal Process. 45 (1997) 2673")

    /// Reads the sequence from its start; its outputs come first.
    public let forwards: GRU
    /// Reads it from its end.
    public let backwards: GRU

    /// - Parameters:
    ///   - inputs: features per frame.
    ///   - hidden: of each direction; there are twice as many outputs.
    ///   - place: in PyTorch's stack of layers: the number in the tensors' names.
    public init(inputs: Int, hidden: Int, place: Int = 0) {
        forwards = GRU(inputs: inputs, hidden: hidden, place: place)
        backwards = GRU(inputs: inputs, hidden: hidden, place: place, isReverse: true)
    }

    public var inputs: Int { forwards.inputs }
    public var outputs: Int { 2 * forwards.hidden }
    public var lookAhead: Int? { nil }
    public var parameters: [LayerParameter] { forwards.parameters + backwards.parameters }

    public func makePass() -> any LayerPass { BidirectionalGRUPass(self) }

    public func step(
        _ input: Span<Float>, parameters: Span<Float>, state: inout LayerState, into output: inout MutableSpan<Float>
    ) -> Bool {
        preconditionFailure("a layer that reads backwards needs the whole sequence")
    }
}

private final class BidirectionalGRUPass: LayerPass {
    private let layer: BidirectionalGRU
    private let forwards: GRUPass
    private let backwards: GRUPass
    /// Where the parameters of the second direction begin.
    private let middle: Int

    init(_ layer: BidirectionalGRU) {
        self.layer = layer
        forwards = GRUPass(layer.forwards)
        backwards = GRUPass(layer.backwards)
        middle = layer.forwards.parameters.reduce(0) { $0 + $1.count }
    }

    func forward(
        _ input: Span<Float>, batch: SequenceBatch, parameters: Span<Float>, context: inout ForwardContext,
        into output: inout MutableSpan<Float>
    ) {
        forwards.run(input, batch, parameters.extracting(..<middle))
        backwards.run(input, batch, parameters.extracting(middle...))
        output.lend { y in
            forwards.copyStates(batch, into: y, width: layer.outputs)
            backwards.copyStates(batch, into: y + layer.forwards.hidden, width: layer.outputs)
        }
    }

    func backward(
        _ outputGradient: Span<Float>, input: Span<Float>, output: Span<Float>, batch: SequenceBatch,
        parameters: Span<Float>, addingTo parameterGradient: inout MutableSpan<Float>,
        into inputGradient: inout MutableSpan<Float>
    ) {
        outputGradient.lend { dOut in
            parameterGradient.lend { gradient in
                if inputGradient.isEmpty {
                    goBack(dOut, input, batch, parameters, gradient, nil)
                } else {
                    inputGradient.lend { goBack(dOut, input, batch, parameters, gradient, $0) }
                }
            }
        }
    }

    private func goBack(
        _ dOut: UnsafePointer<Float>, _ input: Span<Float>, _ batch: SequenceBatch, _ parameters: Span<Float>,
        _ gradient: UnsafeMutablePointer<Float>, _ inputGradient: UnsafeMutablePointer<Float>?
    ) {
        forwards.goBack(
            dOut, width: layer.outputs, input, batch, parameters.extracting(..<middle), to: gradient, into: inputGradient,
            beta: 0)
        backwards.goBack(
            dOut + layer.forwards.hidden, width: layer.outputs, input, batch, parameters.extracting(middle...),
            to: gradient + middle, into: inputGradient, beta: 1)
    }
}
