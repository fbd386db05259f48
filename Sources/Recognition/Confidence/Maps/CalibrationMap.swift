import Glibc

/// A map from scores to probabilities.
public enum CalibrationMap: Sendable, Equatable {
    /// Scores as they are.
    case identity
    case llo(LogOddsMap)
    /// logit c = logit x / T.
    case temperature(Double)
    /// c = 1/(1 + exp(slope · x + intercept)), of the score itself, not of its log odds.
    case platt(slope: Double, intercept: Double)
    /// logit c = a ln x − b ln(1 − x) + c.
    case beta(a: Double, b: Double, c: Double)
    /// Linear between knots with growing x and y, constant beyond them.
    case isotonic(x: [Double], y: [Double])

    /// - Parameter x: between 0 and 1.
    /// - Returns: 0 … 1; isotonic maps may give 0 and 1 themselves.
    public func callAsFunction(_ x: Double) -> Double {
        switch self {
        case .identity: x
        case .llo(let map): map(x)
        case .temperature(let t): Probability.logistic(Probability.logit(x) / t)
        case .platt(let slope, let intercept): Probability.logistic(-(slope * x + intercept))
        case .beta(let a, let b, let c):
            Probability.logistic((a == 0 ? 0 : a * log(x)) - (b == 0 ? 0 : b * log1p(-x)) + c)
        case .isotonic(let xs, let ys): PooledAdjacentViolators.value(at: x, x: xs, y: ys)
        }
    }

    /// The set with mapped scores, held within [2⁻⁵², 1 − 2⁻⁵²].
    public func applied(to set: ScoreSet) -> ScoreSet { set.rescored(set.scores.map { self($0) }) }
}
