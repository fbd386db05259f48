import Signals

/// Where the PAV curve of calibrated scores lies, by resampling: outcomes are drawn again from the scores themselves.
///
/// Each draw takes as many scores as there are independent rows (with clusters: the effective number), with replacement, and an
/// outcome for each with that score as its probability. The band holds the share `level` of the curves at each score.
///
/// - Source: Dimitriadis, Gneiting & Jordan, PNAS 118 (2021) e2016191118, consistency bands by resampling.
public struct ConsistencyBand: Sendable {
    /// Scores at which the band stands, growing.
    public let scores: [Double]
    /// Lower edge at each score.
    public let lower: [Double]
    /// Upper edge at each score.
    public let upper: [Double]
    /// Share of draws within the band.
    public let level: Double

    /// - Parameters:
    ///   - set: whose scores the band is for.
    ///   - rows: independent rows that the set counts for; nil for all of them.
    ///   - level: share of draws within the band, between 0 and 1.
    ///   - resamples: number of draws.
    ///   - places: at most so many scores, spread evenly over the set's sorted ones.
    ///   - seed: the same seed gives the same band.
    public init(
        _ set: ScoreSet, rows: Double? = nil, level: Double = 0.9, resamples: Int = 400, places: Int = 100, seed: UInt64 = 1
    ) {
        precondition(level > 0 && level < 1 && resamples >= 2 && places >= 2, "a band has a level, resamples and places")
        let sorted = set.scores.sorted()
        var chosen: [Double] = []
        for index in 0..<places {
            let score = sorted[index * (sorted.count - 1) / (places - 1)]
            if chosen.last != score { chosen.append(score) }
        }
        let count = max(1, Int(min(rows ?? Double(set.count), Double(set.count)).rounded()))
        var curves = [[Double]](repeating: [], count: chosen.count)
        var random = SplitMix64(seed: seed)
        for _ in 0..<resamples {
            var scores: [Double] = []
            var outcomes: [Bool] = []
            scores.reserveCapacity(count)
            outcomes.reserveCapacity(count)
            for _ in 0..<count {
                let score = set.scores[random.integer(below: set.count)]
                scores.append(score)
                outcomes.append(random.uniform() < score)
            }
            guard let draw = try? ScoreSet(scores: scores, outcomes: outcomes) else { continue }
            let curve = PooledAdjacentViolators(draw)
            for (index, score) in chosen.enumerated() { curves[index].append(curve(score)) }
        }
        self.scores = chosen
        self.level = level
        lower = curves.map { Quantile.of($0, (1 - level) / 2) }
        upper = curves.map { Quantile.of($0, (1 + level) / 2) }
    }
}
