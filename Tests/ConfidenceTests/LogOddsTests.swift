import Confidence
import Foundation
import Signals
import Testing

struct LogOddsTests {
    /// BRcal's own test of its map.
    @Test func `the map has BRcal's values and leaves the ends where they are`() {
        let expected = [
            0, 0.00273598, 0.03030303, 0.13602015, 0.37209302, 0.66666667, 0.87096774, 0.96213184, 0.99224806, 0.9993146, 1,
        ]
        let map = LogOddsMap(delta: 2, gamma: 3)
        for (index, value) in expected.enumerated() { #expect(abs(map(Double(index) / 10) - value) < 5e-9) }
    }

    @Test func `a map and its inverse undo each other, and γ = 0 says the same everywhere`() {
        let map = LogOddsMap(delta: 0.3, gamma: 1.7)
        for x in stride(from: 0.01, to: 1, by: 0.07) { #expect(near(map.inverse(map(x)), x, 1e-13)) }
        let flat = LogOddsMap(delta: 3, gamma: 0)
        for x in [0, 0.2, 1] { #expect(flat(x) == 0.75) }
    }

    /// Newton's method in NumPy.
    @Test func `the largest likelihood is that of a logistic regression on log odds`() throws {
        let fit = try LogOddsFit(SyntheticScores.hedger(868))
        let expected = CalibrationValues.fit
        #expect(near(fit.map.delta, expected[0], 1e-11) && near(fit.map.gamma, expected[1], 1e-11))
        #expect(near(fit.logLikelihood, expected[2], 1e-14))
        #expect(near(fit.logLikelihoodOriginal, expected[3], 1e-14))
        let assessment = try CalibrationAssessment(SyntheticScores.hedger(868))
        #expect(
            near(assessment.standardErrorLogDelta, expected[4], 1e-11)
                && near(assessment.standardErrorGamma, expected[5], 1e-11))
    }

    @Test func `scores as near to 0 and 1 as numbers can be are fitted, too`() throws {
        var random = SplitMix64(seed: 7)
        var scores: [Double] = []
        var outcomes: [Bool] = []
        for index in 0..<400 {
            let extreme = index % 2 == 0 ? 1e-300 : 1 - 0x1p-53
            let score = index % 5 == 0 ? 0.2 + 0.6 * random.uniform() : extreme
            scores.append(score)
            outcomes.append(random.uniform() < 0.1 + 0.8 * score)
        }
        let found = try CalibrationAssessment(ScoreSet(scores: scores, outcomes: outcomes))
        #expect(found.posterior < 1e-100 && found.map.gamma > 0 && found.map.gamma < 0.1)
        let bold = try BoldnessRecalibration(found)
        #expect(near(bold.posterior, 0.95, 1e-9))
    }

    @Test func `a forecaster who says the opposite gets γ below 0`() throws {
        let set = try SyntheticScores.hedger(868)
        let turned = try ScoreSet(scores: set.scores.map { 1 - $0 }, outcomes: set.outcomes)
        let fit = try LogOddsFit(turned)
        #expect(near(fit.map.gamma, -CalibrationValues.fit[1], 1e-10) && near(fit.map.delta, CalibrationValues.fit[0], 1e-10))
        #expect(!fit.map.keepsOrder)
    }

    @Test func `sets that nothing can be calibrated on are refused with their reason`() throws {
        let x = [0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9]
        func fit(_ scores: [Double], _ outcomes: [Int]) -> ConfidenceError.Reason? {
            reason { _ = try LogOddsFit(ScoreSet(scores: scores, outcomes: outcomes.map { $0 == 1 })) }
        }
        #expect(fit(x, [1, 1, 1, 1, 1, 1, 1, 1]) == .equalOutcomes(isRight: true, count: 8))
        #expect(fit(x, [0, 0, 0, 0, 0, 0, 0, 0]) == .equalOutcomes(isRight: false, count: 8))
        #expect(fit(x, [0, 0, 0, 0, 1, 1, 1, 1]) == .separated)
        #expect(fit(x, [1, 1, 1, 1, 0, 0, 0, 0]) == .separated)
        // One score with both outcomes at the border: still no largest likelihood.
        #expect(fit([0.1, 0.5, 0.5, 0.9], [0, 0, 1, 1]) == .separated)
        #expect(fit([0.5, 0.5, 0.5, 0.5], [0, 0, 1, 1]) == .equalScores(0.5))
        #expect(fit([], []) == .noRows)
        #expect(fit([0.1], [0, 1]) == .shape(name: "outcomes", expected: 1, found: 2))
        for bad in [0, 1, -0.1, 1.1, Double.nan, .infinity, -.infinity] {
            guard case .value(_, "score 2", _, _)? = fit([0.5, bad, 0.4], [0, 1, 1]) else {
                Issue.record("\(bad) was taken")
                continue
            }
        }
    }
}
