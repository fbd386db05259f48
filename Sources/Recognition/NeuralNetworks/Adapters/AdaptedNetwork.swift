/// A frozen network with a ``SideNetwork`` that corrects the output of one of its layers: the layers before are the body, those after it
/// the head.
///
///     y = head(φ_N + U h_N + c)
public struct AdaptedNetwork: Sendable, Equatable {
    /// Frozen.
    public let body: Network
    /// Frozen, and without a memory: each frame by itself.
    public let head: Network
    public var side: SideNetwork
    let taps: [Network.Tap]

    /// - Parameters:
    ///   - network: stays as it is.
    ///   - taps: names of its layers, in their order: all as wide as the side network, none of them waiting for frames that a later one
    ///     does not wait for. The last one is corrected.
    /// - Precondition: so it is; the network's head has no memory.
    public init(_ network: Network, taps names: [String], side: SideNetwork) {
        guard let last = names.last, let parts = network.split(after: last) else {
            preconditionFailure("a layer to correct, with others behind it")
        }
        (body, head) = parts
        self.side = side
        let body = body
        taps = names.compactMap { body.tap($0) }
        precondition(
            taps.count == names.count && taps.count == side.shape.taps && taps.allSatisfy { $0.outputs == side.shape.width },
            "the side network does not fit the taps")
        let between = body.layers.entries[((taps.first?.layer ?? 0) + 1)...]
        precondition(between.allSatisfy { $0.layer.stride == 1 && $0.layer.lookAhead == 0 }, "taps are of the same frame")
        precondition(
            head.layers.entries.allSatisfy {
                $0.layer.stride == 1 && $0.layer.lookAhead == 0 && $0.layer.initialState(session: 0) == LayerState()
            }, "the head has no memory")
    }

    public static func == (a: AdaptedNetwork, b: AdaptedNetwork) -> Bool {
        a.body == b.body && a.head == b.head && a.side == b.side && a.taps == b.taps
    }

    /// Frames of the body's output for so many of its input.
    public func frames(after inputs: Int) -> Int { (inputs + body.layers.stride - 1) / body.layers.stride }

    /// Bytes of the frozen states of so many output frames.
    public func cacheBytes(frames: Int) -> Int { frames * side.shape.taps * side.shape.width * 4 }

    // MARK: In a stream

    /// What the networks remember between the frames of a stream, and the memory that a step works in.
    public struct State: Sendable, Equatable {
        var body: Network.State
        var head: LayerState
        var side: SideNetwork.State
        var gathered: [Float]
        var corrected: [Float]

        /// Takes one frame; allocates nothing.
        /// - Parameters:
        ///   - network: that the state is of.
        ///   - frame: `inputs` values.
        ///   - output: `outputs` values, overwritten when a frame comes out.
        /// - Returns: whether a frame came out.
        public mutating func step(
            _ network: AdaptedNetwork, _ frame: Span<Float>, into output: inout MutableSpan<Float>
        ) -> Bool {
            guard network.body.layers.step(frame, parameters: network.body.parameters.span, state: &body.sequence) else {
                return false
            }
            let width = network.side.shape.width
            Self.gather(network.taps, body, &gathered)
            Self.correct(network.side, gathered, &side, &corrected)
            let last = gathered.count - width
            for k in 0..<width { corrected[k] += gathered[last + k] }
            Self.finish(network.head, corrected, &head, &output)
            return true
        }

        private static func finish(
            _ network: Network, _ corrected: [Float], _ state: inout LayerState, _ output: inout MutableSpan<Float>
        ) {
            _ = network.layers.step(corrected.span, parameters: network.parameters.span, state: &state)
            let start = network.layers.places[network.layers.entries.count - 1].lowerBound
            for k in 0..<output.count { output[k] = state.scratch[start + k] }
        }

        private static func gather(_ taps: [Network.Tap], _ body: Network.State, _ gathered: inout [Float]) {
            var place = 0
            for tap in taps {
                body.withOutput(of: tap) { values in
                    for k in 0..<values.count { gathered[place + k] = values[k] }
                }
                place += tap.outputs
            }
        }

        private static func correct(
            _ network: SideNetwork, _ taps: [Float], _ state: inout SideNetwork.State, _ corrected: inout [Float]
        ) {
            var output = corrected.mutableSpan
            network.step(taps.span, state: &state, into: &output)
        }
    }

    /// - Precondition: the body can run in a stream.
    public func initialState() -> State {
        State(
            body: body.initialState(), head: head.layers.initialState(session: 0), side: side.initialState(),
            gathered: [Float](repeating: 0, count: side.shape.taps * side.shape.width),
            corrected: [Float](repeating: 0, count: side.shape.width))
    }
}
