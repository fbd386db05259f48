import NeuralNetworks
import Testing

/// What training does with utterances that it cannot learn from.
@Suite struct CTCTrainingTests {
    private let layers = WordsShape(inputs: 2, hidden: 4, layers: 1, outputs: 3).sequence()

    private func example(_ frames: Int, _ target: [Int], filling: Float = 0.5) -> CTCExample {
        CTCExample(features: [Float](repeating: filling, count: 2 * frames), frames: frames, target: target)
    }

    private func training() -> CTCTraining {
        CTCTraining(network: Network(layers, seed: 1), blank: 0, weightDecay: 0.01, seed: 2)
    }

    @Test(arguments: 0..<5)
    func `an utterance that is too short is named by its index, and the network stays as it was`(place: Int) {
        let training = training()
        var batch = [CTCExample](repeating: example(6, [1, 2]), count: 5)
        // Three labels and a repeat need four frames.
        batch[place] = example(3, [1, 1, 2])
        let before = training.network.parameters
        let error = #expect(throws: CTCTrainingError.self) { try training.step(batch, learningRate: 0.1) }
        #expect(error == CTCTrainingError(utterance: place, reason: .tooFewFrames(frames: 3, labels: 3, repeats: 1)))
        #expect(error?.description.contains("utterance \(place)") == true)
        #expect(training.network.parameters == before)
    }

    @Test func `an utterance whose loss is not finite is named and counted, and changes nothing`() throws {
        let training = training()
        let before = training.network.parameters
        var batch = (0..<5).map { example(6, [1, 2], filling: 0.1 * Float($0)) }
        batch[3].features[4] = .nan
        let step = try training.step(batch, learningRate: 0.1)
        #expect(step.notFinite == [3] && step.isSkipped && step.loss.isFinite)
        #expect(training.network.parameters == before)
        #expect(training.steps == 1 && training.skippedSteps == 1)
        batch[3].features[4] = 0
        let good = try training.step(batch, learningRate: 0.1)
        #expect(!good.isSkipped && good.gradientNorm.isFinite && good.gradientNorm > 0)
        #expect(training.steps == 2 && training.skippedSteps == 1)
        #expect(training.network.parameters != before)
    }

    @Test func `a gradient that overflows is counted, too`() throws {
        // Features so large that their sum overflows, while weights of zero keep the logits at zero.
        var network = Network(LayerSequence([.init("a", Dense(inputs: 2, outputs: 3))]), seed: 1)
        network.parameters = [Float](repeating: 0, count: network.parameters.count)
        let training = CTCTraining(network: network, blank: 0, weightDecay: 0, seed: 1)
        let batch = [CTCExample](repeating: example(12, [1], filling: 2e38), count: 2)
        let step = try training.step(batch, learningRate: 0.1)
        #expect(step.notFinite.isEmpty && !step.gradientNorm.isFinite && step.isSkipped)
        #expect(training.skippedSteps == 1)
        #expect(training.network.parameters.allSatisfy { $0 == 0 })
    }

    @Test func `an utterance without frames has a loss of nothing if it says nothing, else it is an error`() throws {
        let training = training()
        let step = try training.step([example(0, [])], learningRate: 0.1)
        #expect(step.loss == 0 && step.notFinite.isEmpty)
        #expect(throws: CTCTrainingError(utterance: 1, reason: .tooFewFrames(frames: 0, labels: 1, repeats: 0))) {
            try training.step([example(0, []), example(0, [2])], learningRate: 0.1)
        }
        #expect(throws: CTCTrainingError(utterance: 1, reason: .tooFewFrames(frames: 0, labels: 1, repeats: 0))) {
            try training.step([example(4, [1]), example(0, [2]), example(5, [])], learningRate: 0.1)
        }
    }

    @Test func `with a stride the frames that count are those that come out`() throws {
        let layers = LayerSequence([
            .init("a", TemporalConvolution(inputs: 2, outputs: 3, kernel: 2, stride: 2))
        ])
        let training = CTCTraining(network: Network(layers, seed: 1), blank: 0, weightDecay: 0, seed: 1)
        // Five frames become three, which hold three labels; four become two, which do not.
        _ = try training.step([example(5, [1, 2, 1])], learningRate: 0.1)
        #expect(throws: CTCTrainingError(utterance: 0, reason: .tooFewFrames(frames: 2, labels: 3, repeats: 0))) {
            try training.step([example(4, [1, 2, 1])], learningRate: 0.1)
        }
    }
}
