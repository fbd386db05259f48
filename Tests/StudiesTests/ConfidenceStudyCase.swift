import Confidence
import Foundation
import Signals

/// One kind of forecaster at one number of rows, and what calibration makes of many sets that are drawn of it.
struct ConfidenceStudyCase: Sendable {
    enum Forecaster: String, CaseIterable, Sendable {
        case calibrated
        /// Says too little: γ 2 makes it right.
        case hedger
        /// Says too much: γ 0.5 makes it right.
        case boaster
        /// Too low everywhere: δ 2 makes it right.
        case biased
        /// No LLO map makes it right: its outcomes follow Prelec's.
        case prelec = "other family"

        var truth: LogOddsMap? {
            switch self {
            case .calibrated: LogOddsMap(delta: 1, gamma: 1)
            case .hedger: LogOddsMap(delta: 1, gamma: 2)
            case .boaster: LogOddsMap(delta: 1, gamma: 0.5)
            case .biased: LogOddsMap(delta: 2, gamma: 1)
            case .prelec: nil
            }
        }

        func probability(_ x: Double) -> Double { truth?(x) ?? PrelecMap(alpha: 0.6, beta: 0.9)(x) }
    }

    static let rows = [30, 100, 800, 2000, 5000]
    static let all = Forecaster.allCases.flatMap { forecaster in
        rows.map { ConfidenceStudyCase(forecaster: forecaster, count: $0) }
    }

    let forecaster: Forecaster
    let count: Int

    /// What was found in some sets.
    struct Tally: Sendable {
        var sets = 0
        /// Sets that have no largest likelihood (a threshold separates them), which are refused as they must be.
        var refused = 0
        /// Sets that were refused for another reason, or got a map that does not keep the level.
        var failed = 0
        var deltaCovered = 0
        var gammaCovered = 0
        /// Posterior probability of calibration below 0.5.
        var alarms = 0
        var deviationBefore = 0.0
        var deviationAfter = 0.0

        var fitted: Int { sets - refused - failed }

        static func + (a: Tally, b: Tally) -> Tally {
            Tally(
                sets: a.sets + b.sets, refused: a.refused + b.refused, failed: a.failed + b.failed,
                deltaCovered: a.deltaCovered + b.deltaCovered, gammaCovered: a.gammaCovered + b.gammaCovered,
                alarms: a.alarms + b.alarms, deviationBefore: a.deviationBefore + b.deviationBefore,
                deviationAfter: a.deviationAfter + b.deviationAfter)
        }
    }

    private static func deviation(_ values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
    }

    /// Draws sets of scores, uniform on 0.02 … 0.98, and looks at each.
    func tally(sets: Int, seed: UInt64) -> Tally {
        var random = SplitMix64(seed: seed)
        var tally = Tally()
        for _ in 0..<sets {
            tally.sets += 1
            let scores = (0..<count).map { _ in 0.02 + 0.96 * random.uniform() }
            let outcomes = scores.map { random.uniform() < forecaster.probability($0) }
            do throws(ConfidenceError) {
                let set = try ScoreSet(scores: scores, outcomes: outcomes)
                let assessment = try CalibrationAssessment(set)
                let bold = try BoldnessRecalibration(assessment, level: 0.95)
                let best = Self.deviation(scores.map { assessment.map($0) })
                guard bold.posterior >= 0.95 - 1e-9, bold.standardDeviation >= best - 1e-12 else {
                    tally.failed += 1
                    continue
                }
                if let truth = forecaster.truth {
                    tally.deltaCovered += assessment.deltaInterval.contains(truth.delta) ? 1 : 0
                    tally.gammaCovered += assessment.gammaInterval.contains(truth.gamma) ? 1 : 0
                }
                tally.alarms += assessment.posterior < 0.5 ? 1 : 0
                tally.deviationBefore += best
                tally.deviationAfter += bold.standardDeviation
            } catch {
                if error.reason == .separated { tally.refused += 1 } else { tally.failed += 1 }
            }
        }
        return tally
    }
}
