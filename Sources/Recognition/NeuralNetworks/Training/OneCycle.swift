import Glibc

/// A learning rate that rises linearly to its maximum and falls to almost zero along a cosine.
///
/// - Source: L. N. Smith, N. Topin, "Super-convergence", arXiv:1708.07120; cosine form as in common libraries.
public struct OneCycle: Sendable {
    /// Largest learning rate.
    public var maximum: Float
    /// Steps of the whole cycle.
    public var steps: Int
    /// Share of the steps spent rising.
    public var warmUp: Float = 0.3
    /// First rate as a fraction of the maximum.
    public var initialFraction: Float = 0.04

    public init(maximum: Float, steps: Int) {
        self.maximum = maximum
        self.steps = max(1, steps)
    }

    /// - Parameter step: 0 ..< steps.
    public func rate(at step: Int) -> Float {
        let position = Float(step) / Float(steps)
        if position < warmUp {
            return maximum * (initialFraction + (1 - initialFraction) * position / warmUp)
        }
        let fall = (position - warmUp) / (1 - warmUp)
        return maximum * max(0.5 * (1 + cosf(.pi * min(1, fall))), 1e-4)
    }
}
