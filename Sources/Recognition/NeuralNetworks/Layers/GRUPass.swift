/// Forward and backward of a ``GRU`` over batches.
///
/// The state before the first frame stands before the others (after them for a layer that reads backwards), so that the states of
/// all frames and those of all previous frames are two views of one array.
final class GRUPass: LayerPass {
    private let layer: GRU
    /// `[(frames + 1) · batch, hidden]`.
    private var states: [Float] = []
    /// Activated gates r, z, n of each member, `[frames · batch, 3 · hidden]`.
    private var gates: [Float] = []
    /// U_n h + c_n before the reset gate, `[frames · batch, hidden]`.
    private var candidates: [Float] = []
    /// U h + c of one frame, `[batch, 3 · hidden]`.
    private var recurrent: [Float] = []
    /// ∂L/∂(W x + b) and ∂L/∂(U h + c), `[frames · batch, 3 · hidden]`.
    private var inputGateGradients: [Float] = []
    private var stateGateGradients: [Float] = []
    /// ∂L/∂h from later frames, `[batch, hidden]`.
    private var carry: [Float] = []
    private var ones: [Float] = []

    init(_ layer: GRU) { self.layer = layer }

    func forward(
        _ input: Span<Float>, batch: SequenceBatch, parameters: Span<Float>, context: inout ForwardContext,
        into output: inout MutableSpan<Float>
    ) {
        run(input, batch, parameters)
        output.lend { copyStates(batch, into: $0, width: layer.hidden) }
    }

    func backward(
        _ outputGradient: Span<Float>, input: Span<Float>, output: Span<Float>, batch: SequenceBatch,
        parameters: Span<Float>, addingTo parameterGradient: inout MutableSpan<Float>,
        into inputGradient: inout MutableSpan<Float>
    ) {
        outputGradient.lend { dOut in
            parameterGradient.lend { gradient in
                if inputGradient.isEmpty {
                    goBack(dOut, width: layer.hidden, input, batch, parameters, to: gradient, into: nil, beta: 0)
                } else {
                    inputGradient.lend {
                        goBack(dOut, width: layer.hidden, input, batch, parameters, to: gradient, into: $0, beta: 0)
                    }
                }
            }
        }
    }

    // MARK: Forward

    /// Computes the states of all frames.
    func run(_ input: Span<Float>, _ batch: SequenceBatch, _ parameters: Span<Float>) {
        let (n, rows) = (layer.hidden, batch.rows)
        states.grow(to: (rows + batch.count) * n)
        gates.grow(to: rows * 3 * n)
        candidates.grow(to: rows * n)
        recurrent.grow(to: batch.count * 3 * n)
        parameters.lend { p in
            gates.lend { gates in
                states.lend { states in
                    candidates.lend { candidates in
                        recurrent.lend { gh in
                            input.lend { x in
                                Products.setAffine(
                                    rows: rows, inputs: layer.inputs, outputs: 3 * n, groups: layer.groups, x, weight: p,
                                    bias: p + layer.offsets.b, into: gates)
                            }
                            run(batch, p, gates, states, candidates, gh)
                        }
                    }
                }
            }
        }
    }

    private func run(
        _ batch: SequenceBatch, _ p: UnsafePointer<Float>, _ gates: UnsafeMutablePointer<Float>,
        _ states: UnsafeMutablePointer<Float>, _ candidates: UnsafeMutablePointer<Float>,
        _ gh: UnsafeMutablePointer<Float>
    ) {
        let (n, count) = (layer.hidden, batch.count)
        let (u, _, c) = layer.offsets
        let member = n / layer.groups
        let beginning = layer.isReverse ? states + batch.rows * n : states
        beginning.update(repeating: 0, count: count * n)
        for turn in 0..<batch.frames {
            let t = layer.isReverse ? batch.frames - 1 - turn : turn
            let before = states + (layer.isReverse ? t + 1 : t) * count * n
            let after = states + (layer.isReverse ? t : t + 1) * count * n
            Products.setAffine(
                rows: count, inputs: n, outputs: 3 * n, groups: layer.groups, UnsafePointer(before), weight: p + u,
                bias: p + c, into: gh)
            for k in 0..<count {
                let row = t * count + k
                for g in 0..<layer.groups {
                    Self.activate(
                        gates + row * 3 * n + g * 3 * member, gh + k * 3 * n + g * 3 * member, before + k * n + g * member,
                        after + k * n + g * member, candidates + row * n + g * member, member)
                }
                // Read backwards, a sequence begins after its padding.
                if layer.isReverse, t >= batch.lengths[k] { (after + k * n).update(repeating: 0, count: n) }
            }
        }
    }

    @inline(__always)
    private static func activate(
        _ g: UnsafeMutablePointer<Float>, _ gh: UnsafeMutablePointer<Float>, _ h: UnsafeMutablePointer<Float>,
        _ next: UnsafeMutablePointer<Float>, _ candidate: UnsafeMutablePointer<Float>, _ n: Int
    ) {
        for i in 0..<n {
            let r = logistic(g[i] + gh[i])
            let z = logistic(g[n + i] + gh[n + i])
            let hidden = gh[2 * n + i]
            let value = hyperbolicTangent(g[2 * n + i] + r * hidden)
            g[i] = r
            g[n + i] = z
            g[2 * n + i] = value
            candidate[i] = hidden
            next[i] = (1 - z) * value + z * h[i]
        }
    }

    /// Copies the states of all frames into columns of a wider array.
    func copyStates(_ batch: SequenceBatch, into output: UnsafeMutablePointer<Float>, width: Int) {
        let n = layer.hidden
        states.lend { states in
            let first = layer.isReverse ? states : states + batch.count * n
            if width == n {
                output.update(from: first, count: batch.rows * n)
            } else {
                for row in 0..<batch.rows { (output + row * width).update(from: first + row * n, count: n) }
            }
        }
    }

    // MARK: Backward

    /// - Parameters:
    ///   - dOut: ∂L/∂output, rows `width` apart.
    ///   - inputGradient: nil when nobody needs it; otherwise set to β times itself plus the gradient.
    func goBack(
        _ dOut: UnsafePointer<Float>, width: Int, _ input: Span<Float>, _ batch: SequenceBatch, _ parameters: Span<Float>,
        to gradient: UnsafeMutablePointer<Float>, into inputGradient: UnsafeMutablePointer<Float>?, beta: Float
    ) {
        let (n, rows, count) = (layer.hidden, batch.rows, batch.count)
        let (u, b, c) = layer.offsets
        inputGateGradients.grow(to: rows * 3 * n)
        stateGateGradients.grow(to: rows * 3 * n)
        carry.grow(to: count * n)
        parameters.lend { p in
            inputGateGradients.lend { dGX in
                stateGateGradients.lend { dGH in
                    states.lend { states in
                        goBackThroughTime(dOut, width, batch, p, states, dGX, dGH)
                        let previous = UnsafePointer(layer.isReverse ? states + count * n : states)
                        input.lend { x in
                            Products.addWeightGradient(
                                rows: rows, inputs: layer.inputs, outputs: 3 * n, groups: layer.groups, dGX, x, to: gradient)
                        }
                        Products.addWeightGradient(
                            rows: rows, inputs: n, outputs: 3 * n, groups: layer.groups, dGH, previous, to: gradient + u)
                    }
                    Products.addColumnSums(dGX, rows: rows, columns: 3 * n, ones: &ones, to: gradient + b)
                    Products.addColumnSums(dGH, rows: rows, columns: 3 * n, ones: &ones, to: gradient + c)
                    guard let inputGradient else { return }
                    Products.setInputGradient(
                        rows: rows, inputs: layer.inputs, outputs: 3 * n, groups: layer.groups, dGX, weight: p, beta: beta,
                        into: inputGradient)
                }
            }
        }
    }

    private func goBackThroughTime(
        _ dOut: UnsafePointer<Float>, _ width: Int, _ batch: SequenceBatch, _ p: UnsafePointer<Float>,
        _ states: UnsafeMutablePointer<Float>, _ dGX: UnsafeMutablePointer<Float>, _ dGH: UnsafeMutablePointer<Float>
    ) {
        let (n, count) = (layer.hidden, batch.count)
        let member = n / layer.groups
        carry.lend { dH in
            gates.lend { gates in
                candidates.lend { candidates in
                    dH.update(repeating: 0, count: count * n)
                    for turn in 0..<batch.frames {
                        let t = layer.isReverse ? turn : batch.frames - 1 - turn
                        let before = states + (layer.isReverse ? t + 1 : t) * count * n
                        for k in 0..<count {
                            let row = t * count + k
                            if layer.isReverse, t >= batch.lengths[k] {
                                (dGX + row * 3 * n).update(repeating: 0, count: 3 * n)
                                (dGH + row * 3 * n).update(repeating: 0, count: 3 * n)
                                (dH + k * n).update(repeating: 0, count: n)
                                continue
                            }
                            for g in 0..<layer.groups {
                                let (narrow, wide) = (g * member, row * 3 * n + g * 3 * member)
                                Self.differentiate(
                                    dOut + row * width + narrow, dH + k * n + narrow, gates + wide, before + k * n + narrow,
                                    candidates + row * n + narrow, dGX + wide, dGH + wide, member)
                            }
                        }
                        Products.setInputGradient(
                            rows: count, inputs: n, outputs: 3 * n, groups: layer.groups, dGH + t * count * 3 * n,
                            weight: p + layer.offsets.u, beta: 1, into: dH)
                    }
                }
            }
        }
    }

    /// Gradients of one row's gates; `dH` holds ∂L/∂h' from later frames and leaves with the direct part of ∂L/∂h.
    @inline(__always)
    private static func differentiate(
        _ dOut: UnsafePointer<Float>, _ dH: UnsafeMutablePointer<Float>, _ g: UnsafeMutablePointer<Float>,
        _ h: UnsafeMutablePointer<Float>, _ candidate: UnsafeMutablePointer<Float>, _ dGX: UnsafeMutablePointer<Float>,
        _ dGH: UnsafeMutablePointer<Float>, _ n: Int
    ) {
        for i in 0..<n {
            let r = g[i]
            let z = g[n + i]
            let value = g[2 * n + i]
            let d = dOut[i] + dH[i]
            let dValue = d * (1 - z) * (1 - value * value)
            let dZ = d * (h[i] - value) * z * (1 - z)
            let dR = dValue * candidate[i] * r * (1 - r)
            dGX[i] = dR
            dGX[n + i] = dZ
            dGX[2 * n + i] = dValue
            dGH[i] = dR
            dGH[n + i] = dZ
            dGH[2 * n + i] = dValue * r
            dH[i] = d * z
        }
    }
}
