import ArgumentParser
import Confidence
import Foundation
import LiveGraph
import Logging
import Outputs
import Plots

struct CalibrateMonitor: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "monitor",
        abstract: "Watches whether scores stay calibrated: a running posterior probability, with alarms.",
        discussion: """
            The posterior of `calibrate assess` over the last rows, judged after each utterance. An alarm begins when it falls below --level \
            and ends when it is back at 50 %. Rows of one utterance stand together and count as fewer independent ones. Exit code 1 \
            says that the last row is in an alarm.
            A session folder is replayed: its prompts (or --truth) say what was said, and --scores writes its words for `calibrate fit`.
            Example: larmor calibrate monitor scores.csv --certificate certificate.json --plot drift.svg
            Example: tail -f -n +1 scores.csv | larmor calibrate monitor - --window 500
            Example: larmor calibrate monitor sessions/cued --scores cued.csv
            """)

    @Argument(help: "CSV file with a line of column names, - for standard input, or the folder of a session with prompts.")
    var file: String

    @OptionGroup var columns: ScoreColumnOptions

    @Option(help: "Map the scores by this certificate first; of its own data only the report's part is used.")
    var certificate: String?

    @Option(help: "The model that made the scores, a file or folder; the certificate must be for it.")
    var model: String?

    @Option(help: "Rows that are looked at, the last ones.")
    var window = CalibrationMonitor.Settings.usualWindow

    @Option(help: "Posterior probability, in percent, below which an alarm begins.")
    var level = CalibrationMonitor.Settings.usualLevel * 100

    @Option(help: "Prior probability that the scores are calibrated.")
    var prior = 0.5

    @Option(help: "Of a session: the stream of texts that tell what is said next.")
    var truth = "console.prompts"

    @Flag(help: "Of a session: the words of a film's readout.")
    var filmWords = false

    @Option(
        help: "Of a session: write its words to this CSV file, utterance, x (raw score), y, and confidence where there is one.")
    var scores: String?

    @Option(help: "Draw the posterior over the rows, .svg or .png.")
    var plot: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Place: Encodable {
        var row: Int
        var posterior: Double
    }

    private struct Result: Encodable {
        var version = LarmorVersion.text
        var dataSha256: String?
        var n: Int
        var clusters: Int
        var window: Int
        var level: Double
        var prior: Double
        /// nil where there were too few rows.
        var posterior: Double?
        var effectiveN: Double?
        var smallest: Place?
        var alarms: [ScoreWatch.Alarm]
        var alarm: Bool
    }

    private var isSession: Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) && isFolder.boolValue
    }

    func validate() throws {
        guard level > 0, level <= 50 else { throw ValidationError("--level must be above 0 and at most 50 (percent)") }
        guard prior > 0, prior < 1 else { throw ValidationError("--prior must be between 0 and 1") }
        let windows = CalibrationMonitor.Settings.windows
        guard windows.contains(window) else {
            throw ValidationError("--window must be from \(windows.lowerBound) to \(windows.upperBound) rows")
        }
        if model != nil, certificate == nil { throw ValidationError("--model needs --certificate") }
        if let plot { try PictureFile.check(plot, "--plot") }
        try GivenOptions.refuse(["--labels"], "is of no use here: what was said is in the stream that --truth names")
        if isSession {
            try GivenOptions.refuse(["--score", "--outcome", "--cluster", "--clip"], "is of a CSV file, and this is a session")
        } else {
            try GivenOptions.refuse(["--truth", "--stage", "--film-words", "--scores"], "is of a session, and this is none")
        }
    }

    func run() throws {
        try reportingFailures {
            let settings = try CalibrationMonitor.Settings(window: window, level: level / 100, prior: prior)
            try PictureFile.prepare(plot, inputs: [file])
            if let scores { try OutputFile.check(scores, inputs: [file]) }
            var watch = ScoreWatch(settings) { reading, cluster in
                let text = Self.text(reading, cluster)
                if json { Console.note(text) } else { Console.result(text) }
            }
            var hash: String?
            if isSession {
                try takeSession(&watch)
            } else if file == "-" {
                hash = try takeStream(&watch)
            } else {
                hash = try takeFile(&watch)
            }
            watch.finish()
            try draw(watch)
            let result = result(watch, hash)
            if json { try Console.json(result) } else { show(result) }
            if result.alarm { throw ExitCode(1) }
        }
    }

    private static func text(_ reading: CalibrationMonitor.Reading, _ cluster: String?) -> String {
        let place = "row \(reading.row)\(cluster.map { " (\($0))" } ?? "")"
        return "\(place): \(reading.change == .alarm ? "ALARM" : "recovered"), posterior \(number(reading.posterior)) over "
            + "\(Console.count(reading.rows, "row")) (effective \(Console.number(reading.effectiveRows, digits: 1)))"
    }

    private static func number(_ value: Double) -> String { Console.number(value, significant: 3) }

    private func takeFile(_ watch: inout ScoreWatch) throws -> String {
        let (table, set) = try CertifiedScores.read(file, columns, certificate: certificate, model: model)
        // The rows of a certificate's report are numbered anew.
        let names = set.clusters == nil || set.count != table.set.count ? nil : table.rowClusters
        for row in 0..<set.count {
            watch.take(
                set.scores[row], set.outcomes[row], cluster: names?[row] ?? set.clusters.map { "cluster \($0[row] + 1)" })
        }
        return table.sha256
    }

    /// As the rows come.
    private func takeStream(_ watch: inout ScoreWatch) throws -> String {
        let opened = try certificate.map { try CertifiedScores.opened($0, model: model) }
        var columns = columns
        columns.clip = columns.clip ?? opened?.data.clip
        if let opened, let certificate { columns.score = try CertifiedScores.column(columns, of: opened, certificate) }
        let map = opened?.map ?? .identity
        var taken = watch
        defer { watch = taken }
        do {
            let table = try ScoreTable(
                contentsOf: "/dev/stdin", columns: columns.names, clip: columns.clip,
                each: { taken.take(map($0), $1, cluster: $2) })
            if let opened, opened.data.sha256 == table.sha256 {
                log.warning("the certificate was fitted on a part of these rows, so their posterior is too good")
            }
            return table.sha256
        } catch {
            throw ConfidenceError(error.reason, file: "standard input")
        }
    }

    private func takeSession(_ watch: inout ScoreWatch) throws {
        let opened = try certificate.map { try CertifiedScores.opened($0, model: model) }
        let words = try CuedWords(file, truth: truth, stage: columns.stage, isFilm: filmWords)
        if let scores { try OutputFile.write(words.csv, to: scores, inputs: [file]) }
        let clip = opened?.data.clip ?? 1e-12
        for cue in words.cues {
            for word in cue.words {
                guard let score = opened?.readsPosterior == true ? word.posterior : word.score else {
                    throw ConfidenceError(
                        .certificate("it maps posteriors, and the session's words have none: record with evidence = true"),
                        file: certificate)
                }
                let raw = min(max(score, clip), 1 - clip)
                watch.take(opened?.map(raw) ?? word.confidence ?? raw, word.isRight, cluster: "cue \(cue.cue)")
            }
        }
    }

    private func draw(_ watch: ScoreWatch) throws {
        guard let plot else { return }
        let ends = [watch.rows.first, watch.rows.last].compactMap(\.self)
        let picture = LinePlot(
            title: PictureFile.title(file == "-" ? "standard input" : file), xLabel: "row",
            yLabel: "P(calibrated | last \(window) rows)",
            curves: [
                .init("posterior", x: watch.rows, y: watch.posteriors),
                .init("alarm below \(Self.number(level)) %", x: ends, y: ends.map { _ in level / 100 }),
            ])
        try PictureFile.write(picture.svg, to: plot, inputs: [file])
    }

    private func result(_ watch: ScoreWatch, _ hash: String?) -> Result {
        Result(
            dataSha256: hash, n: watch.count, clusters: watch.clusters, window: window, level: level, prior: prior,
            posterior: watch.last?.posterior, effectiveN: watch.last?.effectiveRows,
            smallest: watch.smallest.map { Place(row: $0.row, posterior: $0.posterior) }, alarms: watch.alarms,
            alarm: watch.last?.isAlarm ?? false)
    }

    private func show(_ result: Result) {
        let groups = result.clusters == result.n ? "" : " in \(Console.count(result.clusters, "cluster"))"
        Console.result("\(Console.count(result.n, "row"))\(groups), windows of \(window)")
        guard let posterior = result.posterior, let rows = result.effectiveN, let smallest = result.smallest else {
            return Console.result("too few rows to judge")
        }
        Console.result(
            "posterior  \(Self.number(posterior)) at the end (effective \(Console.number(rows, digits: 1)) rows), smallest "
                + "\(Self.number(smallest.posterior)) at row \(smallest.row)")
        guard !result.alarms.isEmpty else { return Console.result("alarms     none") }
        var table = TextTable("alarm", "from row", "to row", "posterior", "rows")
        for (index, alarm) in result.alarms.enumerated() {
            table.add(
                "\(index + 1)", "\(alarm.row)", alarm.recoveredRow.map { "\($0)" } ?? "–", Self.number(alarm.posterior),
                "\(alarm.window)")
        }
        Console.result(table.text)
    }
}
