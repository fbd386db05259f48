/// Adds up the members of an ensemble, so that their sum has the size of one of them.
///
///     y_i = m^(−1/2) Σ_j x_(j n + i)          m members of n values, one after the other
///
/// A member's gradient is then that of the member alone, divided by √m.
///
/// - Source: after E. Littwin et al., "Collegial ensembles", arXiv:2006.07678.
public struct MemberSum: Layer {
    public static let declaration = LayerDeclaration(
        "member sum", formula: "y = m^(−1/2) Σ_j x_j", source: "after E. Littwin et al., arXiv:2006.07678")

    /// m.
    public let members: Int
    public let outputs: Int
    public var inputs: Int { members * outputs }
    private var scale: Float { 1 / Float(members).squareRoot() }

    public init(outputs: Int, members: Int) {
        precondition(outputs > 0 && members > 0, "all sizes must be at least 1")
        (self.outputs, self.members) = (outputs, members)
    }

    public func makePass() -> any LayerPass { MemberSumPass(self) }

    public func step(
        _ input: Span<Float>, parameters: Span<Float>, state: inout LayerState, into output: inout MutableSpan<Float>
    ) -> Bool {
        guard !input.isEmpty else { return false }
        add(input, row: 0, into: &output)
        return true
    }

    fileprivate func add(_ input: Span<Float>, row: Int, into output: inout MutableSpan<Float>) {
        for i in 0..<outputs {
            var sum: Float = 0
            for j in 0..<members { sum += input[row * inputs + j * outputs + i] }
            output[row * outputs + i] = scale * sum
        }
    }

    fileprivate func spread(_ gradient: Span<Float>, row: Int, into input: inout MutableSpan<Float>) {
        for j in 0..<members {
            for i in 0..<outputs { input[row * inputs + j * outputs + i] = scale * gradient[row * outputs + i] }
        }
    }
}

private final class MemberSumPass: LayerPass {
    private let layer: MemberSum

    init(_ layer: MemberSum) { self.layer = layer }

    func forward(
        _ input: Span<Float>, batch: SequenceBatch, parameters: Span<Float>, context: inout ForwardContext,
        into output: inout MutableSpan<Float>
    ) {
        for row in 0..<batch.rows { layer.add(input, row: row, into: &output) }
    }

    func backward(
        _ outputGradient: Span<Float>, input: Span<Float>, output: Span<Float>, batch: SequenceBatch,
        parameters: Span<Float>, addingTo parameterGradient: inout MutableSpan<Float>,
        into inputGradient: inout MutableSpan<Float>
    ) {
        guard !inputGradient.isEmpty else { return }
        for row in 0..<batch.rows { layer.spread(outputGradient, row: row, into: &inputGradient) }
    }
}
