import Confidence
import Foundation
import Signals
import Testing

struct BoldnessTests {
    /// SciPy on the same data: the contour by Brent's method, the angle by bounded minimisation.
    @Test(arguments: [(0.95, CalibrationValues.bold95), (0.8, CalibrationValues.bold80)])
    func `many rows, whose search begins on a condensed sample, have the exact optimum`(
        _ level: Double, _ expected: [Double]
    ) throws {
        let found = try BoldnessRecalibration(SyntheticScores.hedger(10_000), level: level)
        #expect(isOptimum(found, expected, level))
    }

    /// Even steps over all log odds would put every score that matters into one of them.
    @Test(arguments: [
        (400, CalibrationValues.sure400, CalibrationValues.sure400Bold95, CalibrationValues.sure400Bold80),
        (3000, CalibrationValues.sure3000, CalibrationValues.sure3000Bold95, CalibrationValues.sure3000Bold80),
    ])
    func `scores near 0 and 1 among others do not hide the exact optimum`(
        _ count: Int, _ fit: [Double], _ bold95: [Double], _ bold80: [Double]
    ) throws {
        let set = try SyntheticScores.sure(count)
        #expect(near(set.scores.reduce(0) { $0 + log($1) - log1p(-$1) }, fit[0]) && set.rightCount == Int(fit[1]))
        let assessment = try CalibrationAssessment(set)
        #expect(near(assessment.map.delta, fit[2]) && near(assessment.map.gamma, fit[3]))
        #expect(near(assessment.fit.logLikelihood, fit[4], 1e-12) && near(assessment.fit.logLikelihoodOriginal, fit[5], 1e-12))
        #expect(near(assessment.standardErrorLogDelta, fit[6]) && near(assessment.standardErrorGamma, fit[7]))
        for (level, expected) in [(0.95, bold95), (0.8, bold80)] {
            #expect(isOptimum(try BoldnessRecalibration(assessment, level: level), expected, level))
        }
    }

    /// - Parameter expected: δ, γ, standard deviation; the angle's own minimisation has half of a number's digits.
    private func isOptimum(_ found: BoldnessRecalibration, _ expected: [Double], _ level: Double) -> Bool {
        near(found.map.delta, expected[0], 1e-6) && near(found.map.gamma, expected[1], 1e-6)
            && near(found.standardDeviation, expected[2], 1e-11) && near(found.posterior, level, 1e-11)
    }

    /// Nothing in the region is bolder: brute force over places inside and on the edge, for small sets drawn by seed, hedgers,
    /// boasters, noise and the reverse among them.
    @Test(arguments: 1...24)
    func `no map that keeps the level is bolder`(_ seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let count = 20 + random.integer(below: 60)
        let gamma = [2, 0.4, 1, 0.05, -1][seed % 5]
        let truth = LogOddsMap(delta: exp(random.normal()), gamma: gamma)
        let scores = (0..<count).map { _ in min(max(1 / (1 + exp(-1.5 * random.normal())), 1e-4), 1 - 1e-4) }
        let set = try ScoreSet(scores: scores, outcomes: scores.map { random.uniform() < truth($0) })
        guard let assessment = try? CalibrationAssessment(set) else { return }
        for level in [0.95, 0.8, 0.3] where assessment.largestPosterior >= level {
            let found = try BoldnessRecalibration(assessment, level: level)
            #expect(found.posterior >= level - 1e-9, "seed \(seed), level \(level)")
            let centre = (a: log(assessment.map.delta), g: assessment.map.gamma)
            let size = 12 * max(assessment.standardErrorLogDelta, assessment.standardErrorGamma)
            var best = 0.0
            for _ in 0..<6000 {
                let a = centre.a + size * (2 * random.uniform() - 1)
                let g = centre.g + size * (2 * random.uniform() - 1)
                let map = LogOddsMap(delta: exp(a), gamma: g)
                guard assessment.posterior(of: map) >= level else { continue }
                best = max(best, deviation(of: set.scores.map { map($0) }))
            }
            #expect(
                best <= found.standardDeviation * (1 + 1e-9),
                "seed \(seed), level \(level): \(best) > \(found.standardDeviation)")
        }
    }

    private func deviation(of values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
    }

    @Test func `levels are reached from t over 1 − t rows on, and refused below with that number`() throws {
        #expect(CalibrationAssessment.leastCount(level: 0.95) == 19 && CalibrationAssessment.leastCount(level: 0.99) == 99)
        #expect(CalibrationAssessment.leastCount(level: 0.9) == 9 && CalibrationAssessment.leastCount(level: 0.8) == 4)
        #expect(CalibrationAssessment.leastCount(level: 0.9, prior: 0.25) == 27)
        let set = try SyntheticScores.hedger(200)
        for (count, level) in [(18, 0.95), (98, 0.99), (8, 0.9)] {
            let few = try CalibrationAssessment(set.rows(Array(0..<count)))
            #expect(near(few.largestPosterior, Double(count) / Double(count + 1), 1e-12))
            #expect(
                reason { _ = try BoldnessRecalibration(few, level: level) }
                    == .tooFew(effective: Double(count), level: level, least: count + 1))
            let enough = try CalibrationAssessment(set.rows(Array(0..<count + 1)))
            let found = try BoldnessRecalibration(enough, level: level)
            // Exactly the least number: the best map alone is left.
            #expect(near(found.map.delta, enough.map.delta, 1e-5) && near(found.map.gamma, enough.map.gamma, 1e-5))
            #expect(near(found.posterior, level, 1e-9))
        }
        #expect(reason { _ = try BoldnessRecalibration(set, level: 1) } != nil)
        #expect(reason { _ = try BoldnessRecalibration(set, level: .nan) } != nil)
        #expect(reason { _ = try CalibrationAssessment(set, prior: 0) } != nil)
    }

    @Test func `a bold map with γ above 0 keeps the order, so AUC and DSC stay`() throws {
        let set = try SyntheticScores.hedger(868)
        let bold = try BoldnessRecalibration(set)
        let mapped = CalibrationMap.llo(bold.map).applied(to: set)
        let (before, after) = (CalibrationMeasures(set), CalibrationMeasures(mapped))
        #expect(bold.map.keepsOrder && before.auc == after.auc)
        #expect(near(before.discrimination, after.discrimination, 1e-12))
        #expect(near(after.standardDeviation, bold.standardDeviation, 1e-12))
        #expect(after.standardDeviation > before.standardDeviation)
    }
}
