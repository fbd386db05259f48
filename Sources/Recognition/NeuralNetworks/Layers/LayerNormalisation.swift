/// Brings the features of each frame to zero mean and unit variance, then scales and moves each feature.
///
///     y = γ ∘ (x − μ) / √(σ² + ε) + β        μ, σ² over the features of one frame, ε = 10⁻⁵
///
/// PyTorch's `torch.nn.LayerNorm`; with groups, over the features of each member.
///
/// - Source: J. L. Ba, J. R. Kiros, G. E. Hinton, arXiv:1607.06450.
public struct LayerNormalisation: Layer {
    public static let declaration = LayerDeclaration(
        "layer normalisation", formula: "y = γ ∘ (x − μ) / √(σ² + ε) + β",
        tensors: [.init("weight", "[features]", decays: false), .init("bias", "[features]", decays: false)],
        source: "J. L. Ba, J. R. Kiros, G. E. Hinton, arXiv:1607.06450")

    static let epsilon: Float = 1e-5

    public let inputs: Int
    public let groups: Int
    public var outputs: Int { inputs }

    public init(features: Int, groups: Int = 1) {
        precondition(features > 0 && groups > 0 && features % groups == 0, "groups must divide the features")
        (inputs, self.groups) = (features, groups)
    }

    public var parameters: [LayerParameter] {
        [
            LayerParameter("weight", [inputs], decays: false, initial: .constant(1)),
            LayerParameter("bias", [inputs], decays: false, initial: .constant(0)),
        ]
    }

    public func makePass() -> any LayerPass { LayerNormalisationPass(self) }

    public func step(
        _ input: Span<Float>, parameters: Span<Float>, state: inout LayerState, into output: inout MutableSpan<Float>
    ) -> Bool {
        guard !input.isEmpty else { return false }
        input.lend { x in
            parameters.lend { p in
                output.lend { y in for g in 0..<groups { _ = normalise(g, x, p, y) } }
            }
        }
        return true
    }

    /// One member of one frame.
    /// - Returns: 1 / √(σ² + ε).
    @inline(__always) @discardableResult
    fileprivate func normalise(
        _ g: Int, _ x: UnsafePointer<Float>, _ p: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
    ) -> Float {
        let n = inputs / groups
        let features = g * n..<(g + 1) * n
        var mean: Float = 0
        for k in features { mean += x[k] }
        mean /= Float(n)
        var variance: Float = 0
        for k in features { variance += (x[k] - mean) * (x[k] - mean) }
        let scale = 1 / (variance / Float(n) + Self.epsilon).squareRoot()
        for k in features { y[k] = p[k] * ((x[k] - mean) * scale) + p[inputs + k] }
        return scale
    }
}

private final class LayerNormalisationPass: LayerPass {
    private let layer: LayerNormalisation
    /// 1 / √(σ² + ε), `[rows, groups]`.
    private var scales: [Float] = []

    init(_ layer: LayerNormalisation) { self.layer = layer }

    func forward(
        _ input: Span<Float>, batch: SequenceBatch, parameters: Span<Float>, context: inout ForwardContext,
        into output: inout MutableSpan<Float>
    ) {
        let (n, groups) = (layer.inputs, layer.groups)
        scales.grow(to: batch.rows * groups)
        input.lend { x in
            parameters.lend { p in
                output.lend { y in
                    for row in 0..<batch.rows {
                        for g in 0..<groups { scales[row * groups + g] = layer.normalise(g, x + row * n, p, y + row * n) }
                    }
                }
            }
        }
    }

    /// With x̂ = (x − μ) / √(σ² + ε) and d = γ ∘ ∂L/∂y: ∂L/∂x = (d − mean(d) − x̂ mean(d ∘ x̂)) / √(σ² + ε).
    func backward(
        _ outputGradient: Span<Float>, input: Span<Float>, output: Span<Float>, batch: SequenceBatch,
        parameters: Span<Float>, addingTo parameterGradient: inout MutableSpan<Float>,
        into inputGradient: inout MutableSpan<Float>
    ) {
        let needsInput = !inputGradient.isEmpty
        let (width, n) = (layer.inputs, layer.inputs / layer.groups)
        for row in 0..<batch.rows {
            for g in 0..<layer.groups {
                let first = g * n
                let scale = scales[row * layer.groups + g]
                var mean: Float = 0
                for k in first..<first + n { mean += input[row * width + k] }
                mean /= Float(n)
                var (sum, product): (Float, Float) = (0, 0)
                for k in first..<first + n {
                    let dy = outputGradient[row * width + k]
                    let normal = (input[row * width + k] - mean) * scale
                    parameterGradient[k] += dy * normal
                    parameterGradient[width + k] += dy
                    sum += dy * parameters[k]
                    product += dy * parameters[k] * normal
                }
                guard needsInput else { continue }
                (sum, product) = (sum / Float(n), product / Float(n))
                for k in first..<first + n {
                    let normal = (input[row * width + k] - mean) * scale
                    inputGradient[row * width + k] =
                        (outputGradient[row * width + k] * parameters[k] - sum - normal * product) * scale
                }
            }
        }
    }
}
