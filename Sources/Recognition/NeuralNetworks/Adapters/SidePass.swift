/// Forward and backward of a ``SideNetwork`` and of the frozen head behind it, over batches of cached states. Used by one thread at a time.
///
/// Recurrence is over depth: a frame is a sequence of as many steps as there are taps, and all frames are one batch.
final class SidePass {
    private let shape: SideNetwork.Shape
    private let core: SequencePass
    private let correction: any LayerPass
    private let head: SequencePass
    private let taps: Int
    /// Taps of all rows, `[taps, rows, width]`; without recurrence `[rows, taps, width]`.
    private var inputs: [Float] = []
    private var corrected: [Float] = []
    private var correctedGradient: [Float] = []
    private var coreGradient: [Float] = []
    /// Of the head's parameters, which nobody changes.
    private var headGradient: [Float]
    private(set) var batch = SequenceBatch(lengths: [])

    init(_ network: AdaptedNetwork) {
        shape = network.side.shape
        taps = shape.taps
        core = SequencePass(network.side.core)
        correction = network.side.correction.makePass()
        head = SequencePass(network.head.layers)
        headGradient = [Float](repeating: 0, count: network.head.layout.count)
    }

    /// The side network's batch: all rows at once.
    private var rows: SequenceBatch {
        SequenceBatch(lengths: [Int](repeating: shape.isRecurrent ? taps : 1, count: batch.rows))
    }

    private var coreOutputs: Int { shape.isRecurrent ? shape.rank : taps * shape.rank }
    /// Where the states of the last tap begin among all that the core gave.
    private var lastStates: Int { shape.isRecurrent ? (taps - 1) * batch.rows * shape.rank : 0 }

    /// - Precondition: the examples have at least one frame.
    func forward(_ examples: [CachedStates], _ network: AdaptedNetwork) {
        let (d, parameters) = (shape.width, network.side.network.parameters.span)
        batch = SequenceBatch(lengths: examples.map(\.frames))
        let count = batch.rows
        inputs.grow(to: taps * count * d)
        corrected.grow(to: count * d)
        gather(examples)
        var context = ForwardContext(isTraining: false)
        inputs.withUnsafeBufferPointer {
            core.forward(
                UnsafeBufferPointer(rebasing: $0[..<(taps * count * d)]).span, batch: rows,
                parameters: parameters.extracting(0..<network.side.split), context: &context)
        }
        core.withOutput { states in
            let last = states.extracting(lastStates..<lastStates + count * coreOutputs)
            corrected.withUnsafeMutableBufferPointer {
                var output = UnsafeMutableBufferPointer(rebasing: $0[..<(count * d)]).mutableSpan
                correction.forward(
                    last, batch: batch, parameters: parameters.extracting(network.side.split..<parameters.count),
                    context: &context, into: &output)
            }
        }
        addLastTap()
        corrected.withUnsafeBufferPointer {
            head.forward(
                UnsafeBufferPointer(rebasing: $0[..<(count * d)]).span, batch: batch,
                parameters: network.head.parameters.span, context: &context)
        }
    }

    private func gather(_ examples: [CachedStates]) {
        let (d, count) = (shape.width, batch.rows)
        for (b, example) in examples.enumerated() {
            for t in 0..<batch.frames {
                let row = t * batch.count + b
                for tap in 0..<taps {
                    let to = shape.isRecurrent ? (tap * count + row) * d : (row * taps + tap) * d
                    let from = (tap * example.frames + t) * d
                    for k in 0..<d { inputs[to + k] = t < example.frames ? example.states[from + k] : 0 }
                }
            }
        }
    }

    private func addLastTap() {
        let (d, count) = (shape.width, batch.rows)
        for row in 0..<count {
            let from = shape.isRecurrent ? ((taps - 1) * count + row) * d : (row * taps + taps - 1) * d
            for k in 0..<d { corrected[row * d + k] += inputs[from + k] }
        }
    }

    /// Lends the logits, shape `[rows, outputs]`.
    func withOutput<Result>(_ body: (Span<Float>, SequenceBatch) -> Result) -> Result {
        head.withOutput { body($0, batch) }
    }

    /// Goes back through the last `forward`.
    /// - Parameter gradient: of the side network's parameters; added to.
    func backward(_ outputGradient: [Float], _ network: AdaptedNetwork, addingTo gradient: inout [Float]) {
        let (d, count, split) = (shape.width, batch.rows, network.side.split)
        let parameters = network.side.network.parameters.span
        correctedGradient.grow(to: count * d)
        let states = rows.rows * coreOutputs
        coreGradient.grow(to: states)
        for k in 0..<states { coreGradient[k] = 0 }
        headGradient.withUnsafeMutableBufferPointer { unused in
            var unused = unused.mutableSpan
            correctedGradient.withUnsafeMutableBufferPointer { below in
                var below = UnsafeMutableBufferPointer(rebasing: below[..<(count * d)]).mutableSpan
                corrected.withUnsafeBufferPointer {
                    head.backward(
                        outputGradient.span, input: UnsafeBufferPointer(rebasing: $0[..<(count * d)]).span,
                        parameters: network.head.parameters.span, addingTo: &unused, into: &below)
                }
            }
        }
        gradient.withUnsafeMutableBufferPointer { gradient in
            core.withOutput { states in
                let last = states.extracting(lastStates..<lastStates + count * coreOutputs)
                coreGradient.withUnsafeMutableBufferPointer { below in
                    var below = UnsafeMutableBufferPointer(
                        rebasing: below[lastStates..<lastStates + count * coreOutputs]
                    ).mutableSpan
                    var own = UnsafeMutableBufferPointer(rebasing: gradient[split...]).mutableSpan
                    correctedGradient.withUnsafeBufferPointer {
                        let upper = UnsafeBufferPointer(rebasing: $0[..<(count * d)]).span
                        correction.backward(
                            upper, input: last, output: upper, batch: batch,
                            parameters: parameters.extracting(split..<parameters.count), addingTo: &own, into: &below)
                    }
                }
            }
            var own = UnsafeMutableBufferPointer(rebasing: gradient[..<split]).mutableSpan
            var nobody = UnsafeMutableBufferPointer<Float>(start: nil, count: 0).mutableSpan
            coreGradient.withUnsafeBufferPointer { upper in
                inputs.withUnsafeBufferPointer {
                    core.backward(
                        UnsafeBufferPointer(rebasing: upper[..<states]).span,
                        input: UnsafeBufferPointer(rebasing: $0[..<(taps * count * d)]).span,
                        parameters: parameters.extracting(0..<split), addingTo: &own, into: &nobody)
                }
            }
        }
    }
}
