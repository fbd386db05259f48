import Confidence
import Foundation
import Signals
import Testing

struct MeasuresTests {
    private func tied(_ seed: UInt64, _ count: Int) throws -> ScoreSet {
        var random = SplitMix64(seed: seed)
        let scores = (0..<count).map { _ in Double(1 + random.integer(below: 19)) / 20 }
        return try ScoreSet(scores: scores, outcomes: scores.map { random.uniform() < $0 })
    }

    /// Ayer et al. 1955: the fitted value at rank i is max over a ≤ i of min over b ≥ i of the mean of a … b.
    @Test(arguments: 1...12)
    func `pooling adjacent violators is the max-min of means`(_ seed: UInt64) throws {
        let set = try tied(seed, 40)
        let values = Set(set.scores).sorted()
        let sums = values.map { value in
            set.scores.indices.filter { set.scores[$0] == value }
                .reduce((n: 0.0, right: 0.0)) { ($0.n + 1, $0.right + (set.outcomes[$1] ? 1 : 0)) }
        }
        func mean(_ a: Int, _ b: Int) -> Double {
            sums[a...b].reduce(0) { $0 + $1.right } / sums[a...b].reduce(0) { $0 + $1.n }
        }
        let fitted = PooledAdjacentViolators(set).fitted
        for row in 0..<set.count {
            let i = try #require(values.firstIndex(of: set.scores[row]))
            let best = (0...i).map { a in (i..<values.count).map { b in mean(a, b) }.min() ?? 0 }.max() ?? 0
            #expect(near(fitted[row], best, 1e-14))
        }
    }

    @Test(arguments: 1...6)
    func `the area under the curve counts pairs, ties half`(_ seed: UInt64) throws {
        let set = try tied(seed, 60)
        var (sum, pairs) = (0.0, 0.0)
        for i in 0..<60 where set.outcomes[i] {
            for j in 0..<60 where !set.outcomes[j] {
                pairs += 1
                sum += set.scores[i] > set.scores[j] ? 1 : set.scores[i] == set.scores[j] ? 0.5 : 0
            }
        }
        #expect(near(RankingArea.of(set) ?? -1, sum / pairs, 1e-14))
    }

    /// scikit-learn on the same rows.
    @Test func `Brier score, log-loss and area are scikit-learn's`() throws {
        let set = try SyntheticScores.hedger(868)
        #expect(near(ProperScores(set).brier, CalibrationValues.measures[0], 1e-13))
        #expect(near(ProperScores(set).logLoss, CalibrationValues.measures[1], 1e-13))
        #expect(near(RankingArea.of(set) ?? 0, CalibrationValues.measures[2], 1e-13))
    }

    @Test(arguments: [CORPDecomposition.Score.brier, .logLoss])
    func `miscalibration less discrimination plus uncertainty is the score`(_ score: CORPDecomposition.Score) throws {
        for seed in 1...5 {
            let set = try tied(UInt64(seed), 200)
            let parts = CORPDecomposition(set, score: score)
            let whole = score == .brier ? ProperScores(set).brier : ProperScores(set).logLoss
            #expect(near(parts.miscalibration - parts.discrimination + parts.uncertainty, whole, 1e-12))
            #expect(parts.miscalibration >= 0 && parts.discrimination >= 0)
        }
    }

    /// By hand: scores 0.1, 0.1 (both wrong) and 0.7, 0.8 (one right) give (2 · 0.1 + 2 · 0.25)/4 with bins of width 0.5.
    @Test func `the expected calibration error is the hand calculation`() throws {
        let set = try ScoreSet(scores: [0.1, 0.7, 0.1, 0.8], outcomes: [false, true, false, false])
        for kind in CalibrationBins.Kind.allCases {
            let bins = CalibrationBins(set, kind: kind, count: 2)
            #expect(bins.bins.map(\.count) == [2, 2] && near(bins.expectedCalibrationError, 0.175, 1e-15))
        }
        // A score on an edge belongs to the lower bin; empty bins are left out.
        let edges = CalibrationBins(try ScoreSet(scores: [0.2, 0.4], outcomes: [true, true]), kind: .equalWidth)
        #expect(edges.bins.count == 2)
    }

    @Test func `calibrated scores stay in their band, others leave it, and more rows make it narrower`() throws {
        var random = SplitMix64(seed: 3)
        let scores = (0..<3000).map { _ in 0.02 + 0.96 * random.uniform() }
        let honest = try ScoreSet(scores: scores, outcomes: scores.map { random.uniform() < $0 })
        func inside(_ set: ScoreSet) -> Double {
            let band = ConsistencyBand(set, resamples: 200)
            let curve = PooledAdjacentViolators(set)
            let hits = band.scores.indices.count {
                band.lower[$0] <= curve(band.scores[$0]) && curve(band.scores[$0]) <= band.upper[$0]
            }
            return Double(hits) / Double(band.scores.count)
        }
        // 90 % of places on average; they depend on each other.
        #expect(inside(honest) > 0.7)
        let boaster = LogOddsMap(delta: 1, gamma: 2.5)
        #expect(inside(CalibrationMap.llo(boaster).applied(to: honest)) < 0.5)
        func width(_ band: ConsistencyBand) -> Double { zip(band.upper, band.lower).reduce(0) { $0 + $1.0 - $1.1 } }
        let (all, few) = (ConsistencyBand(honest, resamples: 100), ConsistencyBand(honest, rows: 300, resamples: 100))
        #expect(width(few) > 1.5 * width(all))
        #expect(ConsistencyBand(honest, resamples: 20, seed: 5).lower == ConsistencyBand(honest, resamples: 20, seed: 5).lower)
    }
}
