import Glibc

/// The linear map of log odds (LLO) of probabilities:
///
///     c(x; δ, γ) = δ x^γ / (δ x^γ + (1 − x)^γ)    ⇔    logit c = log δ + γ logit x
///
/// δ shifts (above 1 upwards), γ spreads (above 1 away from the middle). (1, 1) changes nothing.
///
/// - Source: Guthrie & Franck, The American Statistician 2024, doi 10.1080/00031305.2024.2339266; after Turner et al. 2014 and
///   Gonzalez & Wu 1999.
public struct LogOddsMap: Sendable, Equatable {
    /// δ, above 0: shifts all log odds by log δ.
    public var delta: Double
    /// γ: multiplies all log odds; above 1 spreads the probabilities.
    public var gamma: Double

    /// - Precondition: δ is above 0, both are finite.
    public init(delta: Double, gamma: Double) {
        precondition(delta > 0 && delta.isFinite && gamma.isFinite, "δ must be above 0, δ and γ finite")
        self.delta = delta
        self.gamma = gamma
    }

    /// - Parameter x: 0 … 1; the ends stay where they are when γ > 0, and change places when γ < 0.
    /// - Returns: 0 … 1.
    public func callAsFunction(_ x: Double) -> Double {
        Probability.logistic(log(delta) + (gamma == 0 ? 0 : gamma * Probability.logit(x)))
    }

    /// The map that undoes this one.
    /// - Precondition: γ is not 0.
    public var inverse: LogOddsMap { LogOddsMap(delta: exp(-log(delta) / gamma), gamma: 1 / gamma) }

    /// Whether the order of scores is turned round, or lost.
    public var keepsOrder: Bool { gamma > 0 }
}
