import ArgumentParser
import Confidence
import Foundation
import Logging

struct CalibrateThresholds: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "thresholds",
        abstract: "Computes above which probability to act, to ask or to ignore, from what mistakes cost.",
        discussion: """
            Act at p ≥ C_false/(C_false + C_miss). With --cost-confirm there is a middle range in which asking is cheaper: act at \
            p ≥ 1 − C_confirm/C_false, ignore below C_confirm/C_miss. With a file of scores it also says what the thresholds do to \
            them, and whether the false actions are as many as promised.
            Example: larmor calibrate thresholds --cost-false 5 --cost-miss 1
            Example: larmor calibrate thresholds scores.csv --cost-false 2 --cost-miss 1 --cost-confirm 0.4
            """)

    @Argument(help: "CSV file with a line of column names, as evaluate --scores writes it, or a session with prompts.")
    var file: String?

    @OptionGroup var columns: ScoreColumnOptions

    @Option(help: "Cost of acting on a wrong word, in any unit.")
    var costFalse = 5.0

    @Option(help: "Cost of ignoring a right word.")
    var costMiss = 1.0

    @Option(help: "Cost of asking; without it there is no asking.")
    var costConfirm: Double?

    @Option(
        help: "Map the scores by this certificate first; of its own data only the report's part is used.")
    var certificate: String?

    @Option(help: "The model that made the scores, a file or folder; the certificate must be for it.")
    var model: String?

    @Option(help: "Draws of clusters for the interval.")
    var resamples = 1000

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var version = LarmorVersion.text
        var act: Double
        var confirm: Double
        var n: Int?
        var acted: Double?
        var confirmed: Double?
        var ignored: Double?
        var promisedFalseRate: Double?
        var realisedFalseRate: Double?
        var realisedInterval_95: IntervalEnds?
        var promiseKept: Bool?
    }

    func validate() throws {
        for (name, cost) in [("--cost-false", costFalse), ("--cost-miss", costMiss), ("--cost-confirm", costConfirm ?? 1)] {
            guard cost > 0, cost.isFinite else { throw ValidationError("\(name) must be above 0") }
        }
        if file == nil {
            try GivenOptions.refuse(
                ["--score", "--outcome", "--cluster", "--clip", "--stage", "--labels", "--resamples"], "needs a file of scores")
        }
        if certificate != nil, file == nil { throw ValidationError("--certificate needs a file of scores") }
        if model != nil, certificate == nil { throw ValidationError("--model needs --certificate") }
        guard (20...100_000).contains(resamples) else { throw ValidationError("--resamples must be from 20 to 100000") }
    }

    func run() throws {
        try reportingFailures {
            let thresholds = try ActionThresholds(costFalse: costFalse, costMiss: costMiss, costConfirm: costConfirm)
            var result = Result(act: thresholds.act, confirm: thresholds.confirm)
            if let file {
                let set = try CertifiedScores.read(file, columns, certificate: certificate, model: model).set
                let report = ActionReport(set, thresholds)
                result.n = set.count
                (result.acted, result.confirmed, result.ignored) = (report.acted, report.confirmed, report.ignored)
                if report.acted > 0 {
                    result.promisedFalseRate = report.promisedFalseRate
                    result.realisedFalseRate = report.realisedFalseRate
                    let interval = ActionReport.realisedInterval(set, thresholds, resamples: resamples)
                    result.realisedInterval_95 = interval.map(IntervalEnds.init)
                    result.promiseKept = interval.map { $0.contains(report.promisedFalseRate) }
                }
            }
            if json { try Console.json(result) } else { show(result) }
        }
    }

    private func show(_ r: Result) {
        func n(_ value: Double) -> String { Console.number(value, digits: 4) }
        Console.result("act      at p ≥ \(n(r.act))")
        if r.confirm < r.act { Console.result("confirm  at \(n(r.confirm)) ≤ p < \(n(r.act))") }
        Console.result("ignore   at p < \(n(r.confirm))")
        guard let count = r.n, let acted = r.acted, let confirmed = r.confirmed, let ignored = r.ignored else { return }
        Console.result(
            "\n\(Console.count(count, "row")): \(Report.percent(acted)) acted on, \(Report.percent(confirmed)) to confirm, "
                + "\(Report.percent(ignored)) ignored")
        guard let promised = r.promisedFalseRate, let realised = r.realisedFalseRate else { return }
        var text = "false actions: \(Report.percent(realised)) of those acted on, \(Report.percent(promised)) promised"
        if let ends = r.realisedInterval_95, let kept = r.promiseKept {
            text +=
                "; 95 % interval \(Report.percent(ends.low)) … \(Report.percent(ends.high)), the promise is "
                + (kept ? "within" : "not within")
        }
        Console.result(text)
    }
}
