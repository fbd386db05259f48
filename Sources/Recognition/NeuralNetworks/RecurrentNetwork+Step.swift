import LinearAlgebra

extension RecurrentNetwork {
    /// What the network remembers between frames, and the memory that a step works in.
    ///
    /// A value: a copy is a branch of the same stream. `hidden` is the whole state; the rest is scratch.
    public struct State: Sendable, Equatable {
        /// Shape `[layers, hidden]`.
        public internal(set) var hidden: [Float]
        var inputGates: [Float]
        var hiddenGates: [Float]

        init(_ shape: Shape) {
            hidden = [Float](repeating: 0, count: shape.layers * shape.hidden)
            inputGates = [Float](repeating: 0, count: 3 * shape.hidden)
            hiddenGates = inputGates
        }

        public static func == (a: State, b: State) -> Bool { a.hidden == b.hidden }
    }

    public func initialState() -> State { State(shape) }

    /// Takes one frame and gives its logits; allocates nothing. Frames one by one give the same bits however they arrive.
    /// - Parameters:
    ///   - frame: `shape.inputs` values.
    ///   - state: updated.
    ///   - logits: `shape.outputs` values, overwritten.
    public func step(
        _ frame: UnsafeBufferPointer<Float>, state: inout State, logits: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(frame.count == shape.inputs && logits.count == shape.outputs, "frame or logits of wrong length")
        let hiddenSize = shape.hidden
        parameters.withUnsafeBufferPointer { all in
            let p = all.baseAddress.unsafelyUnwrapped
            state.hidden.withUnsafeMutableBufferPointer { hidden in
                state.inputGates.withUnsafeMutableBufferPointer { gx in
                    state.hiddenGates.withUnsafeMutableBufferPointer { gh in
                        var input = frame.baseAddress.unsafelyUnwrapped
                        for layer in 0..<shape.layers {
                            let h = hidden.baseAddress.unsafelyUnwrapped + layer * hiddenSize
                            step(
                                layer, p, input, h, gx.baseAddress.unsafelyUnwrapped,
                                gh.baseAddress.unsafelyUnwrapped)
                            input = UnsafePointer(h)
                        }
                        let (weight, bias) = layout.output
                        let y = logits.baseAddress.unsafelyUnwrapped
                        y.update(from: p + bias, count: shape.outputs)
                        Float.gemv(
                            transpose: false, m: shape.outputs, n: hiddenSize, alpha: 1, p + weight, lda: hiddenSize,
                            input, beta: 1, y)
                    }
                }
            }
        }
    }

    private func step(
        _ layer: Int, _ p: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ h: UnsafeMutablePointer<Float>,
        _ gx: UnsafeMutablePointer<Float>, _ gh: UnsafeMutablePointer<Float>
    ) {
        let n = shape.hidden
        let inputs = shape.layerInputs(layer)
        let (w, u, b, c) = layout.layer(layer)
        gx.update(from: p + b, count: 3 * n)
        gh.update(from: p + c, count: 3 * n)
        Float.gemv(transpose: false, m: 3 * n, n: inputs, alpha: 1, p + w, lda: inputs, x, beta: 1, gx)
        Float.gemv(transpose: false, m: 3 * n, n: n, alpha: 1, p + u, lda: n, UnsafePointer(h), beta: 1, gh)
        for i in 0..<n {
            let r = logistic(gx[i] + gh[i])
            let z = logistic(gx[n + i] + gh[n + i])
            let candidate = hyperbolicTangent(gx[2 * n + i] + r * gh[2 * n + i])
            h[i] = (1 - z) * candidate + z * h[i]
        }
    }
}
