import Dispatch

/// Trains a ``SideNetwork`` with CTC and AdamW on cached states of a frozen network: nothing goes back through that network's body.
///
/// Each batch is split into two halves in a fixed way, as in ``CTCTraining``.
public final class SideTraining {
    /// With the side network that was found so far.
    public private(set) var network: AdaptedNetwork
    public private(set) var optimiser: AdamW
    public private(set) var skippedSteps = 0
    private let loss: CTCLoss
    private let clipNorm: Float
    private let halves: [Half]

    /// One half of a batch: its own memory, touched by one thread at a time.
    private final class Half {
        let pass: SidePass
        var gradient: [Float]
        var outputGradient: [Float] = []
        var loss = 0.0
        var notFinite: [Int] = []
        var failure: CTCTrainingError?

        init(_ network: AdaptedNetwork) {
            pass = SidePass(network)
            gradient = [Float](repeating: 0, count: network.side.network.layout.count)
        }
    }

    /// - Parameters:
    ///   - network: where the training begins; body and head stay as they are.
    ///   - blank: index of the blank among the network's outputs.
    ///   - weightDecay: λ of ``AdamW``.
    ///   - clipNorm: largest norm of a batch's gradient.
    public init(_ network: AdaptedNetwork, blank: Int, weightDecay: Float, clipNorm: Float = 5) {
        self.network = network
        loss = CTCLoss(blank: blank)
        optimiser = AdamW(network.side.network.layout, weightDecay: weightDecay)
        self.clipNorm = clipNorm
        halves = [Half(network), Half(network)]
    }

    /// One optimiser step on the mean loss of the batch. It is skipped when a loss or the gradient is not finite.
    /// - Throws: ``CTCTrainingError`` for the first utterance that no path can spell; the network is then unchanged.
    public func step(_ batch: [CachedStates], learningRate: Float) throws(CTCTrainingError) -> CTCStep {
        precondition(!batch.isEmpty, "a step needs utterances")
        let middle = (batch.count + 1) / 2
        let parts = [Array(batch[..<middle]), Array(batch[middle...])]
        nonisolated(unsafe) let work = self  // Each iteration touches only its own half; the network is only read.
        DispatchQueue.concurrentPerform(iterations: 2) { index in
            work.compute(work.halves[index], parts[index], batchCount: Float(batch.count))
        }
        if let failure = halves[0].failure { throw failure }
        if let failure = halves[1].failure {
            throw CTCTrainingError(utterance: middle + failure.utterance, reason: failure.reason)
        }
        let notFinite = halves[0].notFinite + halves[1].notFinite.map { middle + $0 }
        var norm = Float.nan
        if notFinite.isEmpty {
            var gradient = halves[0].gradient
            for i in gradient.indices { gradient[i] += halves[1].gradient[i] }
            norm = clip(&gradient, toNorm: clipNorm)
            if norm.isFinite {
                optimiser.update(&network.side.network.parameters, gradient: gradient, learningRate: learningRate)
            }
        }
        let result = CTCStep(
            loss: (halves[0].loss + halves[1].loss) / Double(max(1, batch.count - notFinite.count)), gradientNorm: norm,
            notFinite: notFinite)
        if result.isSkipped { skippedSteps += 1 }
        return result
    }

    private func compute(_ half: Half, _ examples: [CachedStates], batchCount: Float) {
        (half.loss, half.notFinite, half.failure) = (0, [], nil)
        for i in half.gradient.indices { half.gradient[i] = 0 }
        guard examples.contains(where: { $0.frames > 0 }) else { return checkWithoutFrames(half, examples) }
        half.pass.forward(examples, network)
        setOutputGradient(half, examples, batchCount)
        guard half.failure == nil, half.notFinite.isEmpty else { return }
        half.pass.backward(half.outputGradient, network, addingTo: &half.gradient)
    }

    private func setOutputGradient(_ half: Half, _ examples: [CachedStates], _ batchCount: Float) {
        let outputs = network.head.outputs
        half.pass.withOutput { logits, batch in
            half.outputGradient = [Float](repeating: 0, count: batch.rows * outputs)
            logits.lend { logits in
                half.outputGradient.lend { gradient in
                    for (k, example) in examples.enumerated() {
                        do throws(CTCError) {
                            half.loss += try loss.evaluate(
                                logits: logits + k * outputs, stride: batch.count * outputs, frames: batch.lengths[k],
                                units: outputs, target: example.target, windows: example.windows,
                                gradient: gradient + k * outputs)
                        } catch .notFinite {
                            half.notFinite.append(k)
                        } catch {
                            half.failure = half.failure ?? CTCTrainingError(utterance: k, reason: error)
                        }
                    }
                    for i in 0..<batch.rows * outputs { gradient[i] /= batchCount }
                }
            }
        }
    }

    /// Without frames only the empty target is possible, with a loss of 0.
    private func checkWithoutFrames(_ half: Half, _ examples: [CachedStates]) {
        for (k, example) in examples.enumerated() where half.failure == nil {
            do throws(CTCError) {
                try loss.check(frames: 0, units: network.head.outputs, target: example.target, windows: example.windows)
            } catch {
                half.failure = CTCTrainingError(utterance: k, reason: error)
            }
        }
    }

    /// Logits of one utterance, shape `[frames, outputs]`.
    public static func logits(_ network: AdaptedNetwork, _ example: CachedStates) -> [Float] {
        guard example.frames > 0 else { return [] }
        let pass = SidePass(network)
        pass.forward([example], network)
        return pass.withOutput { logits, _ in (0..<logits.count).map { logits[$0] } }
    }

    /// The gradient of the mean loss of a batch, in the order of the side network's parameters; for tests.
    public static func gradient(
        _ network: AdaptedNetwork, _ batch: [CachedStates], blank: Int
    ) throws(CTCTrainingError) -> (loss: Double, gradient: [Float]) {
        let training = SideTraining(network, blank: blank, weightDecay: 0)
        let half = training.halves[0]
        training.compute(half, batch, batchCount: Float(batch.count))
        if let failure = half.failure { throw failure }
        return (half.loss / Double(batch.count), half.gradient)
    }
}
