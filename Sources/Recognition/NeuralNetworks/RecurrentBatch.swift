import LinearAlgebra

/// Forward and backward passes of a ``RecurrentNetwork`` over a batch of sequences, with reused memory.
///
/// Frames lie time-major: frame t of sequence b at row t · batch + b. Sequences shorter than the longest are
/// padded at their end with anything: the network is causal, and gradients there are zero, so padding changes nothing.
final class RecurrentBatch {
    let shape: RecurrentNetwork.Shape
    private let layout: ParameterLayout
    private(set) var frames = 0
    private(set) var batch = 0

    /// Inputs of each layer (after dropout), `[frames · batch, inputs of the layer]`; the last is the linear layer's input.
    private var inputs: [[Float]]
    /// Hidden states with the initial zero state first, `[(frames + 1) · batch, hidden]`.
    private var states: [[Float]]
    /// Activated gates r, z, n, `[frames · batch, 3 · hidden]`.
    private var gates: [[Float]]
    /// U_n h + c_n before the reset gate, `[frames · batch, hidden]`.
    private var candidates: [[Float]]
    private var masks: [[Float]]
    private(set) var logits: [Float] = []
    private var recurrent: [Float] = []
    private var gateGradients: [Float] = []
    private var recurrentGradients: [Float] = []
    private var outputGradients: [Float] = []
    private var carry: [Float] = []
    private var ones: [Float] = []

    init(_ network: RecurrentNetwork) {
        shape = network.shape
        layout = network.layout
        inputs = Array(repeating: [], count: shape.layers + 1)
        states = Array(repeating: [], count: shape.layers)
        gates = states
        candidates = states
        masks = Array(repeating: [], count: shape.layers + 1)
    }

    /// Claims memory for `frames × batch` and returns the place for the inputs.
    func prepare(frames: Int, batch: Int, fill: (UnsafeMutableBufferPointer<Float>) -> Void) {
        self.frames = frames
        self.batch = batch
        let rows = frames * batch
        grow(&inputs[0], rows * shape.inputs)
        inputs[0].withUnsafeMutableBufferPointer { fill(UnsafeMutableBufferPointer(rebasing: $0[0..<rows * shape.inputs])) }
        for layer in 0..<shape.layers {
            grow(&inputs[layer + 1], rows * shape.hidden)
            grow(&states[layer], (rows + batch) * shape.hidden)
            grow(&gates[layer], rows * 3 * shape.hidden)
            grow(&candidates[layer], rows * shape.hidden)
            grow(&masks[layer + 1], rows * shape.hidden)
        }
        grow(&logits, rows * shape.outputs)
        grow(&recurrent, batch * 3 * shape.hidden)
        grow(&gateGradients, rows * 3 * shape.hidden)
        grow(&recurrentGradients, rows * 3 * shape.hidden)
        grow(&outputGradients, rows * max(shape.hidden, shape.inputs))
        grow(&carry, batch * shape.hidden)
        if ones.count < rows { ones = [Float](repeating: 1, count: rows) }
    }

    private func grow(_ array: inout [Float], _ count: Int) {
        if array.count < count { array = [Float](repeating: 0, count: count) }
    }

    /// - Parameters:
    ///   - dropout: probability of zeroing an output of a recurrent layer, in [0, 1).
    ///   - seed: of the dropout masks.
    func forward(_ parameters: UnsafePointer<Float>, dropout: Float, seed: UInt64) {
        var random = WeightGenerator(seed: seed)
        for layer in 0..<shape.layers {
            forward(layer, parameters)
            applyDropout(after: layer, dropout, &random)
        }
        let rows = frames * batch
        let (weight, bias) = layout.output
        logits.withUnsafeMutableBufferPointer { y in
            inputs[shape.layers].withUnsafeBufferPointer { x in
                let y = y.baseAddress.unsafelyUnwrapped
                for row in 0..<rows { (y + row * shape.outputs).update(from: parameters + bias, count: shape.outputs) }
                Float.gemm(
                    transposeA: false, transposeB: true, m: rows, n: shape.outputs, k: shape.hidden, alpha: 1,
                    x.baseAddress.unsafelyUnwrapped, lda: shape.hidden, parameters + weight, ldb: shape.hidden, beta: 1,
                    y, ldc: shape.outputs)
            }
        }
    }

    private func forward(_ layer: Int, _ p: UnsafePointer<Float>) {
        let n = shape.hidden
        let width = shape.layerInputs(layer)
        let rows = frames * batch
        let (w, u, b, c) = layout.layer(layer)
        gates[layer].withUnsafeMutableBufferPointer { gates in
            states[layer].withUnsafeMutableBufferPointer { states in
                candidates[layer].withUnsafeMutableBufferPointer { candidates in
                    recurrent.withUnsafeMutableBufferPointer { recurrent in
                        inputs[layer].withUnsafeBufferPointer { x in
                            let gates = gates.baseAddress.unsafelyUnwrapped
                            let states = states.baseAddress.unsafelyUnwrapped
                            let candidates = candidates.baseAddress.unsafelyUnwrapped
                            let gh = recurrent.baseAddress.unsafelyUnwrapped
                            for row in 0..<rows { (gates + row * 3 * n).update(from: p + b, count: 3 * n) }
                            Float.gemm(
                                transposeA: false, transposeB: true, m: rows, n: 3 * n, k: width, alpha: 1,
                                x.baseAddress.unsafelyUnwrapped, lda: width, p + w, ldb: width, beta: 1, gates,
                                ldc: 3 * n)
                            states.update(repeating: 0, count: batch * n)
                            for t in 0..<frames {
                                for k in 0..<batch { (gh + k * 3 * n).update(from: p + c, count: 3 * n) }
                                let h = states + t * batch * n
                                Float.gemm(
                                    transposeA: false, transposeB: true, m: batch, n: 3 * n, k: n, alpha: 1, h, lda: n,
                                    p + u, ldb: n, beta: 1, gh, ldc: 3 * n)
                                for k in 0..<batch {
                                    let row = t * batch + k
                                    activate(
                                        gates + row * 3 * n, gh + k * 3 * n, h + k * n, states + (row + batch) * n,
                                        candidates + row * n, n)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    @inline(__always)
    private func activate(
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

    private func applyDropout(after layer: Int, _ rate: Float, _ random: inout WeightGenerator) {
        let count = frames * batch * shape.hidden
        let keep = 1 / (1 - rate)
        let offset = batch * shape.hidden
        for i in 0..<count {
            let mask: Float = rate > 0 && random.uniform() < rate ? 0 : (rate > 0 ? keep : 1)
            masks[layer + 1][i] = mask
            inputs[layer + 1][i] = states[layer][offset + i] * mask
        }
    }

    /// Adds the gradient of all parameters to `gradient`.
    /// - Parameter logitGradient: `[frames · batch, outputs]`; zero on padding.
    func backward(
        _ p: UnsafePointer<Float>, logitGradient: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>
    ) {
        let rows = frames * batch
        let n = shape.hidden
        let (weight, bias) = layout.output
        inputs[shape.layers].withUnsafeBufferPointer { x in
            Float.gemm(
                transposeA: true, transposeB: false, m: shape.outputs, n: n, k: rows, alpha: 1, logitGradient,
                lda: shape.outputs, x.baseAddress.unsafelyUnwrapped, ldb: n, beta: 1, gradient + weight, ldc: n)
        }
        addColumnSums(logitGradient, rows, shape.outputs, to: gradient + bias)
        outputGradients.withUnsafeMutableBufferPointer { d in
            Float.gemm(
                transposeA: false, transposeB: false, m: rows, n: n, k: shape.outputs, alpha: 1, logitGradient,
                lda: shape.outputs, p + weight, ldb: n, beta: 0, d.baseAddress.unsafelyUnwrapped, ldc: n)
        }
        for layer in (0..<shape.layers).reversed() {
            for i in 0..<rows * n { outputGradients[i] *= masks[layer + 1][i] }
            backward(layer, p, into: gradient)
        }
    }

    private func backward(_ layer: Int, _ p: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>) {
        let n = shape.hidden
        let width = shape.layerInputs(layer)
        let rows = frames * batch
        let (w, u, b, c) = layout.layer(layer)
        outputGradients.withUnsafeMutableBufferPointer { dOut in
            gateGradients.withUnsafeMutableBufferPointer { dGX in
                recurrentGradients.withUnsafeMutableBufferPointer { dGH in
                    carry.withUnsafeMutableBufferPointer { dH in
                        let dOut = dOut.baseAddress.unsafelyUnwrapped
                        let dGX = dGX.baseAddress.unsafelyUnwrapped
                        let dGH = dGH.baseAddress.unsafelyUnwrapped
                        let dH = dH.baseAddress.unsafelyUnwrapped
                        dH.update(repeating: 0, count: batch * n)
                        for t in (0..<frames).reversed() {
                            for k in 0..<batch {
                                let row = t * batch + k
                                differentiate(layer, row, dOut + row * n, dH + k * n, dGX + row * 3 * n, dGH + row * 3 * n)
                            }
                            Float.gemm(
                                transposeA: false, transposeB: false, m: batch, n: n, k: 3 * n, alpha: 1,
                                dGH + t * batch * 3 * n, lda: 3 * n, p + u, ldb: n, beta: 1, dH, ldc: n)
                        }
                        inputs[layer].withUnsafeBufferPointer { x in
                            Float.gemm(
                                transposeA: true, transposeB: false, m: 3 * n, n: width, k: rows, alpha: 1, dGX,
                                lda: 3 * n, x.baseAddress.unsafelyUnwrapped, ldb: width, beta: 1, gradient + w,
                                ldc: width)
                        }
                        states[layer].withUnsafeBufferPointer { h in
                            Float.gemm(
                                transposeA: true, transposeB: false, m: 3 * n, n: n, k: rows, alpha: 1, dGH, lda: 3 * n,
                                h.baseAddress.unsafelyUnwrapped, ldb: n, beta: 1, gradient + u, ldc: n)
                        }
                        addColumnSums(dGX, rows, 3 * n, to: gradient + b)
                        addColumnSums(dGH, rows, 3 * n, to: gradient + c)
                        guard layer > 0 else { return }
                        Float.gemm(
                            transposeA: false, transposeB: false, m: rows, n: width, k: 3 * n, alpha: 1, dGX,
                            lda: 3 * n, p + w, ldb: width, beta: 0, dOut, ldc: width)
                    }
                }
            }
        }
    }

    /// Gradients of one row's gates; `dH` holds ∂L/∂h' from later frames and leaves with the direct part of ∂L/∂h.
    @inline(__always)
    private func differentiate(
        _ layer: Int, _ row: Int, _ dOut: UnsafeMutablePointer<Float>, _ dH: UnsafeMutablePointer<Float>,
        _ dGX: UnsafeMutablePointer<Float>, _ dGH: UnsafeMutablePointer<Float>
    ) {
        let n = shape.hidden
        gates[layer].withUnsafeBufferPointer { gates in
            states[layer].withUnsafeBufferPointer { states in
                candidates[layer].withUnsafeBufferPointer { candidates in
                    let g = gates.baseAddress.unsafelyUnwrapped + row * 3 * n
                    let h = states.baseAddress.unsafelyUnwrapped + row * n
                    let candidate = candidates.baseAddress.unsafelyUnwrapped + row * n
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
        }
    }

    private func addColumnSums(
        _ matrix: UnsafePointer<Float>, _ rows: Int, _ columns: Int, to sums: UnsafeMutablePointer<Float>
    ) {
        ones.withUnsafeBufferPointer {
            Float.gemv(
                transpose: true, m: rows, n: columns, alpha: 1, matrix, lda: columns, $0.baseAddress.unsafelyUnwrapped,
                beta: 1, sums)
        }
    }
}
