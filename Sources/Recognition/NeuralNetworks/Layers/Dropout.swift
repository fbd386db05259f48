/// In training, sets each value to zero with probability `rate` and stretches the others by 1 / (1 − rate); otherwise it changes
/// nothing.
///
///     y = m ∘ x,   m = 0 with probability rate, else 1 / (1 − rate)
///
/// The masks come from the pass's seed, row by row, so the same seed gives the same masks.
///
/// - Source: N. Srivastava et al., J. Mach. Learn. Res. 15 (2014) 1929.
public struct Dropout: Layer {
    public static let declaration = LayerDeclaration(
        "dropout", formula: "y = m ∘ x, m = 0 with probability rate, else 1 / (1 − rate)",
        source: "N. Srivastava et al., J. Mach. Learn. Res. 15 (2014) 1929")

    public let inputs: Int
    /// Share of values that are dropped in training, 0 … 1.
    public let rate: Float
    public var outputs: Int { inputs }
    public var isOnlyForTraining: Bool { true }

    /// - Parameters:
    ///   - features: values per frame, in and out.
    ///   - rate: in [0, 1).
    public init(features: Int, rate: Float) {
        precondition(features > 0 && rate >= 0 && rate < 1, "a rate of dropout is in [0, 1)")
        (inputs, self.rate) = (features, rate)
    }

    public func makePass() -> any LayerPass { DropoutPass(self) }

    public func step(
        _ input: Span<Float>, parameters: Span<Float>, state: inout LayerState, into output: inout MutableSpan<Float>
    ) -> Bool {
        guard !input.isEmpty else { return false }
        input.lend { x in output.lend { $0.update(from: x, count: inputs) } }
        return true
    }
}

private final class DropoutPass: LayerPass {
    private let layer: Dropout
    private var mask: [Float] = []
    private var isActive = false

    init(_ layer: Dropout) { self.layer = layer }

    func forward(
        _ input: Span<Float>, batch: SequenceBatch, parameters: Span<Float>, context: inout ForwardContext,
        into output: inout MutableSpan<Float>
    ) {
        let count = batch.rows * layer.inputs
        isActive = context.isTraining && layer.rate > 0
        input.lend { x in
            output.lend { y in
                guard isActive else { return y.update(from: x, count: count) }
                let (rate, keep) = (layer.rate, 1 / (1 - layer.rate))
                mask.grow(to: count)
                mask.lend { mask in
                    for i in 0..<count {
                        mask[i] = context.random.uniformFloat() < rate ? 0 : keep
                        y[i] = x[i] * mask[i]
                    }
                }
            }
        }
    }

    func backward(
        _ outputGradient: Span<Float>, input: Span<Float>, output: Span<Float>, batch: SequenceBatch,
        parameters: Span<Float>, addingTo parameterGradient: inout MutableSpan<Float>,
        into inputGradient: inout MutableSpan<Float>
    ) {
        guard !inputGradient.isEmpty else { return }
        let count = batch.rows * layer.inputs
        outputGradient.lend { dy in
            inputGradient.lend { dx in
                guard isActive else { return dx.update(from: dy, count: count) }
                mask.lend { mask in for i in 0..<count { dx[i] = dy[i] * mask[i] } }
            }
        }
    }
}
