/// A linear layer with a bias, the same for each frame.
///
///     y = W x + b
///
/// PyTorch's `torch.nn.Linear`; with groups, a grouped `Conv1d` of kernel 1.
public struct Dense: Layer {
    public static let declaration = LayerDeclaration(
        "dense", formula: "y = W x + b",
        tensors: [.init("weight", "[outputs, inputs / groups]", decays: true), .init("bias", "[outputs]", decays: false)],
        source: "definition")

    public let inputs: Int
    public let outputs: Int
    public let groups: Int

    /// - Precondition: `groups` divides both sizes.
    public init(inputs: Int, outputs: Int, groups: Int = 1) {
        precondition(inputs > 0 && outputs > 0 && groups > 0, "all sizes must be at least 1")
        precondition(inputs % groups == 0 && outputs % groups == 0, "groups must divide inputs and outputs")
        (self.inputs, self.outputs, self.groups) = (inputs, outputs, groups)
    }

    /// Both uniform in ±1/√(inputs of a member), as in PyTorch.
    public var parameters: [LayerParameter] {
        let initial = LayerParameter.Initial.uniform(1 / Float(inputs / groups).squareRoot())
        return [
            LayerParameter("weight", [outputs, inputs / groups], decays: true, initial: initial),
            LayerParameter("bias", [outputs], decays: false, initial: initial),
        ]
    }

    fileprivate var biasOffset: Int { outputs * (inputs / groups) }

    public func makePass() -> any LayerPass { DensePass(self) }

    public func step(
        _ input: Span<Float>, parameters: Span<Float>, state: inout LayerState, into output: inout MutableSpan<Float>
    ) -> Bool {
        guard !input.isEmpty else { return false }
        input.lend { x in
            parameters.lend { p in
                output.lend { y in
                    Products.setAffine(
                        inputs: inputs, outputs: outputs, groups: groups, x, weight: p, bias: p + biasOffset, into: y)
                }
            }
        }
        return true
    }
}

private final class DensePass: LayerPass {
    private let layer: Dense
    private var ones: [Float] = []

    init(_ layer: Dense) { self.layer = layer }

    func forward(
        _ input: Span<Float>, batch: SequenceBatch, parameters: Span<Float>, context: inout ForwardContext,
        into output: inout MutableSpan<Float>
    ) {
        input.lend { x in
            parameters.lend { p in
                output.lend { y in
                    Products.setAffine(
                        rows: batch.rows, inputs: layer.inputs, outputs: layer.outputs, groups: layer.groups, x, weight: p,
                        bias: p + layer.biasOffset, into: y)
                }
            }
        }
    }

    func backward(
        _ outputGradient: Span<Float>, input: Span<Float>, output: Span<Float>, batch: SequenceBatch,
        parameters: Span<Float>, addingTo parameterGradient: inout MutableSpan<Float>,
        into inputGradient: inout MutableSpan<Float>
    ) {
        let (inputs, outputs, groups) = (layer.inputs, layer.outputs, layer.groups)
        outputGradient.lend { dy in
            parameterGradient.lend { gradient in
                input.lend { x in
                    Products.addWeightGradient(
                        rows: batch.rows, inputs: inputs, outputs: outputs, groups: groups, dy, x, to: gradient)
                }
                Products.addColumnSums(dy, rows: batch.rows, columns: outputs, ones: &ones, to: gradient + layer.biasOffset)
            }
            guard !inputGradient.isEmpty else { return }
            parameters.lend { p in
                inputGradient.lend { dx in
                    Products.setInputGradient(
                        rows: batch.rows, inputs: inputs, outputs: outputs, groups: groups, dy, weight: p, into: dx)
                }
            }
        }
    }
}
