/// An utterance as a frozen network hears it: the outputs of its tapped layers, and what the utterance says. Computed once.
public struct CachedStates: Sendable {
    /// Shape `[taps, frames, width]`.
    public var states: [Float]
    /// Frames of the network's output.
    public var frames: Int
    public var target: [Int]
    public var windows: [ClosedRange<Int>]?

    public init(states: [Float], frames: Int, target: [Int], windows: [ClosedRange<Int>]? = nil) {
        (self.states, self.frames, self.target, self.windows) = (states, frames, target, windows)
    }
}

extension AdaptedNetwork {
    /// Runs examples through the frozen body, one after the other.
    public func cache(_ examples: [CTCExample]) -> [CachedStates] {
        let pass = NetworkPass(body.layers)
        return examples.map { example in
            guard example.frames > 0 else {
                return CachedStates(states: [], frames: 0, target: example.target, windows: example.windows)
            }
            pass.forward(
                SequenceBatch(lengths: [example.frames], sessions: [example.session]), parameters: body.parameters,
                context: ForwardContext(isTraining: false)
            ) { rows in for i in 0..<rows.count { rows[i] = example.features[i] } }
            let frames = self.frames(after: example.frames)
            var states = [Float](repeating: 0, count: taps.count * frames * side.shape.width)
            for (k, tap) in taps.enumerated() {
                pass.withOutput(of: tap) { values, _ in
                    for i in 0..<values.count { states[k * frames * side.shape.width + i] = values[i] }
                }
            }
            return CachedStates(states: states, frames: frames, target: example.target, windows: example.windows)
        }
    }
}
