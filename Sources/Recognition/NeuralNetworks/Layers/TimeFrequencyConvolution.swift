/// A convolution over time and frequency: the same small pattern is looked for at each pitch.
///
///     y(j, q, o) = b(o) + Σ_c Σ_i Σ_k W(o, c, i, k) x(j · stride + lookAhead − (kernel − 1) + i, q · bandStride − ⌊bandKernel / 2⌋ + k, c)
///
/// A frame has `bands` bands of `channels` features each, shape `[bands, channels]`; what lies beyond the bands or the sequence is zero.
/// PyTorch's `torch.nn.Conv2d` with time as its first axis, frequency as its second, and channels moved behind them.
///
/// - Source: O. Abdel-Hamid et al., IEEE/ACM Trans. Audio Speech Lang. Process. 22 (2014) 1533; cross-correlation as in PyTorch.
public struct TimeFrequencyConvolution: Layer {
    public static let declaration = LayerDeclaration(
        "time-frequency convolution", formula: "y(j, q, o) = b(o) + Σ_c Σ_i Σ_k W(o, c, i, k) x(t(j, i), f(q, k), c)",
        tensors: [
            .init("weight", "[planes, channels, kernel, bandKernel]", decays: true), .init("bias", "[planes]", decays: false),
        ],
        source: "O. Abdel-Hamid et al., IEEE/ACM Trans. Audio Speech Lang. Process. 22 (2014) 1533")

    /// Frequency bands of an input frame.
    public let bands: Int
    /// Input planes; a frame has `bands · channels` values.
    public let channels: Int
    /// Channels that come out.
    public let planes: Int
    /// Frames under the kernel.
    public let kernel: Int
    /// Bands under the kernel, odd.
    public let bandKernel: Int
    public let stride: Int
    /// Input bands per output band.
    public let bandStride: Int
    /// Input frames after its own that an output frame waits for, at most kernel − 1.
    public let ahead: Int

    public init(
        bands: Int, channels: Int = 1, planes: Int, kernel: Int, bandKernel: Int, stride: Int = 1, bandStride: Int = 1,
        lookAhead: Int = 0
    ) {
        precondition(bands > 0 && channels > 0 && planes > 0 && kernel > 0 && bandKernel > 0, "all sizes must be at least 1")
        precondition(stride > 0 && bandStride > 0 && bandKernel % 2 == 1, "strides are at least 1, the bands' kernel is odd")
        precondition((0..<kernel).contains(lookAhead), "a kernel of \(kernel) frames looks ahead by fewer")
        (self.bands, self.channels, self.planes) = (bands, channels, planes)
        (self.kernel, self.bandKernel, self.stride, self.bandStride) = (kernel, bandKernel, stride, bandStride)
        ahead = lookAhead
    }

    /// Bands that come out.
    public var outputBands: Int { (bands + bandStride - 1) / bandStride }
    public var inputs: Int { bands * channels }
    public var outputs: Int { outputBands * planes }
    public var lookAhead: Int? { ahead }

    /// Both uniform in ±1/√(values under the kernel), as in PyTorch.
    public var parameters: [LayerParameter] {
        let initial = LayerParameter.Initial.uniform(1 / Float(window).squareRoot())
        return [
            LayerParameter("weight", [planes, channels, kernel, bandKernel], decays: true, initial: initial),
            LayerParameter("bias", [planes], decays: false, initial: initial),
        ]
    }

    /// Values under the kernel at one place.
    var window: Int { channels * kernel * bandKernel }
    var biasOffset: Int { planes * window }

    public func makePass() -> any LayerPass { TimeFrequencyConvolutionPass(self) }

    /// `values` has the last `kernel` frames, oldest first; scratch has what the kernel sees at each band.
    public func initialState(session: Int) -> LayerState {
        LayerState(values: kernel * inputs, scratch: outputBands * window)
    }

    public func step(
        _ input: Span<Float>, parameters: Span<Float>, state: inout LayerState, into output: inout MutableSpan<Float>
    ) -> Bool {
        state.values.lend { frames in
            frames.update(from: frames + inputs, count: (kernel - 1) * inputs)
            let last = frames + (kernel - 1) * inputs
            for k in 0..<inputs { last[k] = input.isEmpty ? 0 : input[k] }
        }
        let own = state.frames - ahead
        state.frames += 1
        guard own >= 0, own % stride == 0 else { return false }
        convolve(&state.values, &state.scratch, parameters, &output)
        return true
    }

    private func convolve(
        _ values: inout [Float], _ scratch: inout [Float], _ parameters: Span<Float>, _ output: inout MutableSpan<Float>
    ) {
        values.lend { frames in
            scratch.lend { windows in
                for i in 0..<kernel { setWindows(windows, place: i, from: frames + i * inputs) }
                parameters.lend { p in
                    output.lend { y in
                        Products.setAffine(
                            rows: outputBands, inputs: window, outputs: planes, groups: 1, UnsafePointer(windows), weight: p,
                            bias: p + biasOffset, into: y)
                    }
                }
            }
        }
    }

    /// Writes one frame under place `i` of the kernel in each band's window, `[outputBands, channels, kernel, bandKernel]`.
    /// - Parameter frame: nil for a frame beyond the sequence.
    func setWindows(_ windows: UnsafeMutablePointer<Float>, place i: Int, from frame: UnsafePointer<Float>?) {
        forEachValue(place: i) { at, source in windows[at] = source.flatMap { s in frame.map { $0[s] } } ?? 0 }
    }

    /// Adds the gradients of the windows to the frame that stood under place `i`.
    func addGradient(of windows: UnsafePointer<Float>, place i: Int, to frame: UnsafeMutablePointer<Float>) {
        forEachValue(place: i) { at, source in if let source { frame[source] += windows[at] } }
    }

    /// - Parameter body: a place in the windows and the value of a frame that it sees, nil beyond the bands.
    @inline(__always)
    private func forEachValue(place i: Int, _ body: (_ at: Int, _ source: Int?) -> Void) {
        for q in 0..<outputBands {
            for k in 0..<bandKernel {
                let band = q * bandStride - bandKernel / 2 + k
                let isThere = band >= 0 && band < bands
                for c in 0..<channels {
                    body(q * window + (c * kernel + i) * bandKernel + k, isThere ? band * channels + c : nil)
                }
            }
        }
    }
}

private final class TimeFrequencyConvolutionPass: LayerPass {
    private let layer: TimeFrequencyConvolution
    /// What the kernel sees at each place, `[rows after the stride, outputBands, window]`.
    private var windows: [Float] = []
    private var windowGradients: [Float] = []
    private var ones: [Float] = []

    init(_ layer: TimeFrequencyConvolution) { self.layer = layer }

    private func places(_ batch: SequenceBatch) -> Int { batch.strided(by: layer.stride).rows * layer.outputBands }

    func forward(
        _ input: Span<Float>, batch: SequenceBatch, parameters: Span<Float>, context: inout ForwardContext,
        into output: inout MutableSpan<Float>
    ) {
        windows.grow(to: places(batch) * layer.window)
        windows.lend { windows in
            input.lend { x in
                forEachFrame(batch) { row, i, frame in
                    layer.setWindows(
                        windows + row * layer.outputBands * layer.window, place: i,
                        from: frame.map { x + $0 * layer.inputs })
                }
            }
            parameters.lend { p in
                output.lend { y in
                    Products.setAffine(
                        rows: places(batch), inputs: layer.window, outputs: layer.planes, groups: 1, UnsafePointer(windows),
                        weight: p, bias: p + layer.biasOffset, into: y)
                }
            }
        }
    }

    func backward(
        _ outputGradient: Span<Float>, input: Span<Float>, output: Span<Float>, batch: SequenceBatch,
        parameters: Span<Float>, addingTo parameterGradient: inout MutableSpan<Float>,
        into inputGradient: inout MutableSpan<Float>
    ) {
        let places = places(batch)
        outputGradient.lend { dy in
            parameterGradient.lend { gradient in
                windows.lend {
                    Products.addWeightGradient(
                        rows: places, inputs: layer.window, outputs: layer.planes, groups: 1, dy, UnsafePointer($0),
                        to: gradient)
                }
                Products.addColumnSums(
                    dy, rows: places, columns: layer.planes, ones: &ones, to: gradient + layer.biasOffset)
            }
            guard !inputGradient.isEmpty else { return }
            windowGradients.grow(to: places * layer.window)
            windowGradients.lend { dWindows in
                parameters.lend { p in
                    Products.setInputGradient(
                        rows: places, inputs: layer.window, outputs: layer.planes, groups: 1, dy, weight: p, into: dWindows)
                }
                inputGradient.lend { dx in
                    dx.update(repeating: 0, count: batch.rows * layer.inputs)
                    forEachFrame(batch) { row, i, frame in
                        guard let frame else { return }
                        layer.addGradient(
                            of: dWindows + row * layer.outputBands * layer.window, place: i, to: dx + frame * layer.inputs)
                    }
                }
            }
        }
    }

    /// - Parameter body: output row, place under the kernel, and the input row there, nil beyond the sequence.
    @inline(__always)
    private func forEachFrame(_ batch: SequenceBatch, _ body: (_ row: Int, _ place: Int, _ frame: Int?) -> Void) {
        for j in 0..<batch.strided(by: layer.stride).frames {
            for b in 0..<batch.count {
                for i in 0..<layer.kernel {
                    let t = j * layer.stride + layer.ahead - (layer.kernel - 1) + i
                    let isThere = t >= 0 && t < batch.lengths[b]
                    body(j * batch.count + b, i, isThere ? t * batch.count + b : nil)
                }
            }
        }
    }
}
