import Confidence
import Foundation
import Testing

struct DecisionTests {
    @Test(arguments: [(5.0, 1.0, nil as Double?), (5, 1, 0.4), (2, 1, 0.4), (1, 1, 0.6), (1, 3, 0.2)])
    func `the action at every probability is the cheapest`(_ wrong: Double, _ miss: Double, _ ask: Double?) throws {
        let thresholds = try ActionThresholds(costFalse: wrong, costMiss: miss, costConfirm: ask)
        for step in 1..<1000 {
            let p = (Double(step) + 0.5) / 1000
            var costs: [(ActionThresholds.Action, Double)] = [(.act, (1 - p) * wrong), (.ignore, p * miss)]
            if let ask { costs.append((.confirm, ask)) }
            let cheapest = costs.min { $0.1 < $1.1 }?.0
            #expect(thresholds.action(at: p) == cheapest, "p \(p)")
        }
        if ask == nil { #expect(near(thresholds.act, wrong / (wrong + miss), 1e-15) && thresholds.confirm == thresholds.act) }
    }

    @Test func `costs that are none are refused`() {
        for bad in [0, -1, Double.nan, .infinity] {
            #expect(reason { _ = try ActionThresholds(costFalse: bad, costMiss: 1) } != nil)
            #expect(reason { _ = try ActionThresholds(costFalse: 1, costMiss: 1, costConfirm: bad) } != nil)
        }
    }

    /// By hand: at 0.8 two act, one of them wrong; 1 − p promises (0.1 + 0.2)/2.
    @Test func `shares and false actions are the hand calculation`() throws {
        let set = try ScoreSet(scores: [0.9, 0.8, 0.5, 0.1], outcomes: [true, false, true, false])
        let report = ActionReport(set, try ActionThresholds(costFalse: 5, costMiss: 1.25, costConfirm: 0.5))
        #expect(report.acted == 0.25 && report.confirmed == 0.5 && report.ignored == 0.25)
        let plain = ActionReport(set, try ActionThresholds(costFalse: 4, costMiss: 1.001))
        #expect(plain.acted == 0.5 && near(plain.promisedFalseRate, 0.15, 1e-15) && plain.realisedFalseRate == 0.5)
        let never = ActionReport(set, try ActionThresholds(costFalse: 1e9, costMiss: 1))
        #expect(never.acted == 0 && never.realisedFalseRate.isNaN)
    }

    @Test func `calibrated scores keep their promise, boasted ones do not`() throws {
        let honest = CalibrationMap.llo(LogOddsMap(delta: 1.1, gamma: 1.3)).applied(to: try SyntheticScores.hedger(10_000))
        let thresholds = try ActionThresholds(costFalse: 4, costMiss: 1)
        let interval = try #require(ActionReport.realisedInterval(honest, thresholds))
        #expect(interval.contains(ActionReport(honest, thresholds).promisedFalseRate))
        let boasted = CalibrationMap.llo(LogOddsMap(delta: 1, gamma: 2)).applied(to: honest)
        let other = try #require(ActionReport.realisedInterval(boasted, thresholds))
        #expect(!other.contains(ActionReport(boasted, thresholds).promisedFalseRate))
    }

    /// Clopper & Pearson: no failure in 10 trials leaves up to 1 − 0.025^(1/10) = 0.3085.
    @Test func `no false action among few is no proof that there are none`() throws {
        let set = try ScoreSet(
            scores: Array(repeating: 0.9, count: 10) + [0.2], outcomes: Array(repeating: true, count: 10) + [false])
        let interval = try #require(ActionReport.realisedInterval(set, try ActionThresholds(costFalse: 4, costMiss: 1)))
        #expect(interval.lowerBound == 0 && near(interval.upperBound, 0.30849710781876083, 1e-12))
    }
}
