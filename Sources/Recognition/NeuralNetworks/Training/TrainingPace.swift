import Glibc

/// How learning rate and the weights of the two losses change in a training on whole sentences: first mostly where phonemes are, then what
/// is said; the rate stays for a while and falls along a cosine.
public struct TrainingPace: Sendable, Equatable {
    /// Share of the steps with the full learning rate, the rise at the beginning included.
    public var flat = 0.4
    /// Share of the steps in which the rate rises.
    public var warmUp = 0.01
    /// Share of the steps at the beginning in which the framewise loss leads.
    public var leading = 0.12
    /// Weights of CTC and of the framewise loss in these.
    public var leadingWeights = LossWeights(ctc: 0.1, framewise: 1)
    /// Whether the first pass goes from short sentences to long ones.
    public var isShortestFirst = true

    public init() {}

    /// - Parameter position: share of the steps that is done, 0 …< 1.
    /// - Returns: times the largest learning rate.
    public func rate(at position: Double) -> Double {
        if position < warmUp { return 0.04 + 0.96 * position / warmUp }
        guard position > flat else { return 1 }
        return max(0.5 * (1 + cos(.pi * min(1, (position - flat) / (1 - flat)))), 1e-4)
    }

    /// - Parameter later: of the rest of the training.
    public func weights(at position: Double, later: LossWeights) -> LossWeights {
        position < leading ? leadingWeights : later
    }
}

/// What the losses of a training count.
public struct LossWeights: Sendable, Equatable {
    public var ctc: Float
    /// Of the framewise loss; nil for its own.
    public var framewise: Float?

    public init(ctc: Float = 1, framewise: Float? = nil) { (self.ctc, self.framewise) = (ctc, framewise) }
}
