import Glibc

/// How well probabilities foretell outcomes, by losses that the true probability minimises.
public struct ProperScores: Sendable, Equatable {
    /// Mean of (x − y)².
    public let brier: Double
    /// Mean of −log of what was given to the outcome, nats; scores are held within [2⁻⁵², 1 − 2⁻⁵²].
    public let logLoss: Double

    public init(_ set: ScoreSet) {
        var (squares, logs) = (0.0, 0.0)
        for (score, outcome) in zip(set.scores, set.outcomes) {
            let error = score - (outcome ? 1 : 0)
            squares += error * error
            logs -= outcome ? log(score) : log1p(-score)
        }
        brier = squares / Double(set.count)
        logLoss = logs / Double(set.count)
    }
}
