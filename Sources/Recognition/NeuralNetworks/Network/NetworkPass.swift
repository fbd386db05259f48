/// Forward and backward of a ``Network`` over batches, with reused memory. Used by one thread at a time.
///
/// The parameters come with each call, so that one pass serves a network while it is trained.
public final class NetworkPass {
    private let sequence: SequencePass
    private var inputs: [Float] = []
    /// The batch of the last `forward`.
    public private(set) var batch = SequenceBatch(lengths: [])

    public init(_ layers: LayerSequence) { sequence = SequencePass(layers) }

    /// - Parameters:
    ///   - batch: lengths of the sequences.
    ///   - context: what the pass is for.
    ///   - parameters: all of the network's.
    ///   - fill: writes the inputs, shape `[batch.rows, inputs]`, padding included; what stands there before is arbitrary.
    /// - Precondition: the batch has at least one frame.
    public func forward(
        _ batch: SequenceBatch, parameters: [Float], context: ForwardContext, fill: (inout MutableSpan<Float>) -> Void
    ) {
        precondition(batch.rows > 0, "a batch without frames")
        self.batch = batch
        let count = batch.rows * sequence.layers.inputs
        inputs.grow(to: count)
        inputs.withUnsafeMutableBufferPointer {
            var rows = UnsafeMutableBufferPointer(rebasing: $0[..<count]).mutableSpan
            fill(&rows)
        }
        var context = context
        inputs.withUnsafeBufferPointer {
            sequence.forward(
                UnsafeBufferPointer(rebasing: $0[..<count]).span, batch: batch, parameters: parameters.span, context: &context)
        }
    }

    /// Lends the network's output, or that of a tapped layer, shape `[rows, outputs]`, with its batch.
    public func withOutput<Result>(of tap: Network.Tap? = nil, _ body: (Span<Float>, SequenceBatch) -> Result) -> Result {
        let layer = tap?.layer ?? sequence.layers.entries.count - 1
        return sequence.withOutput(of: layer) { body($0, sequence.batch(after: layer)) }
    }

    /// Goes back through the last `forward`.
    /// - Parameters:
    ///   - outputGradient: ∂L/∂output, zero in padded frames.
    ///   - parameters: those of `forward`.
    ///   - gradient: of all parameters; added to.
    ///   - taps: ∂L/∂ of tapped outputs, for losses on layers between.
    public func backward(
        _ outputGradient: [Float], parameters: [Float], addingTo gradient: inout [Float],
        taps: [Network.Tap: [Float]] = [:]
    ) {
        let byLayer = Dictionary(uniqueKeysWithValues: taps.map { ($0.key.layer, $0.value) })
        gradient.withUnsafeMutableBufferPointer { gradient in
            inputs.withUnsafeBufferPointer { inputs in
                var all = gradient.mutableSpan
                var nobody = UnsafeMutableBufferPointer<Float>(start: nil, count: 0).mutableSpan
                sequence.backward(
                    outputGradient.span, input: inputs.span, parameters: parameters.span, addingTo: &all, into: &nobody,
                    taps: byLayer)
            }
        }
    }
}
