/// Forward and backward of a ``LayerSequence`` over batches, with reused memory. Used by one thread at a time.
final class SequencePass {
    let layers: LayerSequence
    private let passes: [any LayerPass]
    /// Outputs of all layers, one after the other.
    private var outputs: [Float] = []
    private var places: [Range<Int>] = []
    /// What goes into each layer, then what comes out of the last.
    private var batches: [SequenceBatch] = []
    /// ∂L/∂ of a layer's output and of its input.
    private var upper: [Float] = []
    private var lower: [Float] = []

    init(_ layers: LayerSequence) {
        self.layers = layers
        passes = layers.entries.map { $0.layer.makePass() }
    }

    /// - Parameter input: shape `[batch.rows, inputs]`, at least one row.
    func forward(_ input: Span<Float>, batch: SequenceBatch, parameters: Span<Float>, context: inout ForwardContext) {
        batches = [batch]
        places = []
        for entry in layers.entries {
            let next = batches[batches.count - 1].strided(by: entry.layer.stride)
            let start = places.last?.upperBound ?? 0
            places.append(start..<start + next.rows * entry.layer.outputs)
            batches.append(next)
        }
        outputs.grow(to: places.last?.upperBound ?? 0)
        outputs.withUnsafeMutableBufferPointer { all in
            for (k, pass) in passes.enumerated() {
                var output = UnsafeMutableBufferPointer(rebasing: all[places[k]]).mutableSpan
                let own = parameters.extracting(layers.parameterPlaces[k])
                if k == 0 {
                    pass.forward(input, batch: batches[k], parameters: own, context: &context, into: &output)
                } else {
                    pass.forward(
                        UnsafeBufferPointer(rebasing: all[places[k - 1]]).span, batch: batches[k], parameters: own,
                        context: &context, into: &output)
                }
            }
        }
    }

    /// The batch that came out of a layer.
    func batch(after layer: Int) -> SequenceBatch { batches[layer + 1] }

    /// Lends the output of a layer, the last unless another is named, shape `[rows, outputs]`.
    func withOutput<Result>(of layer: Int? = nil, _ body: (Span<Float>) -> Result) -> Result {
        outputs.withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[places[layer ?? places.count - 1]]).span)
        }
    }

    /// Goes back through the last `forward`.
    /// - Parameters:
    ///   - outputGradient: ∂L/∂ of the last output.
    ///   - input: that of `forward`.
    ///   - parameterGradient: of all parameters; added to.
    ///   - inputGradient: overwritten; empty when nobody needs it.
    ///   - taps: further gradients, of outputs of earlier layers by their index.
    func backward(
        _ outputGradient: Span<Float>, input: Span<Float>, parameters: Span<Float>,
        addingTo parameterGradient: inout MutableSpan<Float>, into inputGradient: inout MutableSpan<Float>,
        taps: [Int: [Float]] = [:]
    ) {
        let widest = (1..<max(1, passes.count)).map { batches[$0].rows * layers.entries[$0].layer.inputs }.max() ?? 0
        upper.grow(to: widest)
        lower.grow(to: widest)
        parameterGradient.withUnsafeMutableBufferPointer { gradients in
            outputs.withUnsafeBufferPointer { all in
                for k in passes.indices.reversed() {
                    var own = UnsafeMutableBufferPointer(rebasing: gradients[layers.parameterPlaces[k]]).mutableSpan
                    let output = UnsafeBufferPointer(rebasing: all[places[k]]).span
                    let parameters = parameters.extracting(layers.parameterPlaces[k])
                    upper.withUnsafeBufferPointer { upper in
                        lower.withUnsafeMutableBufferPointer { lower in
                            let dy = k == passes.count - 1 ? outputGradient : upper.span
                            if k == 0 {
                                passes[k].backward(
                                    dy, input: input, output: output, batch: batches[k], parameters: parameters,
                                    addingTo: &own, into: &inputGradient)
                            } else {
                                var dx = lower.mutableSpan
                                passes[k].backward(
                                    dy, input: UnsafeBufferPointer(rebasing: all[places[k - 1]]).span, output: output,
                                    batch: batches[k], parameters: parameters, addingTo: &own, into: &dx)
                            }
                        }
                    }
                    swap(&upper, &lower)
                    if let tap = taps[k - 1] { for i in tap.indices { upper[i] += tap[i] } }
                }
            }
        }
    }
}
