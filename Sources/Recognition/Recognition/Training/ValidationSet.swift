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
        let pass = NetworkPass(network.layers)
        return examples.reduce(into: WordErrors()) { sum, example in
            guard example.frames > 0 else { return }
            pass.forward(
                SequenceBatch(lengths: [example.frames]), parameters: network.parameters,
                context: ForwardContext(isTraining: false)
            ) { rows in for i in 0..<rows.count { rows[i] = example.features[i] } }
            var decoder = BestPathDecoder(blank: RecognizerModel.blank, labelWindow: labelWindow)
            var found: [Int] = []
            pass.withOutput { logits, batch in
                logits.withUnsafeBufferPointer { all in
                    for t in 0..<batch.frames {
                        let row = UnsafeBufferPointer(rebasing: all[t * network.outputs..<(t + 1) * network.outputs])
                        if let unit = decoder.next(row) { found.append(unit.unit) }
                    }
                }
            }
            sum = sum + WordErrors(reference: example.target, hypothesis: found)
        }
    }
}
