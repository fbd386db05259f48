import ArgumentParser
import Confidence
import Foundation

struct CalibrateAssess: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assess",
        abstract: "Says whether scores are calibrated: best map, likelihood-ratio test, posterior probability.",
        discussion: """
            The map c = δ x^γ / (δ x^γ + (1 − x)^γ) with the largest likelihood is compared with no map at all. Rows of one cluster count \
            as fewer independent ones (effective n).
            Example: larmor calibrate assess scores.csv
            Example: larmor calibrate assess scores.csv --prior 0.2 --json
            """)

    @OptionGroup var scores: ScoreFileOptions

    @Option(help: "Prior probability that the scores are calibrated.")
    var prior = 0.5

    @Option(help: "Posterior probability, in percent, from which scores count as calibrated.")
    var level = 95.0

    @Option(help: "Assess the scores after this certificate's map; of its own data only the report's part is used.")
    var certificate: String?

    @Option(help: "The model that made the scores, a file or folder; the certificate must be for it.")
    var model: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var version = LarmorVersion.text
        var dataSha256: String
        var n: Int
        var nMin: Int
        var clusters: Int?
        var effectiveN: Double
        var designEffect: Double
        var prior: Double
        var level: Double
        var delta: Double
        var gamma: Double
        var standardErrorLogDelta: Double
        var standardErrorGamma: Double
        var deltaInterval_95: IntervalEnds
        var gammaInterval_95: IntervalEnds
        var logLikelihood: Double
        var logLikelihoodOriginal: Double
        var lrt: Double
        var pValue: Double
        var bicCalibrated: Double
        var bicUncalibrated: Double
        var bayesFactor: Double
        var posterior: Double
        var verdict: String
        var original: MeasureList
        var bestFit: MeasureList
    }

    func validate() throws {
        guard prior > 0, prior < 1 else { throw ValidationError("--prior must be between 0 and 1") }
        _ = try PosteriorLevel.fraction(level, "--level")
        if model != nil, certificate == nil { throw ValidationError("--model needs --certificate") }
    }

    func run() throws {
        try reportingFailures {
            let (table, set) = try CertifiedScores.read(
                scores.file, scores.columns, certificate: certificate, model: model)
            try naming(scores.file) { try show(table, set) }
        }
    }

    private func show(_ table: ScoreTable, _ set: ScoreSet) throws {
        let level = try PosteriorLevel.fraction(level, "--level")
        let found = try CalibrationAssessment(set, prior: prior)
        let least = CalibrationAssessment.leastCount(level: level, prior: prior)
        // With fewer rows not even perfect scores would pass.
        guard found.largestPosterior >= level - 1e-12 else {
            throw ConfidenceError(.tooFew(effective: found.effectiveCount, level: level, least: least))
        }
        let result = Result(
            dataSha256: table.sha256, n: found.count, nMin: least, clusters: found.clusters, effectiveN: found.effectiveCount,
            designEffect: found.designEffect, prior: prior, level: PosteriorLevel.percent(level), delta: found.map.delta,
            gamma: found.map.gamma, standardErrorLogDelta: found.standardErrorLogDelta,
            standardErrorGamma: found.standardErrorGamma, deltaInterval_95: IntervalEnds(found.deltaInterval),
            gammaInterval_95: IntervalEnds(found.gammaInterval), logLikelihood: found.fit.logLikelihood,
            logLikelihoodOriginal: found.fit.logLikelihoodOriginal, lrt: found.likelihoodRatio, pValue: found.pValue,
            bicCalibrated: found.bicCalibrated, bicUncalibrated: found.bicUncalibrated,
            bayesFactor: min(found.bayesFactor, .greatestFiniteMagnitude), posterior: found.posterior,
            verdict: found.verdict(level: level).rawValue, original: MeasureList(CalibrationMeasures(set)),
            bestFit: MeasureList(CalibrationMeasures(CalibrationMap.llo(found.map).applied(to: set))))
        if json { try Console.json(result) } else { print(result) }
    }

    private func print(_ r: Result) {
        func n(_ value: Double, _ digits: Int) -> String { Console.number(value, digits: digits) }
        func general(_ value: Double) -> String { String(format: "%.10g", value) }
        func line(_ name: String, _ text: String) {
            Console.result(name.padding(toLength: 18, withPad: " ", startingAt: 0) + text)
        }
        func interval(_ ends: IntervalEnds) -> String { "95 % interval \(n(ends.low, 4)) … \(n(ends.high, 4))" }
        let clusters = r.clusters.map { ", \(Console.count($0, "cluster")), effective n \(n(r.effectiveN, 1))" } ?? ""
        line("n", "\(r.n)\(clusters); \(r.nMin) at least for \(general(r.level)) %")
        line(
            "delta",
            "\(n(r.delta, 10))   \(interval(r.deltaInterval_95)), standard error of log delta \(n(r.standardErrorLogDelta, 7))")
        line("gamma", "\(n(r.gamma, 10))   \(interval(r.gammaInterval_95)), standard error \(n(r.standardErrorGamma, 7))")
        line("log-likelihood", "\(n(r.logLikelihood, 10)), of the scores as they are \(n(r.logLikelihoodOriginal, 10))")
        line("likelihood ratio", "\(n(r.lrt, 10)), p = \(general(r.pValue))")
        line("BIC", "calibrated \(n(r.bicCalibrated, 10)), not calibrated \(n(r.bicUncalibrated, 10))")
        line("Bayes factor", "\(general(r.bayesFactor)) of not calibrated over calibrated")
        line("posterior", "\(general(r.posterior)) that the scores are calibrated, of \(general(r.prior)) before: \(r.verdict)")
        var table = MeasureList.table()
        r.original.add(to: &table, as: certificate == nil ? "original" : "certified")
        r.bestFit.add(to: &table, as: "best fit")
        Console.result("\n" + table.text)
    }
}
