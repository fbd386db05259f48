import Glibc

/// What thresholds do to a set of scored events, and whether the scores keep what they promise.
public struct ActionReport: Sendable, Equatable {
    /// Shares of all rows.
    public let acted: Double
    /// Share of rows for which somebody is asked.
    public let confirmed: Double
    /// Share of rows that are left.
    public let ignored: Double
    /// Mean of 1 − p over the rows acted on: false actions that the probabilities promise; NaN when none is.
    public let promisedFalseRate: Double
    /// Share of wrong rows among those acted on; NaN when none is.
    public let realisedFalseRate: Double

    public init(_ set: ScoreSet, _ thresholds: ActionThresholds) {
        var counts: [ActionThresholds.Action: Int] = [:]
        var (promised, wrong) = (0.0, 0)
        for (score, outcome) in zip(set.scores, set.outcomes) {
            let action = thresholds.action(at: score)
            counts[action, default: 0] += 1
            guard action == .act else { continue }
            promised += 1 - score
            wrong += outcome ? 0 : 1
        }
        func share(_ action: ActionThresholds.Action) -> Double { Double(counts[action] ?? 0) / Double(set.count) }
        acted = share(.act)
        confirmed = share(.confirm)
        ignored = share(.ignore)
        let actions = Double(counts[.act] ?? 0)
        promisedFalseRate = promised / actions
        realisedFalseRate = Double(wrong) / actions
    }

    /// The 95 % interval of the realised rate by drawing clusters; nil where half of the draws act on nothing.
    ///
    /// Where every action was right, or every one wrong, draws cannot differ: the interval is then that of as many independent trials
    /// as there are clusters with actions, 1 − 0.025^(1/m) wide (Clopper & Pearson, Biometrika 26 (1934) 404).
    public static func realisedInterval(
        _ set: ScoreSet, _ thresholds: ActionThresholds, resamples: Int = 400, seed: UInt64 = 1
    ) -> ClosedRange<Double>? {
        let realised = ActionReport(set, thresholds).realisedFalseRate
        guard realised.isFinite else { return nil }
        if realised == 0 || realised == 1 {
            let acting = set.rowsByCluster.count { $0.contains { thresholds.action(at: set.scores[$0]) == .act } }
            let width = 1 - pow(0.025, 1 / Double(acting))
            return realised == 0 ? 0...width : (1 - width)...1
        }
        return ClusterBootstrap.intervals(set, resamples: resamples, seed: seed) { draw in
            [ActionReport(draw, thresholds).realisedFalseRate]
        }[0]
    }
}
