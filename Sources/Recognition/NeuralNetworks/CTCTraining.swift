import Dispatch

/// One training string: features and what they say.
public struct CTCExample: Sendable {
    /// Frame-major, shape `[frames, inputs]`.
    public var features: [Float]
    public var frames: Int
    public var target: [Int]
    /// Frames in which each label may be emitted; nil for plain CTC.
    public var windows: [ClosedRange<Int>]?

    public init(features: [Float], frames: Int, target: [Int], windows: [ClosedRange<Int>]? = nil) {
        self.features = features
        self.frames = frames
        self.target = target
        self.windows = windows
    }
}

/// Trains a ``RecurrentNetwork`` with CTC and AdamW, batch by batch.
///
/// Each batch is split into two halves in a fixed way; they are computed on two threads and their gradients added in a fixed
/// order, so the result is the same whether the halves really ran side by side.
public final class CTCTraining {
    public private(set) var network: RecurrentNetwork
    public let loss: CTCLoss
    private var optimiser: AdamW
    private let halves: [Half]
    private let dropout: Float
    private let clipNorm: Float
    private var steps: UInt64 = 0
    private let seed: UInt64

    /// One half of a batch: its own memory, touched by one thread at a time.
    private final class Half {
        let pass: RecurrentBatch
        var gradient: [Float]
        var logitGradient: [Float] = []
        var loss = 0.0
        var failure: CTCError?

        init(_ network: RecurrentNetwork) {
            pass = RecurrentBatch(network)
            gradient = [Float](repeating: 0, count: network.layout.count)
        }
    }

    /// - Parameters:
    ///   - dropout: after each recurrent layer, in [0, 1).
    ///   - clipNorm: largest norm of a batch's gradient.
    public init(
        network: RecurrentNetwork, blank: Int, weightDecay: Float, dropout: Float, clipNorm: Float = 5, seed: UInt64
    ) {
        self.network = network
        loss = CTCLoss(blank: blank)
        optimiser = AdamW(network.layout, weightDecay: weightDecay)
        self.dropout = dropout
        self.clipNorm = clipNorm
        self.seed = seed
        halves = [Half(network), Half(network)]
    }

    /// One optimiser step on the mean loss of the batch.
    /// - Returns: the mean loss per example before the step.
    /// - Throws: ``CTCError`` for an example that no path can spell; the network is then unchanged.
    public func step(_ batch: [CTCExample], learningRate: Float) throws(CTCError) -> Double {
        steps += 1
        let middle = (batch.count + 1) / 2
        let parts = [Array(batch[..<middle]), Array(batch[middle...])]
        nonisolated(unsafe) let work = self  // Each iteration touches only its own half; the network is only read.
        let count = Float(batch.count)
        DispatchQueue.concurrentPerform(iterations: 2) { index in
            work.compute(work.halves[index], parts[index], batchCount: count, dropoutSeed: work.dropoutSeed(index))
        }
        for half in halves { if let failure = half.failure { throw failure } }
        var gradient = halves[0].gradient
        for i in gradient.indices { gradient[i] += halves[1].gradient[i] }
        if clip(&gradient, toNorm: clipNorm).isFinite {
            optimiser.update(&network.parameters, gradient: gradient, learningRate: learningRate)
        }
        return (halves[0].loss + halves[1].loss) / Double(batch.count)
    }

    private func dropoutSeed(_ half: Int) -> UInt64 { seed &+ steps &* 0x2545_F491_4F6C_DD1D &+ UInt64(half) }

    private func compute(_ half: Half, _ examples: [CTCExample], batchCount: Float, dropoutSeed: UInt64) {
        half.loss = 0
        half.failure = nil
        for i in half.gradient.indices { half.gradient[i] = 0 }
        guard !examples.isEmpty else { return }
        let shape = network.shape
        let frames = examples.map(\.frames).max() ?? 0
        let batch = examples.count
        half.pass.prepare(frames: frames, batch: batch) { inputs in
            for (k, example) in examples.enumerated() {
                for t in 0..<frames {
                    let row = (t * batch + k) * shape.inputs
                    for i in 0..<shape.inputs {
                        inputs[row + i] = t < example.frames ? example.features[t * shape.inputs + i] : 0
                    }
                }
            }
        }
        network.parameters.withUnsafeBufferPointer { parameters in
            let p = parameters.baseAddress.unsafelyUnwrapped
            half.pass.forward(p, dropout: dropout, seed: dropoutSeed)
            let width = shape.outputs
            half.logitGradient = [Float](repeating: 0, count: frames * batch * width)
            half.pass.logits.withUnsafeBufferPointer { logits in
                half.logitGradient.withUnsafeMutableBufferPointer { gradient in
                    for (k, example) in examples.enumerated() {
                        do throws(CTCError) {
                            half.loss += try loss.evaluate(
                                logits: logits.baseAddress.unsafelyUnwrapped + k * width, stride: batch * width,
                                frames: example.frames, units: width, target: example.target, windows: example.windows,
                                gradient: gradient.baseAddress.unsafelyUnwrapped + k * width)
                        } catch {
                            half.failure = error
                        }
                    }
                    for i in gradient.indices { gradient[i] /= batchCount }
                }
            }
            half.logitGradient.withUnsafeBufferPointer { gradient in
                half.gradient.withUnsafeMutableBufferPointer {
                    half.pass.backward(
                        p, logitGradient: gradient.baseAddress.unsafelyUnwrapped,
                        into: $0.baseAddress.unsafelyUnwrapped)
                }
            }
        }
    }

    /// Logits of one example without dropout, shape `[frames, outputs]`; for tests and evaluation.
    public static func logits(_ network: RecurrentNetwork, features: [Float], frames: Int) -> [Float] {
        guard frames > 0 else { return [] }
        let pass = RecurrentBatch(network)
        pass.prepare(frames: frames, batch: 1) { inputs in for i in inputs.indices { inputs[i] = features[i] } }
        network.parameters.withUnsafeBufferPointer {
            pass.forward($0.baseAddress.unsafelyUnwrapped, dropout: 0, seed: 0)
        }
        return Array(pass.logits.prefix(frames * network.shape.outputs))
    }

    /// The gradient of the mean loss of a batch without dropout, in the order of the parameters; for tests.
    public static func gradient(
        _ network: RecurrentNetwork, _ batch: [CTCExample], blank: Int
    ) throws(CTCError) -> (loss: Double, gradient: [Float]) {
        let training = CTCTraining(network: network, blank: blank, weightDecay: 0, dropout: 0, seed: 0)
        let half = training.halves[0]
        training.compute(half, batch, batchCount: Float(batch.count), dropoutSeed: 0)
        if let failure = half.failure { throw failure }
        return (half.loss / Double(batch.count), half.gradient)
    }
}
