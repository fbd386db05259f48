import Glibc

/// The AdamW optimiser: Adam with decoupled weight decay.
///
///     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
///     θ ← θ − η (m̂ / (√v̂ + ε) + λ θ)
///
/// λ is PyTorch's: it is multiplied by the learning rate. What decays is the layer's to say (``LayerParameter/decays``): weights of
/// products and of convolutions do; biases, norms (gain and offset), inputs of sessions and what an adapter adds as a scalar do not.
/// ``Timescale`` says λ in epochs.
///
/// - Source: I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", ICLR 2019, algorithm 2.
public struct AdamW: Sendable {
    /// Decay of the mean of the gradients.
    public var beta1: Float = 0.9
    /// Decay of the mean of their squares.
    public var beta2: Float = 0.999
    /// Added to the root of the second mean.
    public var epsilon: Float = 1e-8
    /// λ, applied to the tensors that the layout lets decay: weights, not biases or norms.
    public var weightDecay: Float
    /// Running means of the gradients and of their squares, in the order of the parameters.
    public private(set) var first: [Float]
    public private(set) var second: [Float]
    private let decays: [Bool]
    /// Steps so far.
    public private(set) var steps = 0

    public init(_ layout: ParameterLayout, weightDecay: Float) {
        self.init(
            decays: layout.tensors.flatMap { [Bool](repeating: $0.decays, count: $0.count) }, weightDecay: weightDecay)
    }

    /// - Parameter decays: of each parameter, whether it decays.
    public init(decays: [Bool], weightDecay: Float) {
        self.weightDecay = weightDecay
        first = [Float](repeating: 0, count: decays.count)
        second = first
        self.decays = decays
    }

    /// Goes on where another one of the same layout was.
    /// - Precondition: as many values as there are parameters.
    public mutating func restore(first: [Float], second: [Float], steps: Int) {
        precondition(first.count == self.first.count && second.count == first.count, "another number of parameters")
        (self.first, self.second, self.steps) = (first, second, steps)
    }

    /// One step against `gradient`.
    public mutating func update(_ parameters: inout [Float], gradient: [Float], learningRate: Float) {
        precondition(parameters.count == first.count && gradient.count == first.count, "parameters changed their number")
        steps += 1
        let correction1 = 1 - powf(beta1, Float(steps))
        let correction2 = 1 - powf(beta2, Float(steps))
        let rule = AdamWRule(
            beta1: beta1, beta2: beta2, epsilon: epsilon, corrections: (correction1, correction2), learningRate: learningRate)
        for i in parameters.indices {
            rule.advance(
                &parameters[i], first: &first[i], second: &second[i], gradient: gradient[i],
                weightDecay: decays[i] ? weightDecay : 0)
        }
    }
}

/// One step of ``AdamW`` for one parameter, in any precision.
public struct AdamWRule<Scalar: BinaryFloatingPoint> {
    private let beta1: Scalar
    private let beta2: Scalar
    private let epsilon: Scalar
    private let corrections: (Scalar, Scalar)
    private let learningRate: Scalar

    /// - Parameter corrections: 1 − β₁ᵗ and 1 − β₂ᵗ at step t.
    public init(beta1: Scalar, beta2: Scalar, epsilon: Scalar, corrections: (Scalar, Scalar), learningRate: Scalar) {
        (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
        (self.corrections, self.learningRate) = (corrections, learningRate)
    }

    /// - Parameters:
    ///   - parameter: updated, as are its two running means.
    ///   - weightDecay: 0 for a parameter that does not decay.
    @inline(__always)
    public func advance(
        _ parameter: inout Scalar, first: inout Scalar, second: inout Scalar, gradient g: Scalar, weightDecay: Scalar
    ) {
        let direction = direction(first: &first, second: &second, gradient: g)
        let decay = weightDecay == 0 ? 0 : weightDecay * parameter
        parameter -= learningRate * (direction + decay)
    }

    /// m̂ / (√v̂ + ε), with the means moved on by a gradient.
    @inline(__always)
    public func direction(first: inout Scalar, second: inout Scalar, gradient g: Scalar) -> Scalar {
        first = beta1 * first + (1 - beta1) * g
        second = beta2 * second + (1 - beta2) * g * g
        return (first / corrections.0) / ((second / corrections.1).squareRoot() + epsilon)
    }
}

/// Scales a gradient down to a largest Euclidean norm.
/// - Returns: the norm before; not finite when the gradient is not.
@discardableResult
public func clip(_ gradient: inout [Float], toNorm limit: Float) -> Float {
    var sum = 0.0
    for g in gradient { sum += Double(g) * Double(g) }
    let norm = Float(sum.squareRoot())
    if norm > limit, norm.isFinite {
        let scale = limit / norm
        for i in gradient.indices { gradient[i] *= scale }
    }
    return norm
}
