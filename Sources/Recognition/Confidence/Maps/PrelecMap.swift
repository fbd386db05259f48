import Glibc

/// Prelec's weighting of probabilities, w(p) = exp(−β (−ln p)^α): a distortion outside of the LLO family, to try what
/// recalibration does when the family is wrong.
///
/// - Source: Prelec, Econometrica 66 (1998) 497.
public struct PrelecMap: Sendable, Equatable {
    /// α, above 0.
    public var alpha: Double
    /// β, above 0.
    public var beta: Double

    /// - Precondition: α and β are above 0.
    public init(alpha: Double, beta: Double = 1) {
        precondition(alpha > 0 && beta > 0 && alpha.isFinite && beta.isFinite, "α and β must be above 0")
        self.alpha = alpha
        self.beta = beta
    }

    /// - Parameter p: 0 … 1; the ends stay.
    public func callAsFunction(_ p: Double) -> Double { exp(-beta * pow(-log(p), alpha)) }

    /// The map that undoes this one.
    public var inverse: PrelecMap { PrelecMap(alpha: 1 / alpha, beta: pow(beta, -1 / alpha)) }
}
