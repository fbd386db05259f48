import Confidence
import Foundation
import Testing

/// Against NumPy and scikit-learn on the same 868 rows (`CalibrationValues`).
struct ComparisonMapsTests {
    @Test func `Platt's sigmoid is scikit-learn's`() throws {
        guard case .platt(let slope, let intercept) = try CalibrationMap.platt(fittedTo: SyntheticScores.hedger(868)) else {
            Issue.record("no sigmoid")
            return
        }
        #expect(near(slope, CalibrationValues.platt[0], 1e-6) && near(intercept, CalibrationValues.platt[1], 1e-6))
    }

    @Test func `one temperature is the regression on log odds without a constant`() throws {
        guard case .temperature(let t) = try CalibrationMap.temperature(fittedTo: SyntheticScores.hedger(868)) else {
            Issue.record("no temperature")
            return
        }
        #expect(near(t, CalibrationValues.temperature[0], 1e-10))
    }

    @Test func `beta calibration is the regression on both logarithms`() throws {
        guard case .beta(let a, let b, let c) = try CalibrationMap.beta(fittedTo: SyntheticScores.hedger(868)) else {
            Issue.record("no beta map")
            return
        }
        #expect(zip([a, b, c], CalibrationValues.beta).allSatisfy { near($0, $1, 1e-9) })
    }

    @Test func `a negative exponent of beta calibration is set to 0 and the map still does not fall`() throws {
        let set = try SyntheticScores.hedger(868)
        let turned = try ScoreSet(scores: set.scores.map { 1 - $0 }, outcomes: set.outcomes)
        guard case .beta(let a, let b, _) = try CalibrationMap.beta(fittedTo: turned) else {
            Issue.record("no beta map")
            return
        }
        #expect(a >= 0 && b >= 0 && min(a, b) == 0)
    }

    @Test func `isotonic regression is scikit-learn's, with and without ties`() throws {
        let set = try SyntheticScores.hedger(868)
        let map = CalibrationMap.isotonic(fittedTo: set)
        for (x, y) in zip(CalibrationValues.isotonicPlaces, CalibrationValues.isotonic) { #expect(near(map(x), y, 1e-12)) }
        // The step function itself, and the map of a whole set, are the same.
        let steps = PooledAdjacentViolators(set)
        for x in stride(from: 0.0, through: 1, by: 0.003) { #expect(near(steps(x), map(x), 1e-15)) }
        #expect(map.applied(to: set).scores == set.rescored(set.scores.map { map($0) }).scores)
        let errors = zip(steps.fitted, set.outcomes).reduce(0) { sum, row in
            sum + (row.0 - (row.1 ? 1 : 0)) * (row.0 - (row.1 ? 1 : 0))
        }
        #expect(near(errors / 868, CalibrationValues.measures[3], 1e-12))
        let tied = try ScoreSet(
            scores: set.scores.map { ($0 * 10).rounded(.toNearestOrEven) / 10 }.map { min($0, 0.999999) },
            outcomes: set.outcomes)
        let ties = CalibrationMap.isotonic(fittedTo: tied)
        for (x, y) in zip(CalibrationValues.isotonicPlaces, CalibrationValues.isotonicTies) {
            #expect(near(ties(x), y, 1e-12), "\(x): \(ties(x))")
        }
    }

    @Test func `Prelec's map keeps the ends and 1/e at β = 1, and its inverse undoes it`() {
        let map = PrelecMap(alpha: 0.65)
        #expect(map(0) == 0 && map(1) == 1 && near(map(exp(-1)), exp(-1), 1e-15))
        let other = PrelecMap(alpha: 1.6, beta: 0.8)
        for p in stride(from: 0.05, to: 1, by: 0.09) { #expect(near(other.inverse(other(p)), p, 1e-13)) }
    }

    @Test func `every map gains on the rows that it was fitted on, and none leaves 0 … 1`() throws {
        let set = try SyntheticScores.hedger(868)
        let before = ProperScores(set).logLoss
        for method in CalibrationMethod.allCases where method != .boldness {
            let mapped = try method.fitted(to: set).applied(to: set)
            #expect(ProperScores(mapped).logLoss < before, "\(method)")
            #expect(mapped.scores.allSatisfy { $0 > 0 && $0 < 1 })
        }
    }

    @Test func `outcomes that a threshold separates are refused by every regression`() throws {
        let set = try ScoreSet(scores: [0.1, 0.2, 0.8, 0.9], outcomes: [false, false, true, true])
        for method in [CalibrationMethod.llo, .temperature, .beta, .boldness] {
            #expect(reason { _ = try method.fitted(to: set) } != nil, "\(method)")
        }
        // Platt's targets are never 0 and 1, so his likelihood has a maximum.
        #expect(throws: Never.self) { try CalibrationMethod.platt.fitted(to: set) }
    }
}
