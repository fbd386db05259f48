import Foundation
import NeuralNetworks
import Signals
import Testing

@Suite struct FramewiseLossTests {
    private let network = Network(
        LayerSequence([.init("gru", GRU(inputs: 3, hidden: 5)), .init("output", Dense(inputs: 5, outputs: 4 + 3))]), seed: 4)

    private func examples(classes: Bool) -> [CTCExample] {
        var random = SplitMix64(seed: 8)
        return [9, 6].map { frames in
            CTCExample(
                features: (0..<frames * 3).map { _ in Float(random.normal()) }, frames: frames, target: [1, 3],
                classes: classes ? (0..<frames).map { $0 % 4 - 1 } : [])
        }
    }

    @Test func `the loss is CTC's plus the weighted cross-entropy of the frames that have a class`() throws {
        let framewise = FramewiseLoss(classes: 3, weight: 0.3)
        let both = try CTCTraining.gradient(network, examples(classes: true), blank: 0, framewise: framewise)
        let alone = try CTCTraining.gradient(network.withoutLastOutputs(3), examples(classes: true), blank: 0)
        var entropy = 0.0
        for example in examples(classes: true) {
            let logits = CTCTraining.logits(network, features: example.features, frames: example.frames)
            for (t, label) in example.classes.enumerated() where label >= 0 {
                let row = logits[t * 7 + 4..<t * 7 + 7].map(Double.init)
                entropy += 0.3 * (log(row.map { exp($0) }.reduce(0, +)) - row[label])
            }
        }
        #expect(abs(both.loss - alone.loss - entropy / 2) < 1e-5)
    }

    @Test func `its gradient is that of finite differences`() throws {
        let framewise = FramewiseLoss(classes: 3, weight: 0.7)
        let batch = examples(classes: true)
        let found = try CTCTraining.gradient(network, batch, blank: 0, framewise: framewise).gradient
        for index in stride(from: 0, to: network.parameters.count, by: 7) {
            func loss(_ step: Float) throws -> Double {
                var moved = network
                moved.parameters[index] += step
                return try CTCTraining.gradient(moved, batch, blank: 0, framewise: framewise).loss
            }
            let expected = try (loss(0.01) - loss(-0.01)) / 0.02
            #expect(abs(Double(found[index]) - expected) < 2e-3 * max(1, abs(expected)), "parameter \(index)")
        }
    }

    @Test func `without a class the outputs behind the units learn nothing, and cutting them off changes no unit`() throws {
        let framewise = FramewiseLoss(classes: 3, weight: 1)
        let found = try CTCTraining.gradient(network, examples(classes: false), blank: 0, framewise: framewise)
        let cut = network.withoutLastOutputs(3)
        let alone = try CTCTraining.gradient(cut, examples(classes: false), blank: 0)
        #expect(abs(found.loss - alone.loss) < 1e-9)
        let example = examples(classes: false)[0]
        let whole = CTCTraining.logits(network, features: example.features, frames: example.frames)
        let shorter = CTCTraining.logits(cut, features: example.features, frames: example.frames)
        #expect(cut.outputs == 4)
        for t in 0..<example.frames {
            for k in 0..<4 { #expect(abs(whole[t * 7 + k] - shorter[t * 4 + k]) < 1e-6) }
        }
    }
}
