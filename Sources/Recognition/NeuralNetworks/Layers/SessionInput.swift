/// An affine layer of its own for each session: takes up what differs from day to day (electrodes, gains) before the layers that
/// all sessions share.
///
///     y = W_s x + b_s        for a frame of session s
///
/// It begins as the identity. Weight decay would pull it away from that, so it does not decay. A batch names the session of each
/// sequence (``SequenceBatch/sessions``), a stream its own when it begins.
///
/// - Source: F. R. Willett et al., Nature 593 (2021) 249, methods, "day-specific input layers".
public struct SessionInput: Layer {
    public static let declaration = LayerDeclaration(
        "session input", formula: "y = W_s x + b_s",
        tensors: [
            .init("weight", "[sessions, features, features]", decays: false),
            .init("bias", "[sessions, features]", decays: false),
        ],
        source: "F. R. Willett et al., Nature 593 (2021) 249")

    public let inputs: Int
    /// Number of sessions, each with a transform of its own.
    public let sessions: Int
    public var outputs: Int { inputs }

    public init(features: Int, sessions: Int) {
        precondition(features > 0 && sessions > 0, "all sizes must be at least 1")
        (inputs, self.sessions) = (features, sessions)
    }

    public var parameters: [LayerParameter] {
        [
            LayerParameter("weight", [sessions, inputs, inputs], decays: false, initial: .identity),
            LayerParameter("bias", [sessions, inputs], decays: false, initial: .constant(0)),
        ]
    }

    fileprivate func weight(_ session: Int) -> Int { session * inputs * inputs }
    fileprivate func bias(_ session: Int) -> Int { sessions * inputs * inputs + session * inputs }

    public func makePass() -> any LayerPass { SessionInputPass(self) }

    /// - Precondition: `session` is one of the layer's.
    public func initialState(session: Int) -> LayerState {
        precondition((0..<sessions).contains(session), "there are \(sessions) sessions")
        return LayerState(session: session)
    }

    public func step(
        _ input: Span<Float>, parameters: Span<Float>, state: inout LayerState, into output: inout MutableSpan<Float>
    ) -> Bool {
        guard !input.isEmpty else { return false }
        input.lend { x in
            parameters.lend { p in
                output.lend { y in
                    Products.setAffine(
                        inputs: inputs, outputs: inputs, groups: 1, x, weight: p + weight(state.session),
                        bias: p + bias(state.session), into: y)
                }
            }
        }
        return true
    }
}

private final class SessionInputPass: LayerPass {
    private let layer: SessionInput
    /// Frames of one sequence, one after the other, and what comes of them.
    private var sequence: [Float] = []
    private var result: [Float] = []
    private var ones: [Float] = []

    init(_ layer: SessionInput) { self.layer = layer }

    func forward(
        _ input: Span<Float>, batch: SequenceBatch, parameters: Span<Float>, context: inout ForwardContext,
        into output: inout MutableSpan<Float>
    ) {
        let n = layer.inputs
        precondition(batch.sessions.allSatisfy { (0..<layer.sessions).contains($0) }, "there are \(layer.sessions) sessions")
        sequence.grow(to: batch.frames * n)
        result.grow(to: batch.frames * n)
        input.lend { x in
            parameters.lend { p in
                output.lend { y in
                    sequence.lend { sequence in
                        result.lend { result in
                            for (b, session) in batch.sessions.enumerated() {
                                Self.gather(x, b, batch, n, into: sequence)
                                Products.setAffine(
                                    rows: batch.frames, inputs: n, outputs: n, groups: 1, UnsafePointer(sequence),
                                    weight: p + layer.weight(session), bias: p + layer.bias(session), into: result)
                                Self.scatter(result, b, batch, n, into: y)
                            }
                        }
                    }
                }
            }
        }
    }

    func backward(
        _ outputGradient: Span<Float>, input: Span<Float>, output: Span<Float>, batch: SequenceBatch,
        parameters: Span<Float>, addingTo parameterGradient: inout MutableSpan<Float>,
        into inputGradient: inout MutableSpan<Float>
    ) {
        let (n, frames) = (layer.inputs, batch.frames)
        for (b, session) in batch.sessions.enumerated() {
            outputGradient.lend { dy in result.lend { Self.gather(dy, b, batch, n, into: $0) } }
            input.lend { x in sequence.lend { Self.gather(x, b, batch, n, into: $0) } }
            parameterGradient.lend { gradient in
                result.lend { dy in
                    sequence.lend { x in
                        Products.addWeightGradient(
                            rows: frames, inputs: n, outputs: n, groups: 1, UnsafePointer(dy), UnsafePointer(x),
                            to: gradient + layer.weight(session))
                    }
                    Products.addColumnSums(
                        UnsafePointer(dy), rows: frames, columns: n, ones: &ones, to: gradient + layer.bias(session))
                }
            }
            guard !inputGradient.isEmpty else { continue }
            parameters.lend { p in
                result.lend { dy in
                    sequence.lend { dx in
                        Products.setInputGradient(
                            rows: frames, inputs: n, outputs: n, groups: 1, UnsafePointer(dy),
                            weight: p + layer.weight(session), into: dx)
                    }
                }
            }
            inputGradient.lend { dx in sequence.lend { Self.scatter($0, b, batch, n, into: dx) } }
        }
    }

    private static func gather(
        _ rows: UnsafePointer<Float>, _ b: Int, _ batch: SequenceBatch, _ n: Int, into sequence: UnsafeMutablePointer<Float>
    ) {
        for t in 0..<batch.frames { (sequence + t * n).update(from: rows + (t * batch.count + b) * n, count: n) }
    }

    private static func scatter(
        _ sequence: UnsafePointer<Float>, _ b: Int, _ batch: SequenceBatch, _ n: Int, into rows: UnsafeMutablePointer<Float>
    ) {
        for t in 0..<batch.frames { (rows + (t * batch.count + b) * n).update(from: sequence + t * n, count: n) }
    }
}
