import Dispatch

/// Trains a ``Network`` with CTC and AdamW, batch by batch.
///
/// Each batch is split into two halves in a fixed way; they are computed on two threads and their gradients added in a fixed
/// order, so the result is the same whether the halves really ran side by side.
public final class CTCTraining {
    /// With the parameters that were found so far.
    public private(set) var network: Network
    /// What is minimised.
    public let loss: CTCLoss
    /// What is minimised beside it, on the network's last outputs.
    public let framewise: FramewiseLoss?
    /// Steps so far, and those that were skipped because a loss or the gradient was not finite.
    public private(set) var steps = 0
    public private(set) var skippedSteps = 0
    public private(set) var optimiser: AdamW
    /// Of the step at work.
    private var weights = LossWeights()
    /// What is trained in place of all parameters; nil for all of them.
    public private(set) var reparameterisation: (any Reparameterisation)?
    private let halves: [Half]
    private let clipNorm: Float
    private let seed: UInt64

    /// One half of a batch: its own memory, touched by one thread at a time.
    private final class Half {
        let pass: NetworkPass
        var gradient: [Float]
        var outputGradient: [Float] = []
        var loss = 0.0
        /// Utterances with a loss that is not finite; like that of `failure`, their indices are those in the half.
        var notFinite: [CTCTrainingError] = []
        var failure: CTCTrainingError?

        init(_ network: Network) {
            pass = NetworkPass(network.layers)
            gradient = [Float](repeating: 0, count: network.layout.count)
        }
    }

    /// - Parameters:
    ///   - network: where the training begins.
    ///   - blank: index of the blank among the network's outputs.
    ///   - weightDecay: λ of ``AdamW``.
    ///   - clipNorm: largest norm of a batch's gradient.
    ///   - framewise: a second loss, whose classes are the network's last outputs; nil for none.
    ///   - reparameterisation: what is trained in place of all parameters; nil for all of them.
    ///   - seed: of all that is random in the layers.
    public init(
        network: Network, blank: Int, weightDecay: Float, clipNorm: Float = 5, framewise: FramewiseLoss? = nil,
        reparameterisation: (any Reparameterisation)? = nil, seed: UInt64
    ) {
        precondition(framewise.map { $0.classes < network.outputs } ?? true, "the network has outputs for both losses")
        self.network = network
        self.framewise = framewise
        loss = CTCLoss(blank: blank)
        self.reparameterisation = reparameterisation
        optimiser =
            reparameterisation.map { AdamW(decays: $0.decays, weightDecay: weightDecay) }
            ?? AdamW(network.layout, weightDecay: weightDecay)
        self.clipNorm = clipNorm
        self.seed = seed
        halves = [Half(network), Half(network)]
    }

    /// Goes on where another training of the same network was.
    public func restore(parameters: [Float], optimiser: AdamW, steps: Int, skippedSteps: Int) {
        network.parameters = parameters
        self.optimiser = optimiser
        (self.steps, self.skippedSteps) = (steps, skippedSteps)
    }

    /// One optimiser step on the mean loss of the batch. It is skipped when a loss or the gradient is not finite.
    /// - Throws: ``CTCTrainingError`` for the first utterance that no path can spell; the network is then unchanged.
    public func step(
        _ batch: [CTCExample], learningRate: Float, weights: LossWeights = LossWeights()
    ) throws(CTCTrainingError) -> CTCStep {
        precondition(!batch.isEmpty, "a step needs utterances")
        self.weights = weights
        steps += 1
        let middle = (batch.count + 1) / 2
        let parts = [Array(batch[..<middle]), Array(batch[middle...])]
        nonisolated(unsafe) let work = self  // Each iteration touches only its own half; the network is only read.
        let count = Float(batch.count)
        DispatchQueue.concurrentPerform(iterations: 2) { index in
            work.compute(
                work.halves[index], parts[index], batchCount: count,
                ForwardContext(isTraining: true, seed: work.seed(ofHalf: index)))
        }
        if let failure = halves[0].failure { throw failure }
        if let failure = halves[1].failure {
            throw CTCTrainingError(utterance: middle + failure.utterance, reason: failure.reason)
        }
        let notFinite = halves[0].notFinite.map(\.utterance) + halves[1].notFinite.map { middle + $0.utterance }
        var norm = Float.nan
        if notFinite.isEmpty {
            var gradient = halves[0].gradient
            for i in gradient.indices { gradient[i] += halves[1].gradient[i] }
            if let reparameterisation { gradient = reparameterisation.gradient(gradient) }
            norm = clip(&gradient, toNorm: clipNorm)
            if norm.isFinite { update(gradient, learningRate) }
        }
        let result = CTCStep(
            loss: (halves[0].loss + halves[1].loss) / Double(max(1, batch.count - notFinite.count)), gradientNorm: norm,
            notFinite: notFinite)
        if result.isSkipped { skippedSteps += 1 }
        return result
    }

    private func update(_ gradient: [Float], _ learningRate: Float) {
        guard var chosen = reparameterisation else {
            return optimiser.update(&network.parameters, gradient: gradient, learningRate: learningRate)
        }
        optimiser.update(&chosen.values, gradient: gradient, learningRate: learningRate)
        chosen.write(into: &network.parameters)
        reparameterisation = chosen
    }

    private func seed(ofHalf half: Int) -> UInt64 { seed &+ UInt64(steps) &* 0x2545_F491_4F6C_DD1D &+ UInt64(half) }

    private func compute(_ half: Half, _ examples: [CTCExample], batchCount: Float, _ context: ForwardContext) {
        half.loss = 0
        half.notFinite = []
        half.failure = nil
        for i in half.gradient.indices { half.gradient[i] = 0 }
        let batch = SequenceBatch(lengths: examples.map(\.frames), sessions: examples.map(\.session))
        guard batch.rows > 0 else { return checkWithoutFrames(half, examples) }
        let width = network.inputs
        half.pass.forward(batch, parameters: network.parameters, context: context) { rows in
            for (k, example) in examples.enumerated() {
                for t in 0..<batch.frames {
                    let row = (t * batch.count + k) * width
                    for i in 0..<width { rows[row + i] = t < example.frames ? example.features[t * width + i] : 0 }
                }
            }
        }
        setOutputGradient(half, examples, batchCount)
        guard half.failure == nil, half.notFinite.isEmpty else { return }
        half.pass.backward(half.outputGradient, parameters: network.parameters, addingTo: &half.gradient)
    }

    /// Losses of all examples and their gradients at the network's output.
    private func setOutputGradient(_ half: Half, _ examples: [CTCExample], _ batchCount: Float) {
        let outputs = network.outputs
        let units = outputs - (framewise?.classes ?? 0)
        half.pass.withOutput { logits, batch in
            half.outputGradient = [Float](repeating: 0, count: batch.rows * outputs)
            logits.lend { logits in
                half.outputGradient.lend { gradient in
                    for (k, example) in examples.enumerated() {
                        do throws(CTCError) {
                            let own = try loss.evaluate(
                                logits: logits + k * outputs, stride: batch.count * outputs, frames: batch.lengths[k],
                                units: units, target: example.target, windows: example.windows,
                                gradient: gradient + k * outputs)
                            half.loss += weights.ctc == 1 ? own : Double(weights.ctc) * own
                            if weights.ctc != 1 {
                                for t in 0..<batch.lengths[k] {
                                    let row = gradient + (t * batch.count + k) * outputs
                                    for i in 0..<units { row[i] *= weights.ctc }
                                }
                            }
                            half.loss +=
                                try framewise?.weighing(weights.framewise).evaluate(
                                    logits: logits + k * outputs + units, stride: batch.count * outputs,
                                    labels: Array(example.classes.prefix(batch.lengths[k])),
                                    gradient: gradient + k * outputs + units) ?? 0
                        } catch .notFinite(let frame) {
                            half.notFinite.append(CTCTrainingError(utterance: k, reason: .notFinite(frame: frame)))
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
    private func checkWithoutFrames(_ half: Half, _ examples: [CTCExample]) {
        for (k, example) in examples.enumerated() where half.failure == nil {
            do throws(CTCError) {
                try loss.check(
                    frames: 0, units: network.outputs - (framewise?.classes ?? 0), target: example.target,
                    windows: example.windows)
            } catch {
                half.failure = CTCTrainingError(utterance: k, reason: error)
            }
        }
    }

    /// Logits of one example as outside of training, shape `[output frames, outputs]`; for tests and evaluation.
    public static func logits(_ network: Network, features: [Float], frames: Int) -> [Float] {
        guard frames > 0 else { return [] }
        let pass = NetworkPass(network.layers)
        pass.forward(
            SequenceBatch(lengths: [frames]), parameters: network.parameters, context: ForwardContext(isTraining: false)
        ) { rows in for i in 0..<rows.count { rows[i] = features[i] } }
        return pass.withOutput { logits, _ in (0..<logits.count).map { logits[$0] } }
    }

    /// The gradient of the mean loss of a batch as outside of training, in the order of the parameters; for tests.
    public static func gradient(
        _ network: Network, _ batch: [CTCExample], blank: Int, framewise: FramewiseLoss? = nil
    ) throws(CTCTrainingError) -> (loss: Double, gradient: [Float]) {
        let training = CTCTraining(network: network, blank: blank, weightDecay: 0, framewise: framewise, seed: 0)
        let half = training.halves[0]
        training.compute(half, batch, batchCount: Float(batch.count), ForwardContext(isTraining: false))
        if let failure = half.failure ?? half.notFinite.first { throw failure }
        return (half.loss / Double(batch.count), half.gradient)
    }
}
