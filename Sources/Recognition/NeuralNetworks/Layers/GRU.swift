/// A gated recurrent layer, in PyTorch's order of gates r, z, n.
///
///     r = σ(W_r x + b_r + U_r h + c_r)
///     z = σ(W_z x + b_z + U_z h + c_z)
///     n = tanh(W_n x + b_n + r ∘ (U_n h + c_n))
///     h' = (1 − z) ∘ n + z ∘ h
///
/// PyTorch's `torch.nn.GRU`, one layer of the stack. A layer that reads backwards begins at the end of each sequence.
///
/// - Source: K. Cho et al., arXiv:1406.1078; the placement of the reset gate as in cuDNN and PyTorch.
public struct GRU: Layer {
    public static let declaration = LayerDeclaration(
        "gru", formula: "r, z = σ(W x + b + U h + c), n = tanh(W x + b + r ∘ (U h + c)), h' = (1 − z) ∘ n + z ∘ h",
        tensors: [
            .init("weight_ih_l0", "[3 · hidden, inputs / groups]", decays: true),
            .init("weight_hh_l0", "[3 · hidden, hidden / groups]", decays: true),
            .init("bias_ih_l0", "[3 · hidden]", decays: false), .init("bias_hh_l0", "[3 · hidden]", decays: false),
        ],
        source: "K. Cho et al., arXiv:1406.1078")

    public let inputs: Int
    /// Values of the state, and outputs per frame.
    public let hidden: Int
    public let groups: Int
    /// Place in PyTorch's stack of layers: the number in the tensors' names.
    public let place: Int
    public let isReverse: Bool

    public var outputs: Int { hidden }
    public var lookAhead: Int? { isReverse ? nil : 0 }

    public init(inputs: Int, hidden: Int, groups: Int = 1, place: Int = 0, isReverse: Bool = false) {
        precondition(inputs > 0 && hidden > 0 && groups > 0, "all sizes must be at least 1")
        precondition(inputs % groups == 0 && hidden % groups == 0, "groups must divide inputs and hidden")
        (self.inputs, self.hidden, self.groups) = (inputs, hidden, groups)
        (self.place, self.isReverse) = (place, isReverse)
    }

    /// All uniform in ±1/√(hidden of a member), as in PyTorch.
    public var parameters: [LayerParameter] {
        let initial = LayerParameter.Initial.uniform(1 / Float(hidden / groups).squareRoot())
        let end = "_l\(place)" + (isReverse ? "_reverse" : "")
        return [
            LayerParameter("weight_ih" + end, [3 * hidden, inputs / groups], decays: true, initial: initial),
            LayerParameter("weight_hh" + end, [3 * hidden, hidden / groups], decays: true, initial: initial),
            LayerParameter("bias_ih" + end, [3 * hidden], decays: false, initial: initial),
            LayerParameter("bias_hh" + end, [3 * hidden], decays: false, initial: initial),
        ]
    }

    /// Where U, b and c begin; W begins at 0.
    var offsets: (u: Int, b: Int, c: Int) {
        let u = 3 * hidden * (inputs / groups)
        let b = u + 3 * hidden * (hidden / groups)
        return (u, b, b + 3 * hidden)
    }

    public func makePass() -> any LayerPass { GRUPass(self) }

    /// `values` is h; scratch has W x + b and U h + c.
    public func initialState(session: Int) -> LayerState { LayerState(values: hidden, scratch: 6 * hidden) }

    public func step(
        _ input: Span<Float>, parameters: Span<Float>, state: inout LayerState, into output: inout MutableSpan<Float>
    ) -> Bool {
        precondition(!isReverse, "a layer that reads backwards needs the whole sequence")
        guard !input.isEmpty else { return false }
        step(input, parameters, &state.values, &state.scratch, &output)
        return true
    }

    private func step(
        _ input: Span<Float>, _ parameters: Span<Float>, _ values: inout [Float], _ scratch: inout [Float],
        _ output: inout MutableSpan<Float>
    ) {
        let (u, b, c) = offsets
        let n = hidden / groups
        parameters.lend { p in
            values.lend { h in
                scratch.lend { gx in
                    let gh = gx + 3 * hidden
                    input.lend { x in
                        Products.setAffine(
                            inputs: inputs, outputs: 3 * hidden, groups: groups, x, weight: p, bias: p + b, into: gx)
                    }
                    Products.setAffine(
                        inputs: hidden, outputs: 3 * hidden, groups: groups, UnsafePointer(h), weight: p + u, bias: p + c,
                        into: gh)
                    for g in 0..<groups {
                        Self.advance(gx + 3 * n * g, gh + 3 * n * g, h + n * g, n)
                    }
                    output.lend { $0.update(from: h, count: hidden) }
                }
            }
        }
    }

    @inline(__always)
    private static func advance(
        _ gx: UnsafeMutablePointer<Float>, _ gh: UnsafeMutablePointer<Float>, _ h: UnsafeMutablePointer<Float>, _ n: Int
    ) {
        for i in 0..<n {
            let r = logistic(gx[i] + gh[i])
            let z = logistic(gx[n + i] + gh[n + i])
            let candidate = hyperbolicTangent(gx[2 * n + i] + r * gh[2 * n + i])
            h[i] = (1 - z) * candidate + z * h[i]
        }
    }
}
