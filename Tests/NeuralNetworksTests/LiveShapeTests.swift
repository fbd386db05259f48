import NeuralNetworks
import Signals
import Testing

/// The preset `live`: its shapes, taps and look-ahead, that a stream equals a batch, and its gradient.
@Suite struct LiveShapeTests {
    static let shapes = [
        LiveShape(inputs: 6, width: 8, blocks: 5, outputs: 4),
        LiveShape(inputs: 6, width: 8, blocks: 5, outputs: 4, planes: [2, 3]),
    ]

    private func features(_ count: Int, seed: UInt64) -> [Float] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in Float(random.normal()) }
    }

    private func forward(_ network: Network, _ pass: NetworkPass, _ input: [Float], _ lengths: [Int]) {
        pass.forward(
            SequenceBatch(lengths: lengths), parameters: network.parameters, context: ForwardContext(isTraining: false)
        ) { rows in for i in 0..<rows.count { rows[i] = input[i] } }
    }

    @Test(arguments: shapes)
    func `six taps at 50 frames a second, within 80 ms of the sound`(_ shape: LiveShape) throws {
        let layers = shape.sequence()
        #expect(layers.inputs == 6 && layers.outputs == 4 && layers.stride == 2)
        // Frames of 10 ms: a window of 25 ms ends 15 ms after its frame's own 10 ms, and the second frame of a pair is 10 ms away.
        let ahead = try #require(layers.lookAhead)
        #expect(10 * ahead + 10 + 15 <= 80 - 5)
        #expect(shape.taps.count == 6)
        let network = Network(layers, seed: 1)
        for name in shape.taps { #expect(try #require(network.tap(name)).outputs == 8) }
        let pass = NetworkPass(layers)
        forward(network, pass, features(2 * 7 * 6, seed: 1), [7, 4])
        for name in shape.taps {
            pass.withOutput(of: network.tap(name)) { rows, batch in
                #expect(batch.lengths == [4, 2] && rows.count == 4 * 2 * 8)
                #expect((0..<rows.count).contains { rows[$0] != 0 })
            }
        }
    }

    @Test(arguments: shapes, [1, 2, 3, 8, 21])
    func `frame by frame and to the end gives what the whole sequence gives, at the outputs and at the taps`(
        _ shape: LiveShape, frames: Int
    ) throws {
        let network = Network(shape.sequence(dropout: 0.2), seed: 2)
        let input = features(frames * 6, seed: 3)
        let whole = CTCTraining.logits(network, features: input, frames: frames)
        var state = network.initialState()
        var found: [Float] = []
        for t in 0..<frames {
            var logits = [Float](repeating: .nan, count: 4)
            var output = logits.mutableSpan
            let frame = Array(input[6 * t..<6 * t + 6])
            if network.step(frame.span, state: &state, into: &output) { found += logits }
        }
        let running = found.count / 4
        let ahead = try #require(network.layers.lookAhead)
        #expect(running == max(0, frames - ahead + 1) / 2)
        network.finish(&state) { output in found += (0..<output.count).map { output[$0] } }
        #expect(found.count == whole.count && whole.count == (frames + 1) / 2 * 4)
        #expect(zip(found, whole).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test(arguments: shapes)
    func `what comes later than the look-ahead changes nothing`(_ shape: LiveShape) throws {
        let network = Network(shape.sequence(), seed: 2)
        let ahead = try #require(network.layers.lookAhead)
        let input = features(30 * 6, seed: 5)
        var changed = input
        for i in 20 * 6..<30 * 6 { changed[i] = -input[i] }
        let a = CTCTraining.logits(network, features: input, frames: 30)
        let b = CTCTraining.logits(network, features: changed, frames: 30)
        // Output j is made of the frames up to 2 j + look-ahead.
        let same = (20 - ahead + 1) / 2
        #expect(a[..<(4 * same)] == b[..<(4 * same)])
        #expect(a[(4 * same)..<(4 * same + 4)] != b[(4 * same)..<(4 * same + 4)])
    }

    /// The slope of the loss along random directions; single parameters would meet the corners of the rectifiers.
    @Test(arguments: shapes)
    func `its gradient agrees with finite differences along random directions`(_ shape: LiveShape) throws {
        var network = Network(shape.sequence(), seed: 4)
        let batch = [
            CTCExample(features: features(15 * 6, seed: 6), frames: 15, target: [1, 2, 3]),
            CTCExample(features: features(9 * 6, seed: 7), frames: 9, target: [2, 2]),
        ]
        let gradient = try CTCTraining.gradient(network, batch, blank: 0).gradient
        let begin = network.parameters
        for seed in 0..<12 {
            let direction = features(begin.count, seed: 100 + UInt64(seed))
            func loss(_ step: Float) throws -> Double {
                for i in begin.indices { network.parameters[i] = begin[i] + step * direction[i] }
                return try CTCTraining.gradient(network, batch, blank: 0).loss
            }
            let expected = try (loss(0x1p-14) - loss(-0x1p-14)) / 0x1p-13
            let found = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            #expect(abs(found - expected) < 0.01 * max(1, abs(expected)), "\(found) and \(expected)")
        }
    }

    @Test func `it learns three sequences by heart, and every tensor takes part`() throws {
        let shape = LiveShape(inputs: 4, width: 12, blocks: 5, outputs: 3, planes: [2, 3])
        let network = Network(shape.sequence(dropout: 0.05), seed: 1)
        let training = CTCTraining(network: network, blank: 0, weightDecay: 0.01, seed: 2)
        let batch = [[1, 2], [2, 1], [1]].enumerated().map { k, target in
            CTCExample(features: features(16 * 4, seed: UInt64(k)), frames: 16, target: target)
        }
        var loss = 0.0
        for _ in 0..<150 { loss = try training.step(batch, learningRate: 0.01).loss }
        #expect(loss < 0.3)
        for tensor in network.layout.tensors {
            let place = tensor.offset..<tensor.offset + tensor.count
            #expect(network.parameters[place] != training.network.parameters[place], "\(tensor.name)")
        }
    }
}
