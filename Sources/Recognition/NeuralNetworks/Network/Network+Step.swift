extension Network {
    /// What the network remembers between the frames of a stream, and the memory that a step works in.
    ///
    /// A value: a copy is a branch of the same stream.
    public struct State: Sendable, Equatable {
        var sequence: LayerState
        private let places: [Range<Int>]

        init(_ layers: LayerSequence, session: Int) {
            sequence = layers.initialState(session: session)
            places = layers.places
        }

        /// What each layer remembers, in their order.
        public var layers: [LayerState] { sequence.parts }

        /// Lends the last frame that came out of a tapped layer; zeros before the first.
        public func withOutput<Result>(of tap: Tap, _ body: (Span<Float>) -> Result) -> Result {
            sequence.scratch.withUnsafeBufferPointer {
                body(UnsafeBufferPointer(rebasing: $0[places[tap.layer]]).span)
            }
        }
    }

    /// Whether the network can run in a stream: a layer that reads backwards cannot.
    public var isStreaming: Bool { layers.lookAhead != nil }

    /// - Parameter session: for networks with a ``SessionInput``.
    /// - Precondition: the network can run in a stream.
    public func initialState(session: Int = 0) -> State {
        precondition(isStreaming, "the network needs whole sequences")
        return State(layers, session: session)
    }

    /// Takes one frame; allocates nothing. Frames one by one give the same bits however they arrive.
    /// - Parameters:
    ///   - frame: `inputs` values.
    ///   - state: updated.
    ///   - output: `outputs` values, overwritten when a frame comes out.
    /// - Returns: whether a frame came out: a network with a stride gives one every so many frames, one with look-ahead begins later.
    @discardableResult
    public func step(_ frame: Span<Float>, state: inout State, into output: inout MutableSpan<Float>) -> Bool {
        precondition(frame.count == inputs && output.count == outputs, "frame or output of wrong length")
        guard layers.step(frame, parameters: parameters.span, state: &state.sequence) else { return false }
        copyOutput(state.sequence, &output)
        return true
    }

    /// Ends a stream: the frames that wait for others after them come out, with nothing after them.
    /// - Parameters:
    ///   - state: of the stream; it is not to be used further.
    ///   - body: called with each.
    public func finish(_ state: inout State, _ body: (Span<Float>) -> Void) {
        let last = Tap(layer: layers.entries.count - 1, outputs: outputs)
        for turn in 0..<layers.flushes
        where layers.flush(turn, parameters: parameters.span, state: &state.sequence) {
            state.withOutput(of: last, body)
        }
    }

    private func copyOutput(_ state: LayerState, _ output: inout MutableSpan<Float>) {
        let start = layers.places[layers.entries.count - 1].lowerBound
        for k in 0..<outputs { output[k] = state.scratch[start + k] }
    }
}
