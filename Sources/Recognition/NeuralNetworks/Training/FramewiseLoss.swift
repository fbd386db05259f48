import NetworkKernels

/// Cross-entropy of each frame beside CTC, on outputs of its own behind the units: what sounds in a frame whose time is known.
///
/// It tells a network early where things are; after training its outputs are cut off (``Network/withoutLastOutputs(_:)``).
public struct FramewiseLoss: Sendable, Equatable {
    /// Number of classes: the last outputs of the network.
    public var classes: Int
    /// Of the sum over the frames with a class; CTC's loss has weight 1.
    public var weight: Float

    /// - Precondition: at least one class, a weight of 0 or more.
    public init(classes: Int, weight: Float) {
        precondition(classes > 0 && weight >= 0, "a framewise loss needs classes")
        (self.classes, self.weight) = (classes, weight)
    }

    /// With another weight; nil for its own.
    func weighing(_ weight: Float?) -> FramewiseLoss { weight.map { FramewiseLoss(classes: classes, weight: $0) } ?? self }

    /// Loss of one sequence, and its gradient at the classes' outputs.
    /// - Parameters:
    ///   - logits: of the first class in the first frame; frame t begins at `logits + t · stride`.
    ///   - labels: class of each frame; −1 for none.
    ///   - gradient: same layout; written for frames with a class.
    /// - Throws: `CTCError.notFinite`.
    func evaluate(
        logits: UnsafePointer<Float>, stride: Int, labels: [Int], gradient: UnsafeMutablePointer<Float>
    ) throws(CTCError) -> Double {
        var loss = 0.0
        for (t, label) in labels.enumerated() where label >= 0 {
            let row = gradient + t * stride
            let normaliser = larmor_softmax(logits + t * stride, classes, row)
            guard normaliser.isFinite else { throw .notFinite(frame: t) }
            loss += Double(weight) * (normaliser - Double(logits[t * stride + label]))
            row[label] -= 1
            for i in 0..<classes { row[i] *= weight }
        }
        return loss
    }
}

extension Network {
    /// The network without its last outputs; its last layer must be ``Dense``.
    public func withoutLastOutputs(_ count: Int) -> Network {
        guard count > 0, let last = layers.entries.last, let dense = last.layer as? Dense else { return self }
        var entries = layers.entries
        entries[entries.count - 1] = .init(last.name, Dense(inputs: dense.inputs, outputs: dense.outputs - count))
        let shorter = LayerSequence(entries)
        // Rows of a weight are outputs, so what stays is the beginning of each tensor.
        return Network(
            shorter,
            parameters: zip(layout.tensors, ParameterLayout(shorter).tensors).flatMap { own, cut in
                parameters[own.offset..<own.offset + cut.count]
            })
    }
}
