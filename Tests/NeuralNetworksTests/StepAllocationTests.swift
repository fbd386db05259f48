import AllocationCounter
import NeuralNetworks
import Testing

/// The recogniser runs on the pipeline's thread, which may not allocate once it runs.
@Suite(.enabled(if: allocations_are_counted() == 1, "a sanitizer has a malloc of its own"))
struct StepAllocationTests {
    static let networks = [
        WordsShape(inputs: 39, hidden: 32, layers: 2, outputs: 11).sequence(),
        LiveShape(inputs: 40, width: 32, outputs: 30, planes: [4, 6]).sequence(dropout: 0.1),
        LayerSequence([.init("day", SessionInput(features: 39, sessions: 2)), .init("tanh", Activation(.tanh, features: 39))]),
    ]

    @Test(arguments: 0..<networks.count)
    func `a step allocates nothing`(place: Int) {
        let network = Network(Self.networks[place], seed: 1)
        let frame = [Float](repeating: 0.5, count: network.inputs)
        var logits = [Float](repeating: 0, count: network.outputs)
        var state = network.initialState()
        var output = logits.mutableSpan
        // OpenBLAS claims its own memory at its first calls.
        for _ in 0..<20 { network.step(frame.span, state: &state, into: &output) }
        let before = allocation_counts()
        for _ in 0..<100 { network.step(frame.span, state: &state, into: &output) }
        let after = allocation_counts()
        #expect(after.claimed == before.claimed)
    }

    @Test(arguments: [true, false])
    func `a step with a side network allocates nothing`(isRecurrent: Bool) {
        let shape = LiveShape(inputs: 40, width: 32, outputs: 30, planes: [4, 6])
        let side = SideNetwork(.init(width: 32, rank: 8, taps: 6, isRecurrent: isRecurrent), seed: 2)
        let network = AdaptedNetwork(Network(shape.sequence(), seed: 1), taps: shape.sideTaps, side: side)
        let frame = [Float](repeating: 0.5, count: 40)
        var logits = [Float](repeating: 0, count: 30)
        var state = network.initialState()
        var output = logits.mutableSpan
        for _ in 0..<20 { _ = state.step(network, frame.span, into: &output) }
        let before = allocation_counts()
        for _ in 0..<100 { _ = state.step(network, frame.span, into: &output) }
        let after = allocation_counts()
        #expect(after.claimed == before.claimed)
    }
}
