import NeuralNetworks
import Signals

/// Strings of the validation split, always the same ones: what a training is watched with.
struct ValidationSet {
    private let examples: [CTCExample]
    private let labelWindow: Int

    /// - Parameter strings: of the validation utterances, without perturbation.
    init(_ strings: TrainingStrings, _ examples: (TrainingStrings.Sample) -> CTCExample) {
        var random = SplitMix64(seed: 0x7A11_DA7E)
        let groups = strings.groups(&random)
        self.examples = groups.map { examples(strings.make($0, seed: random.next())) }
        labelWindow = strings.joins ? strings.recipe.labelWindow : 0
    }

    /// Differences between what was said and what the best path reads, in units.
    func errors(_ network: Network) -> WordErrors {
        var sum = WordErrors()
        forEach(network) { example, logits, frames in
            var decoder = BestPathDecoder(blank: RecognizerModel.blank, labelWindow: labelWindow)
            var found: [Int] = []
            for t in 0..<frames {
                let row = UnsafeBufferPointer(rebasing: logits[t * network.outputs..<(t + 1) * network.outputs])
                if let unit = decoder.next(row) { found.append(unit.unit) }
            }
            sum = sum + WordErrors(reference: example.target, hypothesis: found)
        }
        return sum
    }

    /// Mean CTC loss of a string, as training has it, in nats; nil when a string has none.
    func loss(_ network: Network) -> Double? {
        let loss = CTCLoss(blank: RecognizerModel.blank)
        var losses: [Double?] = []
        forEach(network) { example, logits, frames in
            losses.append(
                logits.baseAddress.flatMap {
                    try? loss.evaluate(
                        logits: $0, stride: network.outputs, frames: frames, units: network.outputs, target: example.target,
                        windows: example.windows, gradient: nil)
                })
        }
        let found = losses.compactMap { $0 }
        return found.count == losses.count && !found.isEmpty ? found.reduce(0, +) / Double(found.count) : nil
    }

    private func forEach(_ network: Network, _ body: (CTCExample, UnsafeBufferPointer<Float>, Int) -> Void) {
        let pass = NetworkPass(network.layers)
        for example in examples where example.frames > 0 {
            pass.forward(
                SequenceBatch(lengths: [example.frames]), parameters: network.parameters,
                context: ForwardContext(isTraining: false)
            ) { rows in for i in 0..<rows.count { rows[i] = example.features[i] } }
            pass.withOutput { logits, batch in
                logits.withUnsafeBufferPointer { body(example, $0, batch.frames) }
            }
        }
    }
}
