/// From which probability on to act, to ask, or to leave it, by what mistakes cost.
///
///     acting costs (1 − p) C_false,    ignoring costs p C_miss,    asking costs C_ask
///
/// and the cheapest is done. Without asking: act at p ≥ C_false/(C_false + C_miss), else ignore. With it: act at
/// p ≥ 1 − C_ask/C_false and ignore at p < C_ask/C_miss where asking is cheaper than both in between; where it never is, nobody is
/// asked. The thresholds hold for calibrated probabilities only.
public struct ActionThresholds: Sendable, Equatable {
    /// What to do about an event with a probability.
    public enum Action: String, Sendable, CaseIterable { case act, confirm, ignore }

    /// Acting is cheapest from here on.
    public let act: Double
    /// Ignoring is cheapest below; between the two it is cheapest to ask. At most ``act``.
    public let confirm: Double

    /// What a false action and a miss cost where nobody says.
    public static let usualCosts = (false: 5.0, miss: 1.0)

    /// - Parameters:
    ///   - costFalse: of acting when the word was wrong; any unit, above 0.
    ///   - costMiss: of ignoring a right word, above 0.
    ///   - costConfirm: of asking; nil when nobody can be asked.
    public init(costFalse: Double, costMiss: Double, costConfirm: Double? = nil) throws(ConfidenceError) {
        for (name, cost) in [("false action", costFalse), ("miss", costMiss), ("question", costConfirm ?? 1)] {
            guard cost > 0, cost.isFinite else {
                throw ConfidenceError(.outOfRange(name: "the cost of a \(name)", value: cost, expected: "a number above 0"))
            }
        }
        // Of quotients, so that large costs do not overflow.
        let both = 1 / (1 + costMiss / costFalse)
        guard let costConfirm, costConfirm / costMiss < both else {
            (act, confirm) = (both, both)
            return
        }
        act = 1 - costConfirm / costFalse
        confirm = costConfirm / costMiss
    }

    /// What costs least on average at this probability.
    public func action(at probability: Double) -> Action {
        probability >= act ? .act : probability >= confirm ? .confirm : .ignore
    }
}
