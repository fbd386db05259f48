import Confidence
import Foundation
import Testing

struct ClusterTests {
    /// NumPy: sandwich of the logistic regression, 124 clusters of 7 rows with one draw each.
    @Test func `outcomes that come together count as fewer rows`() throws {
        let found = try CalibrationAssessment(SyntheticScores.hedger(868, rowsPerDraw: 7, outcomes: 43))
        let expected = CalibrationValues.clustered
        #expect(found.clusters == 124)
        #expect(near(found.designEffect, expected[0], 1e-9) && near(found.effectiveCount, expected[1], 1e-9))
        #expect(near(found.standardErrorLogDelta, expected[2], 1e-9) && near(found.standardErrorGamma, expected[3], 1e-9))
        #expect(near(found.likelihoodRatio, expected[4], 1e-9) && near(found.posterior, expected[5], 1e-9))
        // Taken for independent, the same rows seem to say far more.
        let set = try SyntheticScores.hedger(868, rowsPerDraw: 7, outcomes: 43)
        let naive = try CalibrationAssessment(ScoreSet(scores: set.scores, outcomes: set.outcomes))
        #expect(naive.designEffect == 1 && near(naive.posterior, 0.6268, 1e-3))
    }

    @Test func `independent rows under names of clusters keep their number`() throws {
        let set = try SyntheticScores.hedger(868)
        let clustered = try ScoreSet(scores: set.scores, outcomes: set.outcomes, clusters: (0..<868).map { $0 / 7 })
        // NumPy: the effect is 0.904, and no more rows are claimed than there are.
        #expect(try CalibrationAssessment(clustered).designEffect == 1)
    }

    @Test func `every row five times is worth one time`() throws {
        let set = try SyntheticScores.hedger(300)
        let rows = (0..<1500).map { $0 / 5 }
        let copied = set.rows(rows, clusters: rows)
        let (once, five) = (try CalibrationAssessment(set), try CalibrationAssessment(copied))
        #expect(abs(five.designEffect - 5) < 0.6, "\(five.designEffect)")
        #expect(near(five.map.gamma, once.map.gamma, 1e-9))
        #expect(abs(five.likelihoodRatio / once.likelihoodRatio - 1) < 0.15)
        // Bold maps of copies are no bolder than those of the rows themselves.
        let (a, b) = (try BoldnessRecalibration(once).standardDeviation, try BoldnessRecalibration(five).standardDeviation)
        #expect(abs(a / b - 1) < 0.02)
    }

    @Test func `few clusters are refused with their number`() throws {
        let set = try SyntheticScores.hedger(90)
        let clustered = try ScoreSet(scores: set.scores, outcomes: set.outcomes, clusters: (0..<90).map { $0 / 10 })
        #expect(reason { _ = try CalibrationAssessment(clustered) } == .tooFewClusters(found: 9, least: 10))
    }

    /// The mean of so many independent outcomes has standard deviation √(p(1 − p)/n).
    @Test func `bootstrap intervals have the width of the normal approximation, for rows and for clusters`() throws {
        let set = try SyntheticScores.hedger(868)
        func width(_ set: ScoreSet) -> Double {
            let interval = ClusterBootstrap.intervals(set, resamples: 2000) { [$0.baseRate] }[0]
            return (interval?.upperBound ?? 0) - (interval?.lowerBound ?? 0)
        }
        let p = set.baseRate
        let expected = 2 * 1.96 * (p * (1 - p) / 868).squareRoot()
        #expect(abs(width(set) / expected - 1) < 0.08)
        let rows = (0..<868 * 4).map { $0 / 4 }
        #expect(abs(width(set.rows(rows, clusters: rows)) / expected - 1) < 0.08)
        // A statistic that half of the draws lack has no interval.
        #expect(ClusterBootstrap.intervals(set, resamples: 20) { _ in [.nan] }[0] == nil)
    }

    @Test func `parts share no cluster, and depend on names and seed alone`() throws {
        let names = (0..<500).map { "utterance \($0 / 5)" }
        let split = try ClusterSplit(names: names, share: 0.3)
        #expect(split.fit.count == 150 && split.report.count == 350)
        #expect(Set(split.fit.map { names[$0] }).isDisjoint(with: split.report.map { names[$0] }))
        let turned = try ClusterSplit(names: names.reversed(), share: 0.3)
        #expect(Set(turned.fit.map { names[499 - $0] }) == Set(split.fit.map { names[$0] }))
        #expect(try ClusterSplit(names: names, share: 0.3, seed: 2).fit != split.fit)
        #expect(reason { _ = try ClusterSplit(names: ["a", "a"]) } == .tooFewClusters(found: 1, least: 2))
        #expect(reason { _ = try ClusterSplit(names: names, share: 1) } != nil)
    }
}
