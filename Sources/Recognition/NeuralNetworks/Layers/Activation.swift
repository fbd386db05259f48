/// A function of each value alone.
///
///     rectifier  max(0, x)
///     softsign   x / (1 + |x|)
///     tanh       tanh x
///
/// - Source: definitions; softsign as in X. Glorot, Y. Bengio, AISTATS 2010, p. 249.
public struct Activation: Layer {
    public static let declaration = LayerDeclaration(
        "activation", formula: "max(0, x), x / (1 + |x|) or tanh x", source: "X. Glorot, Y. Bengio, AISTATS 2010, p. 249")

    /// Which function.
    public enum Function: String, Sendable, Codable, CaseIterable {
        case rectifier, softsign, tanh

        @inline(__always)
        func callAsFunction(_ x: Float) -> Float {
            switch self {
            case .rectifier: max(0, x)
            case .softsign: x / (1 + abs(x))
            case .tanh: hyperbolicTangent(x)
            }
        }

        /// dy/dx from x and y.
        @inline(__always)
        func slope(_ x: Float, _ y: Float) -> Float {
            switch self {
            case .rectifier: x > 0 ? 1 : 0
            case .softsign: (1 - abs(y)) * (1 - abs(y))
            case .tanh: 1 - y * y
            }
        }
    }

    public let inputs: Int
    public let function: Function
    public var outputs: Int { inputs }

    /// - Parameters:
    ///   - function: which function.
    ///   - features: values per frame, in and out.
    public init(_ function: Function, features: Int) {
        precondition(features > 0, "a layer has features")
        (self.function, inputs) = (function, features)
    }

    public func makePass() -> any LayerPass { ActivationPass(self) }

    public func step(
        _ input: Span<Float>, parameters: Span<Float>, state: inout LayerState, into output: inout MutableSpan<Float>
    ) -> Bool {
        guard !input.isEmpty else { return false }
        for k in 0..<inputs { output[k] = function(input[k]) }
        return true
    }
}

private final class ActivationPass: LayerPass {
    private let layer: Activation

    init(_ layer: Activation) { self.layer = layer }

    func forward(
        _ input: Span<Float>, batch: SequenceBatch, parameters: Span<Float>, context: inout ForwardContext,
        into output: inout MutableSpan<Float>
    ) {
        for i in 0..<batch.rows * layer.inputs { output[i] = layer.function(input[i]) }
    }

    func backward(
        _ outputGradient: Span<Float>, input: Span<Float>, output: Span<Float>, batch: SequenceBatch,
        parameters: Span<Float>, addingTo parameterGradient: inout MutableSpan<Float>,
        into inputGradient: inout MutableSpan<Float>
    ) {
        guard !inputGradient.isEmpty else { return }
        for i in 0..<batch.rows * layer.inputs {
            inputGradient[i] = outputGradient[i] * layer.function.slope(input[i], output[i])
        }
    }
}
