import NeuralNetworks

/// A training step: GRU, dense layer, CTC, backward, AdamW. 32 sequences of 200 frames.
struct TrainingWork {
    var inputs: Int
    var hidden: Int

    static let cases = [
        TrainingWork(inputs: 39, hidden: 128), TrainingWork(inputs: 39, hidden: 512), TrainingWork(inputs: 155, hidden: 512),
    ]

    private static let (frames, batch, labels, units) = (200, 32, 30, 29)

    func run() {
        let (frames, batch, labels, units) = (Self.frames, Self.batch, Self.labels, Self.units)
        let layers = LayerSequence([
            .init("gru", GRU(inputs: inputs, hidden: hidden)), .init("output", Dense(inputs: hidden, outputs: units)),
        ])
        let k = 1 / Double(hidden).squareRoot()
        let network = Network(
            layers,
            parameters: Draw.gru(inputs: inputs, hidden: hidden) + Draw.uniform(15, units * hidden, -k, k)
                + Draw.uniform(16, units, -k, k))
        let x = Draw.uniform(3, frames * batch * inputs, -1, 1)
        let targets = Draw.integers(2, batch * labels, 1, units)
        let examples = (0..<batch).map { b -> CTCExample in
            var features: [Float] = []
            for t in 0..<frames {
                let row = (t * batch + b) * inputs
                features += x[row..<row + inputs]
            }
            let target = Array(targets[b * labels..<(b + 1) * labels])
            return CTCExample(features: features, frames: frames, target: target)
        }
        let training = CTCTraining(network: network, blank: 0, weightDecay: 0.01, clipNorm: .infinity, seed: 1)
        var first: Double?
        let own = median {
            let step = try? training.step(examples, learningRate: 1e-4)
            first = first ?? step?.loss
        }
        print(
            "\nGRU training step, I = \(inputs), H = \(hidden), T = \(frames), B = \(batch): \(own) ms on two threads, loss \(first ?? .nan)"
        )
        PeerLine.compare(
            "gru_train.py", bench: "gru_train_step", only: "\"I\": \(inputs), \"H\": \(hidden),", own: own,
            expected: [first ?? .nan])
    }
}
