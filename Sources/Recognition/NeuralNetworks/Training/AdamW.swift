import Glibc

/// The AdamW optimiser: Adam with decoupled weight decay.
///
///     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
///     θ ← θ − η (m̂ / (√v̂ + ε) + λ θ)
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
        self.weightDecay = weightDecay
        first = [Float](repeating: 0, count: layout.count)
        second = first
        decays = layout.tensors.flatMap { [Bool](repeating: $0.decays, count: $0.count) }
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
        for i in parameters.indices {
            let g = gradient[i]
            first[i] = beta1 * first[i] + (1 - beta1) * g
            second[i] = beta2 * second[i] + (1 - beta2) * g * g
            let direction = (first[i] / correction1) / ((second[i] / correction2).squareRoot() + epsilon)
            let decay = decays[i] ? weightDecay * parameters[i] : 0
            parameters[i] -= learningRate * (direction + decay)
        }
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
