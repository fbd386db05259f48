import Signals

/// Percentile intervals by drawing whole clusters (utterances) with replacement; rows are drawn alone when they are independent.
///
/// - Source: Davison & Hinkley, Bootstrap Methods and their Application (1997), section 3.8; Efron's percentile interval.
public enum ClusterBootstrap {
    /// - Parameters:
    ///   - set: to draw from.
    ///   - resamples: number of draws.
    ///   - level: share of draws within each interval.
    ///   - seed: the same seed gives the same draws.
    ///   - centres: values of the whole set that their intervals are centred at; NaN, or nil for all, leaves the percentiles.
    ///     Draws hold rows twice, and what fits itself to rows (PAV, bins) finds more in them than in the set: that difference
    ///     of means is taken off.
    ///   - statistics: numbers of a set, always as many, NaN where a draw has none (all its outcomes are equal, say). Clusters
    ///     of a draw are those that were drawn: one drawn twice counts as two.
    /// - Returns: one interval per number; nil where fewer than half of the draws had it.
    public static func intervals(
        _ set: ScoreSet, resamples: Int = 400, level: Double = 0.95, seed: UInt64 = 1, centres: [Double]? = nil,
        _ statistics: (ScoreSet) -> [Double]
    ) -> [ClosedRange<Double>?] {
        precondition(resamples >= 2 && level > 0 && level < 1, "a bootstrap has resamples and a level")
        let groups = set.rowsByCluster
        var random = SplitMix64(seed: seed)
        var draws: [[Double]] = []
        for _ in 0..<resamples {
            var rows: [Int] = []
            var clusters: [Int] = []
            rows.reserveCapacity(set.count)
            for number in groups.indices {
                let group = groups[random.integer(below: groups.count)]
                rows += group
                if set.clusters != nil { clusters += repeatElement(number, count: group.count) }
            }
            draws.append(statistics(set.rows(rows, clusters: set.clusters == nil ? nil : clusters)))
        }
        return (draws.first ?? []).indices.map { index in
            let values = draws.compactMap { $0[index].isNaN ? nil : $0[index] }
            guard values.count * 2 >= resamples else { return nil }
            let centre = centres?[index] ?? .nan
            let bias = centre.isNaN ? 0 : values.reduce(0, +) / Double(values.count) - centre
            return Quantile.of(values, (1 - level) / 2) - bias...Quantile.of(values, (1 + level) / 2) - bias
        }
    }
}
