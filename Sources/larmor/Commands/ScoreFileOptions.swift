import ArgumentParser
import Confidence
import Logging
import Recognition

/// Scores and how they are read.
struct ScoreFileOptions: ParsableArguments {
    @Argument(help: "CSV file with a line of column names, as evaluate --scores writes it, or a session with prompts.")
    var file: String

    @OptionGroup var columns: ScoreColumnOptions

    func table(split: String? = nil) throws -> ScoreTable { try columns.table(file, split: split) }
}

/// The columns of a file of scores, or what is taken of a session.
struct ScoreColumnOptions: ParsableArguments {
    @Option(
        help:
            "Column of the scores: probabilities between 0 and 1. Of words x, what the event log tells, or posterior. (default: x, or the certificate's)"
    )
    var score: String?

    @Option(help: "Column of the outcomes: 1 (came true) or 0.")
    var outcome = "y"

    @Option(help: "Column that says which rows belong together. (default: utterance or cluster, where there is one)")
    var cluster: String?

    @Option(help: "Move scores nearer than this to 0 or 1 inwards, for example 1e-6; without it 0 and 1 are errors.")
    var clip: Double?

    @Option(help: "Of a session: the stage whose words are taken, where several tell words.")
    var stage: String?

    @Option(help: "Of a session: where it stands what was said, prompts or annotations. (default: prompts)")
    var labels: Labels?

    enum Labels: String, ExpressibleByArgument, CaseIterable { case prompts, annotations }

    var names: ScoreTable.Columns { ScoreTable.Columns(score: score ?? "x", outcome: outcome, cluster: cluster) }

    func table(_ file: String, split: String? = nil) throws -> ScoreTable {
        ProcessProvenance.note(data: file)
        let columns = ScoreTable.Columns(score: score ?? "x", outcome: outcome, cluster: cluster, split: split)
        let table =
            try SessionScores.isSession(file)
            ? SessionScores.table(
                file, labels: labels == .annotations ? .annotations : .prompts, stage: stage, columns: columns,
                clip: clip)
            : ScoreTable(contentsOf: file, columns: columns, clip: clip)
        if table.clipped > 0 { log.notice("\(file): \(table.clipped) of \(table.set.count) scores were moved off 0 or 1") }
        return table
    }
}

/// Names a file in errors about scores that name none.
func naming<Value>(_ file: String, _ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let error as ConfidenceError {
        throw error.of(file)
    }
}

/// Levels of the posterior probability, in percent as people say them.
enum PosteriorLevel {
    /// 95 as 0.95.
    static func fraction(_ percent: Double, _ option: String) throws -> Double {
        guard percent >= 1, percent < 100 else {
            let hint = percent > 0 && percent < 1 ? "; 95 means 95 %" : ""
            throw ValidationError("\(option) must be from 1 to less than 100\(hint)")
        }
        return percent / 100
    }

    /// 99,95,90,80
    static func fractions(_ list: String, _ option: String) throws -> [Double] {
        let parts = list.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= 20 else { throw ValidationError("\(option) takes at most 20 levels") }
        return try parts.map { part in
            guard let percent = Double(part.filter { $0 != " " }) else {
                throw ValidationError("\(option) must be numbers and commas, as in 99,95,90,80")
            }
            return try fraction(percent, option)
        }
    }

    static func percent(_ fraction: Double) -> Double { (fraction * 1e10).rounded() / 1e8 }

    static let defaults = [0.99, 0.95, 0.9, 0.8]
}

/// Ends of an interval, for JSON.
struct IntervalEnds: Encodable {
    var low: Double
    var high: Double

    init(_ range: ClosedRange<Double>) { (low, high) = (range.lowerBound, range.upperBound) }
}

/// Measures of a set of probabilities, for JSON.
struct MeasureList: Encodable {
    var brier: Double
    var logLoss: Double
    var eceEqualWidth: Double
    var eceEqualCount: Double
    var auc: Double?
    var mcb: Double
    var dsc: Double
    var unc: Double
    var sd: Double
    var low: Double
    var high: Double

    init(_ measures: CalibrationMeasures) {
        (brier, logLoss, eceEqualWidth, eceEqualCount) =
            (measures.brier, measures.logLoss, measures.eceEqualWidth, measures.eceEqualCount)
        (auc, mcb, dsc, unc) = (measures.auc, measures.miscalibration, measures.discrimination, measures.uncertainty)
        (sd, low, high) = (measures.standardDeviation, measures.lowest, measures.highest)
    }

    static func table() -> TextTable {
        TextTable(
            "scores", "sd", "lowest", "highest", "Brier", "log-loss", "ECE width", "ECE count", "AUC", "MCB", "DSC", "UNC")
    }

    func add(to table: inout TextTable, as name: String) {
        func n(_ value: Double?, _ digits: Int) -> String { value.map { Console.number($0, digits: digits) } ?? "–" }
        table.add(
            name, n(sd, 6), n(low, 5), n(high, 5), n(brier, 6), n(logLoss, 6), n(eceEqualWidth, 5), n(eceEqualCount, 5),
            n(auc, 5), n(mcb, 6), n(dsc, 6), n(unc, 6))
    }
}
