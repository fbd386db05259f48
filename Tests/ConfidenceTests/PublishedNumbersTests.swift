import Confidence
import Foundation
import Testing

/// Numbers of Guthrie & Franck's hockey data (868 games), exact by Newton's method and the likelihood contour in SciPy
/// (agreement with their R package BRcal to 1e-3).
@Suite(.enabled(if: HockeyData.file != nil, "needs shared/data/brcal"))
struct PublishedNumbersTests {
    @Test func `the forecasts' fit, test and posterior are the published ones`() throws {
        let found = try CalibrationAssessment(HockeyData.set())
        #expect(found.count == 868)
        #expect(near(found.map.delta, 0.9453853615) && near(found.map.gamma, 1.4014014687))
        #expect(
            near(found.fit.logLikelihood, -572.1845632528, 1e-12)
                && near(found.fit.logLikelihoodOriginal, -574.3182785770, 1e-12))
        #expect(near(found.bicCalibrated, 1148.6365571540, 1e-12) && near(found.bicUncalibrated, 1157.9015099349, 1e-12))
        #expect(near(found.bayesFactor, 0.0097306324) && near(found.posterior, 0.9903631403))
        #expect(near(found.likelihoodRatio, 4.2674306484) && near(found.pValue, 0.1183965940))
        #expect(near(found.standardErrorLogDelta, 0.0747219, 1e-7) && near(found.standardErrorGamma, 0.1972547, 1e-7))
        #expect(near(try CalibrationAssessment(HockeyData.set(), prior: 0.2).posterior, 0.9625356767))
        #expect(near(found.largestPosterior, 868.0 / 869))
        // BRcal's printed ones, by Nelder–Mead.
        #expect(near(found.map.delta, 0.9453966, 1e-3) && near(found.map.gamma, 1.4005730, 1e-3))
    }

    @Test func `the noise forecaster is found out`() throws {
        let found = try CalibrationAssessment(HockeyData.set(score: "rand"))
        #expect(near(found.map.delta, 1.1395569693) && near(found.map.gamma, 0.0721695584))
        #expect(
            near(found.fit.logLikelihood, -599.4975453495, 1e-12)
                && near(found.fit.logLikelihoodOriginal, -634.8321244763, 1e-12))
        #expect(near(found.likelihoodRatio, 70.6691582536))
        #expect(abs(found.pValue / 4.5e-16 - 1) < 0.02 && abs(found.posterior / 3.9166e-13 - 1) < 1e-4)
        #expect(near(found.bicCalibrated, 1269.664, 1e-6) && near(found.bicUncalibrated, 1212.527, 1e-6))
        #expect(found.verdict() == .miscalibrated)
    }

    @Test(arguments: [
        ("x", 0.99, 0.8906633, 1.8189643, 0.155496), ("x", 0.95, 0.8729228, 1.9585802, 0.165339),
        ("x", 0.90, 0.8662176, 2.0119661, 0.169010), ("x", 0.80, 0.8595490, 2.0654138, 0.172635),
        ("rand", 0.95, 1.1225350, 0.3774082, 0.0575887), ("rand", 0.90, 1.1208121, 0.4060509, 0.0618743),
        ("rand", 0.80, 1.1190737, 0.4346249, 0.0661317),
    ])
    func `boldness-recalibration finds the published maps`(
        _ score: String, _ level: Double, _ delta: Double, _ gamma: Double, _ deviation: Double
    ) throws {
        let found = try BoldnessRecalibration(HockeyData.set(score: score), level: level)
        #expect(near(found.map.delta, delta, 1e-7) && near(found.map.gamma, gamma, 1e-7), "\(found.map)")
        #expect(near(found.standardDeviation, deviation, 1e-6))
        #expect(near(found.posterior, level, 1e-12))
    }

    @Test func `a prior of a quarter at 90 % is the package's own example`() throws {
        let found = try BoldnessRecalibration(HockeyData.set(), level: 0.9, prior: 0.25)
        #expect(near(found.map.delta, 0.8763077040, 1e-8) && near(found.map.gamma, 1.9317612229, 1e-8))
        #expect(near(found.standardDeviation, 0.1634751684, 1e-9))
        // As BRcal prints it.
        #expect(near(found.map.delta, 0.8763524, 1e-3) && near(found.map.gamma, 1.9317682, 1e-3))
    }

    @Test func `measures before and after the maps are the published ones`() throws {
        let set = try HockeyData.set()
        let assessment = try CalibrationAssessment(set)
        let original = CalibrationMeasures(set)
        let best = CalibrationMeasures(CalibrationMap.llo(assessment.map).applied(to: set))
        func bold(_ level: Double) throws -> CalibrationMeasures {
            CalibrationMeasures(
                CalibrationMap.llo(try BoldnessRecalibration(assessment, level: level).map).applied(to: set))
        }
        let digits = 0.5e-6 + 1e-12
        for (found, brier, loss, width, count) in [
            (original, 0.234555, 0.661657, 0.03917, 0.05306), (best, 0.233315, 0.659199, 0.01462, 0.03985),
            (try bold(0.95), 0.234711, 0.663602, 0.02479, 0.05714), (try bold(0.9), 0.234993, 0.664463, 0.02868, 0.05871),
            (try bold(0.8), 0.235298, 0.665397, 0.03209, 0.06026),
        ] {
            #expect(abs(found.brier - brier) < digits && abs(found.logLoss - loss) < digits)
            #expect(abs(found.eceEqualWidth - width) < 6e-6, "\(found.eceEqualWidth) \(width)")
            #expect(abs(found.eceEqualCount - count) < 6e-6, "\(found.eceEqualCount) \(count)")
            #expect(abs((found.auc ?? 0) - 0.64754) < 6e-6)
        }
        #expect(abs(original.miscalibration - 0.005866) < digits && abs(original.discrimination - 0.020195) < digits)
        #expect(abs(original.uncertainty - 0.248884) < digits)
        #expect(abs(best.miscalibration - 0.004626) < digits)
        #expect(abs(try bold(0.95).miscalibration - 0.006022) < digits)
        #expect(abs(original.standardDeviation - 0.090912) < digits && abs(best.standardDeviation - 0.123991) < digits)
        #expect(abs(original.lowest - 0.26134) < 6e-6 && abs(original.highest - 0.77460) < 6e-6)
        #expect(abs(best.lowest - 0.18061) < 6e-6 && abs(best.highest - 0.84208) < 6e-6)
        let noise = CalibrationMeasures(try HockeyData.set(score: "rand"))
        #expect(abs(noise.brier - 0.267527) < digits && abs(noise.miscalibration - 0.020889) < digits)
        #expect(abs(noise.discrimination - 0.002246) < digits)
    }

    @Test func `a map twice is the map of both: nothing is left to recalibrate after the best map`() throws {
        let set = try HockeyData.set()
        let first = try CalibrationAssessment(set)
        let second = try CalibrationAssessment(CalibrationMap.llo(first.map).applied(to: set))
        #expect(near(second.map.delta, 1, 1e-9) && near(second.map.gamma, 1, 1e-9))
        #expect(near(second.posterior, 868.0 / 869, 1e-12))
    }
}

/// BRcal's hockey data: 868 games of 2020-21, forecasts `x`, a noise forecaster `rand`.
enum HockeyData {
    static let file: String? = {
        var folders = [ProcessInfo.processInfo.environment["LARMOR_SHARED_DATA"]].compactMap { $0 }
        var place = URL(fileURLWithPath: #filePath)
        while place.path != "/" {
            place.deleteLastPathComponent()
            folders.append(place.appendingPathComponent("shared/data").path)
        }
        return folders.map { $0 + "/brcal/hockey.csv" }.first { FileManager.default.fileExists(atPath: $0) }
    }()

    static func set(score: String = "x") throws -> ScoreSet {
        try ScoreTable(contentsOf: file ?? "", columns: .init(score: score)).set
    }
}
