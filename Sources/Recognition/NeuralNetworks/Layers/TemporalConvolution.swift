/// A convolution over time, with stride.
///
///     y(j) = b + Σ_i W(·, ·, i) x(j · stride + lookAhead − (kernel − 1) + i)        i = 0 … kernel − 1
///
/// Frames before the first and after the last are zero, so that T frames become ⌈T / stride⌉ and none is dropped. PyTorch's
/// `torch.nn.Conv1d` on a sequence with kernel − 1 − lookAhead zeros before and lookAhead zeros behind it.
///
/// With look-ahead 0 the layer is causal. With a stride it makes fewer frames; a kernel as long as the stride cuts the sequence into
/// patches.
///
/// - Source: A. Waibel et al., IEEE Trans. ASSP 37 (1989) 328 (time-delay networks); cross-correlation as in PyTorch.
public struct TemporalConvolution: Layer {
    public static let declaration = LayerDeclaration(
        "temporal convolution", formula: "y(j) = b + Σ_i W_i x(j · stride + lookAhead − (kernel − 1) + i)",
        tensors: [
            .init("weight", "[outputs, inputs / groups, kernel]", decays: true), .init("bias", "[outputs]", decays: false),
        ],
        source: "A. Waibel et al., IEEE Trans. ASSP 37 (1989) 328")

    public let inputs: Int
    public let outputs: Int
    /// Frames that one output frame sees.
    public let kernel: Int
    public let stride: Int
    public let groups: Int
    /// Input frames after its own that an output frame waits for, at most kernel − 1.
    public let ahead: Int

    public var lookAhead: Int? { ahead }

    public init(inputs: Int, outputs: Int, kernel: Int, stride: Int = 1, lookAhead: Int = 0, groups: Int = 1) {
        precondition(inputs > 0 && outputs > 0 && kernel > 0 && stride > 0 && groups > 0, "all sizes must be at least 1")
        precondition((0..<kernel).contains(lookAhead), "a kernel of \(kernel) frames looks ahead by fewer")
        precondition(inputs % groups == 0 && outputs % groups == 0, "groups must divide inputs and outputs")
        (self.inputs, self.outputs, self.kernel, self.stride) = (inputs, outputs, kernel, stride)
        (self.groups, ahead) = (groups, lookAhead)
    }

    /// Cuts a sequence into pieces of `size` frames, each of which becomes one frame of `outputs` features.
    public static func patches(inputs: Int, outputs: Int, size: Int) -> TemporalConvolution {
        TemporalConvolution(inputs: inputs, outputs: outputs, kernel: size, stride: size, lookAhead: size - 1)
    }

    /// Both uniform in ±1/√(inputs of a member · kernel), as in PyTorch.
    public var parameters: [LayerParameter] {
        let initial = LayerParameter.Initial.uniform(1 / Float(inputs / groups * kernel).squareRoot())
        return [
            LayerParameter("weight", [outputs, inputs / groups, kernel], decays: true, initial: initial),
            LayerParameter("bias", [outputs], decays: false, initial: initial),
        ]
    }

    /// Values under the kernel at one place, in the order of the weights: feature by feature.
    var columns: Int { inputs * kernel }
    var biasOffset: Int { outputs * (inputs / groups) * kernel }

    public func makePass() -> any LayerPass { TemporalConvolutionPass(self) }

    /// `values` has the last `kernel` frames as the kernel sees them, shape `[inputs, kernel]`.
    public func initialState(session: Int) -> LayerState { LayerState(values: columns) }

    public func step(
        _ input: Span<Float>, parameters: Span<Float>, state: inout LayerState, into output: inout MutableSpan<Float>
    ) -> Bool {
        state.values.lend { window in
            for feature in 0..<inputs {
                let row = window + feature * kernel
                for i in 1..<max(1, kernel) { row[i - 1] = row[i] }
                row[kernel - 1] = input.isEmpty ? 0 : input[feature]
            }
            return
        }
        let own = state.frames - ahead
        state.frames += 1
        guard own >= 0, own % stride == 0 else { return false }
        state.values.lend { window in
            parameters.lend { p in
                output.lend { y in
                    Products.setAffine(
                        inputs: columns, outputs: outputs, groups: groups, UnsafePointer(window), weight: p,
                        bias: p + biasOffset, into: y)
                }
            }
        }
        return true
    }
}

private final class TemporalConvolutionPass: LayerPass {
    private let layer: TemporalConvolution
    /// What the kernel sees at each place, `[rows after the stride, inputs, kernel]`.
    private var windows: [Float] = []
    private var windowGradients: [Float] = []
    private var ones: [Float] = []

    init(_ layer: TemporalConvolution) { self.layer = layer }

    func forward(
        _ input: Span<Float>, batch: SequenceBatch, parameters: Span<Float>, context: inout ForwardContext,
        into output: inout MutableSpan<Float>
    ) {
        let rows = batch.strided(by: layer.stride).rows
        windows.grow(to: rows * layer.columns)
        windows.lend { windows in
            input.lend { x in
                forEachTap(batch) { place, frame, row in
                    let target = windows + place
                    for c in 0..<layer.inputs {
                        target[c * layer.kernel] = frame.map { x[$0 * layer.inputs + c] } ?? 0
                    }
                }
            }
            parameters.lend { p in
                output.lend { y in
                    Products.setAffine(
                        rows: rows, inputs: layer.columns, outputs: layer.outputs, groups: layer.groups,
                        UnsafePointer(windows), weight: p, bias: p + layer.biasOffset, into: y)
                }
            }
        }
    }

    func backward(
        _ outputGradient: Span<Float>, input: Span<Float>, output: Span<Float>, batch: SequenceBatch,
        parameters: Span<Float>, addingTo parameterGradient: inout MutableSpan<Float>,
        into inputGradient: inout MutableSpan<Float>
    ) {
        let rows = batch.strided(by: layer.stride).rows
        outputGradient.lend { dy in
            parameterGradient.lend { gradient in
                windows.lend {
                    Products.addWeightGradient(
                        rows: rows, inputs: layer.columns, outputs: layer.outputs, groups: layer.groups, dy,
                        UnsafePointer($0), to: gradient)
                }
                Products.addColumnSums(
                    dy, rows: rows, columns: layer.outputs, ones: &ones, to: gradient + layer.biasOffset)
            }
            guard !inputGradient.isEmpty else { return }
            windowGradients.grow(to: rows * layer.columns)
            windowGradients.lend { dWindows in
                parameters.lend { p in
                    Products.setInputGradient(
                        rows: rows, inputs: layer.columns, outputs: layer.outputs, groups: layer.groups, dy, weight: p,
                        into: dWindows)
                }
                inputGradient.lend { dx in
                    dx.update(repeating: 0, count: batch.rows * layer.inputs)
                    forEachTap(batch) { place, frame, row in
                        guard let frame else { return }
                        let source = dWindows + place
                        for c in 0..<layer.inputs { dx[frame * layer.inputs + c] += source[c * layer.kernel] }
                    }
                }
            }
        }
    }

    /// Visits each place of the kernel in each window.
    /// - Parameter body: where the place's first feature stands in the windows, which input row it sees (nil beyond the sequence),
    ///   and the output row.
    @inline(__always)
    private func forEachTap(_ batch: SequenceBatch, _ body: (_ place: Int, _ frame: Int?, _ row: Int) -> Void) {
        let count = batch.count
        for j in 0..<batch.strided(by: layer.stride).frames {
            for b in 0..<count {
                let row = j * count + b
                for i in 0..<layer.kernel {
                    let t = j * layer.stride + layer.ahead - (layer.kernel - 1) + i
                    let isThere = t >= 0 && t < batch.lengths[b]
                    body(row * layer.columns + i, isThere ? t * count + b : nil, row)
                }
            }
        }
    }
}
