import Glibc

/// Probabilities and their log odds.
enum Probability {
    /// 2⁻⁵²: as near to 0 and 1 as a probability is taken, so that losses stay finite (36.04 nats).
    static let least = 0x1p-52

    static func held(_ p: Double) -> Double { min(max(p, least), 1 - least) }

    /// log p/(1 − p), exact near 0 and 1, too; ±∞ at them.
    static func logit(_ p: Double) -> Double { log(p) - log1p(-p) }

    /// 1/(1 + exp(−z)) without overflow.
    static func logistic(_ z: Double) -> Double {
        let e = exp(-abs(z))
        return z >= 0 ? 1 / (1 + e) : e / (1 + e)
    }

    /// log(1 + exp z) without overflow.
    static func softplus(_ z: Double) -> Double { max(z, 0) + log1p(exp(-abs(z))) }
}
