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
        // Drawn rows stand in the order of their scores: what sorts them again has little to do.
        let order = set.scores.indices.sorted { (set.scores[$0], $0) < (set.scores[$1], $1) }
        let groupCount = set.clusters == nil ? set.count : set.clusterCount
        var random = SplitMix64(seed: seed)
        var draws: [[Double]] = []
        for _ in 0..<resamples {
            var rows: [Int] = []
            var clusters: [Int] = []
            rows.reserveCapacity(set.count)
            var times = [Int](repeating: 0, count: groupCount)
            for _ in 0..<groupCount { times[random.integer(below: groupCount)] += 1 }
            var first = 0
            let numbers = times.map { count in
                defer { first += count }
                return first
            }
            for row in order {
                let group = set.clusters?[row] ?? row
                for copy in 0..<times[group] {
                    rows.append(row)
                    if set.clusters != nil { clusters.append(numbers[group] + copy) }
                }
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
