import ArgumentParser
import Confidence
import Foundation
import Logging

struct CalibrateBold: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bold", abstract: "Finds the boldest maps that still count as calibrated, at several levels.",
        discussion: """
            Of all maps that keep the posterior probability of calibration at the level or above, the boldest spreads the \
            scores most. Bolder scores lose a little Brier score and log-loss; use them where a bold decision has value.
            Example: larmor calibrate bold scores.csv
            Example: larmor calibrate bold scores.csv --levels 95,90 --plot bold.svg
            """)

    @OptionGroup var scores: ScoreFileOptions

    @Option(help: "Levels of the posterior probability in percent. (default: 99,95,90,80)")
    var levels: String?

    @Option(help: "Prior probability that the scores are calibrated.")
    var prior = 0.5

    @Option(help: "Draw each score over the levels to this file, .svg or .png.")
    var plot: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Level: Encodable {
        var level: Double
        var delta: Double
        var gamma: Double
        var sd: Double
        var posterior: Double
        var keepsOrder: Bool
        var measures: MeasureList
    }

    private struct Refused: Encodable {
        var level: Double
        var nMin: Int
    }

    private struct Result: Encodable {
        var version = LarmorVersion.text
        var dataSha256: String
        var n: Int
        var effectiveN: Double
        var prior: Double
        var levels: [Level]
        var refused: [Refused]
        var original: MeasureList
        var bestFit: MeasureList
        var plot: String?
    }

    func validate() throws {
        guard prior > 0, prior < 1 else { throw ValidationError("--prior must be between 0 and 1") }
        if let levels { _ = try PosteriorLevel.fractions(levels, "--levels") }
        if let plot { try PictureFile.check(plot, "--plot") }
    }

    func run() throws {
        try reportingFailures {
            try PictureFile.prepare(plot, inputs: [scores.file])
            let table = try scores.table()
            try naming(scores.file) { try show(table) }
        }
    }

    private func show(_ table: ScoreTable) throws {
        let set = table.set
        let assessment = try CalibrationAssessment(set, prior: prior)
        let found = try BoldLevels(assessment, asked: levels.map { try PosteriorLevel.fractions($0, "--levels") })
        let result = Result(
            dataSha256: table.sha256, n: set.count, effectiveN: assessment.effectiveCount, prior: prior,
            levels: found.levels.map { bold in
                let mapped = CalibrationMap.llo(bold.map).applied(to: set)
                return Level(
                    level: PosteriorLevel.percent(bold.level), delta: bold.map.delta, gamma: bold.map.gamma,
                    sd: bold.standardDeviation, posterior: bold.posterior, keepsOrder: bold.map.keepsOrder,
                    measures: MeasureList(CalibrationMeasures(mapped)))
            },
            refused: found.refused.map { Refused(level: PosteriorLevel.percent($0.level), nMin: $0.least) },
            original: MeasureList(CalibrationMeasures(set)),
            bestFit: MeasureList(CalibrationMeasures(CalibrationMap.llo(assessment.map).applied(to: set))), plot: plot)
        if let plot {
            let picture = BoldnessPlot(set, assessment, levels: found.levels, title: PictureFile.title(scores.file))
            try PictureFile.write(picture.svg, to: plot, inputs: [scores.file])
        }
        for refused in result.refused {
            log.notice(
                "\(String(format: "%g", refused.level)) % is left out: it needs \(refused.nMin) independent rows at least")
        }
        for level in result.levels where !level.keepsOrder {
            log.warning(
                "the map at \(String(format: "%g", level.level)) % turns the order of the scores round: they say the opposite of what happens"
            )
        }
        if json { return try Console.json(result) }
        var maps = TextTable("level", "delta", "gamma", "sd", "posterior")
        for level in result.levels {
            maps.add(
                String(format: "%g %%", level.level), Console.number(level.delta, digits: 7),
                Console.number(level.gamma, digits: 7),
                Console.number(level.sd, digits: 6), Console.number(level.posterior, digits: 6))
        }
        var measures = MeasureList.table()
        result.original.add(to: &measures, as: "original")
        result.bestFit.add(to: &measures, as: "best fit")
        for level in result.levels { level.measures.add(to: &measures, as: String(format: "%g %%", level.level)) }
        Console.result(maps.text + "\n\n" + measures.text)
    }
}

/// Maps at levels that were asked for, or at those of the defaults that so many rows can show.
struct BoldLevels {
    var levels: [BoldnessRecalibration] = []
    var refused: [(level: Double, least: Int)] = []

    /// - Throws: ``ConfidenceError`` when a level that was asked for needs more rows, or all of the defaults do.
    init(_ assessment: CalibrationAssessment, asked: [Double]?) throws {
        for level in asked ?? PosteriorLevel.defaults {
            if asked == nil, assessment.largestPosterior < level - 1e-12 {
                refused.append((level, CalibrationAssessment.leastCount(level: level, prior: assessment.prior)))
            } else {
                levels.append(try BoldnessRecalibration(assessment, level: level))
            }
        }
        // All of the defaults: the message of the usual one says what to do.
        if levels.isEmpty { levels = [try BoldnessRecalibration(assessment)] }
    }
}
