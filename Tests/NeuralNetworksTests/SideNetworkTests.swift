import NeuralNetworks
import Signals
import Testing

private func numbers(_ count: Int, seed: UInt64, size: Float = 1) -> [Float] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in size * Float(2 * random.uniform() - 1) }
}

/// A frozen network of each preset, with its taps.
private enum Backbone: CaseIterable {
    case words, live

    var shape: RecognizerShape {
        switch self {
        case .words: .words(WordsShape(inputs: 5, hidden: 6, layers: 3, outputs: 4))
        case .live: .live(LiveShape(inputs: 6, width: 8, blocks: 3, outputs: 4, planes: [2]))
        }
    }

    var network: Network { Network(shape.sequence(dropout: 0.1), seed: 4) }
    var taps: [String] { shape.side?.taps ?? [] }

    /// - Parameter size: of the correction, which begins at zero.
    func adapted(isRecurrent: Bool = true, correction size: Float = 0) -> AdaptedNetwork {
        var side = SideNetwork(
            .init(width: shape.side?.width ?? 0, rank: 3, taps: taps.count, isRecurrent: isRecurrent), seed: 7)
        if size > 0 {
            for tensor in side.network.layout.tensors where tensor.name.hasPrefix("correction") {
                let drawn = numbers(tensor.count, seed: 8, size: size)
                for k in 0..<tensor.count { side.network.parameters[tensor.offset + k] = drawn[k] }
            }
        }
        return AdaptedNetwork(network, taps: taps, side: side)
    }

    func examples() -> [CTCExample] {
        [(20, [1, 2]), (14, [3]), (9, [2])].enumerated().map { k, part in
            CTCExample(
                features: numbers(part.0 * shape.inputs, seed: 20 + UInt64(k)), frames: part.0, target: part.1)
        }
    }
}

/// Logits of all frames that come out of a stream.
private func stream(_ network: AdaptedNetwork, _ features: [Float], inputs: Int) -> [Float] {
    var state = network.initialState()
    var logits = [Float](repeating: 0, count: network.head.outputs)
    var found: [Float] = []
    for start in stride(from: 0, to: features.count, by: inputs) {
        let frame = Array(features[start..<start + inputs])
        var output = logits.mutableSpan
        if state.step(network, frame.span, into: &output) { found += logits }
    }
    return found
}

@Suite struct SideNetworkTests {
    @Test(arguments: Backbone.allCases, [true, false])
    fileprivate func `a new side network changes no bit of a stream`(backbone: Backbone, isRecurrent: Bool) {
        let network = backbone.network
        let features = numbers(60 * network.inputs, seed: 3)
        var state = network.initialState()
        var logits = [Float](repeating: 0, count: network.outputs)
        var expected: [Float] = []
        for start in stride(from: 0, to: features.count, by: network.inputs) {
            let frame = Array(features[start..<start + network.inputs])
            var output = logits.mutableSpan
            if network.step(frame.span, state: &state, into: &output) { expected += logits }
        }
        #expect(expected.count > 20)
        let plain = stream(backbone.adapted(isRecurrent: isRecurrent), features, inputs: network.inputs)
        #expect(plain.map(\.bitPattern) == expected.map(\.bitPattern))
        #expect(
            stream(backbone.adapted(isRecurrent: isRecurrent, correction: 0.5), features, inputs: network.inputs) != expected)
    }

    @Test(arguments: Backbone.allCases, [true, false])
    fileprivate func `frame by frame gives what cached states give`(backbone: Backbone, isRecurrent: Bool) {
        let network = backbone.adapted(isRecurrent: isRecurrent, correction: 0.5)
        let example = backbone.examples()[0]
        let cached = network.cache([example])[0]
        #expect(cached.frames == network.frames(after: example.frames))
        #expect(cached.states.count * 4 == network.cacheBytes(frames: cached.frames))
        let whole = SideTraining.logits(network, cached)
        let running = stream(network, example.features, inputs: backbone.shape.inputs)
        // What waits for the look-ahead does not come out of a stream that goes on.
        #expect(running.count > whole.count / 2 && running.count <= whole.count)
        #expect(zip(running, whole).allSatisfy { abs($0 - $1) < 1e-5 })
        // A new side network is no more than the frozen one.
        let untouched = SideTraining.logits(backbone.adapted(isRecurrent: isRecurrent), cached)
        let frozen = CTCTraining.logits(backbone.network, features: example.features, frames: example.frames)
        #expect(zip(untouched, frozen).allSatisfy { abs($0 - $1) < 1e-5 } && untouched.count == frozen.count)
    }

    @Test(arguments: Backbone.allCases, [true, false])
    fileprivate func `its gradient agrees with finite differences, tensor by tensor`(backbone: Backbone, isRecurrent: Bool)
        throws
    {
        var network = backbone.adapted(isRecurrent: isRecurrent, correction: 0.5)
        let cached = network.cache(backbone.examples())
        let gradient = try SideTraining.gradient(network, cached, blank: 0).gradient
        let begin = network.side.network.parameters
        for tensor in network.side.network.layout.tensors {
            let place = tensor.offset..<tensor.offset + tensor.count
            let direction = numbers(tensor.count, seed: UInt64(30 + tensor.offset))
            func loss(_ step: Float) throws -> Double {
                network.side.network.parameters = begin
                for (k, i) in place.enumerated() { network.side.network.parameters[i] += step * direction[k] }
                return try SideTraining.gradient(network, cached, blank: 0).loss
            }
            let expected = try (loss(0x1p-8) - loss(-0x1p-8)) / 0x1p-7
            let found = zip(gradient[place], direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            #expect(abs(found - expected) < 2e-3 * max(0.1, abs(expected)), "\(tensor.name): \(found) and \(expected)")
            // The cell of the ablation has no state before it: what multiplies it learns nothing.
            if isRecurrent || tensor.name != "cell.weight_hh_l0" {
                #expect(gradient[place].contains { $0 != 0 }, "\(tensor.name)")
            }
        }
    }

    @Test func `its size does not depend on the depth; that of the ablation does`() {
        func count(_ taps: Int, _ isRecurrent: Bool = true) -> Int {
            ParameterLayout(SideNetwork.Shape(width: 256, rank: 32, taps: taps, isRecurrent: isRecurrent).layers).count
        }
        // d r + 6 r² + 6 r + r d, and the biases of joiner and correction.
        #expect(count(3) == 22_720 + 32 + 256 && count(12) == count(3))
        let cell = 6 * 32 * 32 + 6 * 32
        #expect(count(6, false) == 6 * (256 * 32 + 32 + cell) + 6 * 32 * 256 + 256)
    }

    @Test(arguments: [true, false])
    func `it learns by heart what the frozen network reads wrongly, and leaves that as it was`(isRecurrent: Bool) throws {
        let backbone = Backbone.live
        let begin = backbone.adapted(isRecurrent: isRecurrent)
        let cached = begin.cache(backbone.examples())
        let training = SideTraining(begin, blank: 0, weightDecay: 0.01)
        let first = try training.step(cached, learningRate: 0.02)
        var last = first
        for _ in 0..<250 { last = try training.step(cached, learningRate: 0.02) }
        #expect(last.loss < 0.5 * first.loss, "\(first.loss) and \(last.loss)")
        #expect(training.network.body == begin.body && training.network.head == begin.head && training.skippedSteps == 0)
    }

    @Test func `two runs give the same bits, and what cannot be spelt is named`() throws {
        let begin = Backbone.words.adapted()
        let cached = begin.cache(Backbone.words.examples())
        func run() throws -> SideNetwork {
            let training = SideTraining(begin, blank: 0, weightDecay: 0.01)
            for _ in 0..<5 { _ = try training.step(cached, learningRate: 0.01) }
            return training.network.side
        }
        #expect(try run() == run())
        var wrong = cached
        wrong[2].target = [Int](repeating: 1, count: 30)
        let error = #expect(throws: CTCTrainingError.self) {
            try SideTraining(begin, blank: 0, weightDecay: 0).step(wrong, learningRate: 0.01)
        }
        #expect(error?.utterance == 2)
    }
}

@Suite struct ReparameterisationTests {
    private let network = Backbone.live.network
    private var batch: [CTCExample] { Backbone.live.examples() }

    @Test func `low-rank updates begin with the network as it is, and their gradient agrees with finite differences`() throws {
        var updates = LowRankUpdates(network, rank: 2, seed: 3) { $0.name.contains("gru") }
        var parameters = network.parameters
        updates.write(into: &parameters)
        #expect(parameters == network.parameters)
        updates.values = zip(updates.values, numbers(updates.values.count, seed: 5, size: 0.2)).map { $0 + $1 }
        func loss(_ values: [Float]) throws -> (loss: Double, gradient: [Float]) {
            var changed = updates
            changed.values = values
            var adapted = network
            changed.write(into: &adapted.parameters)
            let found = try CTCTraining.gradient(adapted, batch, blank: 0)
            return (found.loss, changed.gradient(found.gradient))
        }
        let gradient = try loss(updates.values).gradient
        for seed in 0..<6 {
            let direction = numbers(gradient.count, seed: 40 + UInt64(seed))
            func along(_ step: Float) throws -> Double {
                try loss(zip(updates.values, direction).map { $0 + step * $1 }).loss
            }
            let expected = try (along(0x1p-10) - along(-0x1p-10)) / 0x1p-9
            let found = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            #expect(abs(found - expected) < 0.01 * max(1, abs(expected)), "\(found) and \(expected)")
        }
    }

    @Test func `only the tensors that were chosen are trained`() throws {
        let biases = ChosenTensors(network) { !$0.decays }
        let training = CTCTraining(network: network, blank: 0, weightDecay: 0.1, reparameterisation: biases, seed: 1)
        var (first, last) = (0.0, 0.0)
        for step in 0..<80 {
            last = try training.step(batch, learningRate: 0.02).loss
            if step == 0 { first = last }
        }
        #expect(last < first)
        for tensor in network.layout.tensors {
            let place = tensor.offset..<tensor.offset + tensor.count
            #expect((network.parameters[place] == training.network.parameters[place]) == tensor.decays, "\(tensor.name)")
        }
    }
}
