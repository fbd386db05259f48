import ArgumentParser
import Confidence
import Foundation
import Logging
import Outputs

struct CalibrateFit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit", abstract: "Fits a map on one part of the scores, reports on the other, writes a certificate.",
        discussion: """
            Parts are made of whole clusters, so no utterance is in both. The certificate holds map, sizes, level, date, hashes of \
            data and model, and measures on the reporting part with 95 % intervals by drawing clusters.
            Example: larmor calibrate fit scores.csv
            Example: larmor calibrate fit scores.csv --level 95 --date 2026-11-29 --output bold.json
            """)

    @OptionGroup var scores: ScoreFileOptions

    @Flag(help: "The map with the largest likelihood; the default.")
    var mle = false

    @Option(help: "The boldest map at this level of the posterior probability, in percent.")
    var level: Double?

    @Option(
        help: ArgumentHelp(
            "In place of --mle and --level: \(CalibrationMethod.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "method"))
    var method: String?

    @Option(help: "File to write. (default: certificate.json, in the model's folder where --model names one)")
    var output: String?

    @Option(help: "The model that made the scores, a file or folder; the certificate holds only for it.")
    var model: String?

    @Option(help: "Column that says fit or report for each row, in place of --share and --seed.")
    var split: String?

    @Option(help: "Part of the clusters to fit on.")
    var share = 0.5

    @Option(help: "Seed of the division.")
    var seed: UInt64 = 1

    @Option(help: "Date in the certificate: 2026-11-29 or 2026-11-29T18:30:00Z. (default: today, UTC)")
    var date: String?

    @Option(help: "Prior probability that the scores are calibrated.")
    var prior = 0.5

    @Option(help: "Draws of clusters for the intervals.")
    var resamples = 400

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Ends: Encodable {
        var value: Double
        var low: Double?
        var high: Double?
    }

    private struct Result: Encodable {
        var version = LarmorVersion.text
        var output: String
        var method: String
        var level: Double?
        var date: String
        var dataSha256: String
        var modelSha256: String?
        var delta: Double?
        var gamma: Double?
        var fit: Size
        var report: Size
        var posteriorRaw: Double?
        var posteriorCalibrated: Double?
        var raw: [String: Ends]
        var calibrated: [String: Ends]
    }

    private struct Size: Encodable {
        var n: Int
        var clusters: Int?
        var effectiveN: Double

        init(_ part: CalibrationCertificate.Part) { (n, clusters, effectiveN) = (part.rows, part.clusters, part.effectiveRows) }
    }

    private var chosenMethod: CalibrationMethod {
        method.flatMap(CalibrationMethod.init) ?? (level == nil ? .llo : .boldness)
    }

    func validate() throws {
        if let level { _ = try PosteriorLevel.fraction(level, "--level") }
        if let method, CalibrationMethod(rawValue: method) == nil {
            let known = CalibrationMethod.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--method must be one of \(known)")
        }
        if mle, level != nil || method != nil { throw ValidationError("--mle stands alone: take --level or --method away") }
        if split != nil {
            try GivenOptions.refuse(["--share", "--seed"], "divides by chance, and --split by a column; leave one out")
        }
        if level != nil, chosenMethod != .boldness { throw ValidationError("--level belongs to --method boldness") }
        guard share > 0, share < 1 else { throw ValidationError("--share must be between 0 and 1") }
        guard prior > 0, prior < 1 else { throw ValidationError("--prior must be between 0 and 1") }
        guard (20...100_000).contains(resamples) else { throw ValidationError("--resamples must be from 20 to 100000") }
        if let date, CalendarMoment(date) == nil {
            throw ValidationError("--date must be a day or a moment in UTC: 2026-11-29 or 2026-11-29T18:30:00Z")
        }
    }

    func run() throws {
        try reportingFailures {
            let path = output ?? defaultOutput
            try OutputFile.check(path, inputs: [scores.file] + [model].compactMap(\.self))
            let table = try scores.table(split: split)
            let hash = try model.map { try ModelHash.sha256(of: $0) }
            let certificate = try naming(scores.file) {
                try CalibrationCertificate(
                    table, method: chosenMethod, level: PosteriorLevel.fraction(level ?? 95, "--level"), prior: prior,
                    split: split.map { .init(column: $0) } ?? .init(seed: seed, share: share),
                    date: date ?? Date.now.formatted(.iso8601.year().month().day()), program: "larmor \(LarmorVersion.text)",
                    modelSHA256: hash, clip: scores.columns.clip, resamples: resamples)
            }
            try naming(scores.file) { try certificate.checkOrder() }
            try certificate.write(to: path)
            try show(certificate, path)
        }
    }

    private var defaultOutput: String {
        var isFolder: ObjCBool = false
        guard let model, FileManager.default.fileExists(atPath: model, isDirectory: &isFolder), isFolder.boolValue else {
            return CalibrationCertificate.fileName
        }
        return model + "/" + CalibrationCertificate.fileName
    }

    private func show(_ certificate: CalibrationCertificate, _ path: String) throws {
        func ends(_ measures: [String: CalibrationCertificate.Measure]) -> [String: Ends] {
            measures.mapValues { Ends(value: $0.value, low: $0.low, high: $0.high) }
        }
        if json {
            var result = Result(
                output: path, method: certificate.method.rawValue, level: certificate.level.map(PosteriorLevel.percent),
                date: certificate.date, dataSha256: certificate.data.sha256, modelSha256: certificate.modelSHA256,
                fit: Size(certificate.fit), report: Size(certificate.report), posteriorRaw: certificate.posterior.raw,
                posteriorCalibrated: certificate.posterior.calibrated, raw: ends(certificate.raw),
                calibrated: ends(certificate.calibrated))
            if case .llo(let map) = certificate.map { (result.delta, result.gamma) = (map.delta, map.gamma) }
            return try Console.json(result)
        }
        func size(_ part: CalibrationCertificate.Part) -> String {
            part.clusters.map {
                "\(Console.count(part.rows, "row")) in \(Console.count($0, "cluster")) (effective \(Int(part.effectiveRows.rounded())))"
            }
                ?? "\(Console.count(part.rows, "row"))"
        }
        Console.result(
            "\(path): \(certificate.method.rawValue), fitted on \(size(certificate.fit)), reported on \(size(certificate.report))"
        )
        if case .llo(let map) = certificate.map {
            Console.result("delta \(Console.number(map.delta, digits: 7)), gamma \(Console.number(map.gamma, digits: 7))")
        }
        var table = TextTable("on the reporting part", "raw", "95 % interval", "calibrated", "95 % interval")
        func cells(_ measure: CalibrationCertificate.Measure?) -> (String, String) {
            guard let measure else { return ("–", "–") }
            let interval = measure.low.flatMap { low in
                measure.high.map { "\(Console.number(low, digits: 4)) … \(Console.number($0, digits: 4))" }
            }
            return (Console.number(measure.value, digits: 5), interval ?? "–")
        }
        for name in CalibrationCertificate.measureNames {
            let (raw, calibrated) = (cells(certificate.raw[name]), cells(certificate.calibrated[name]))
            table.add(name.replacingOccurrences(of: "_", with: " "), raw.0, raw.1, calibrated.0, calibrated.1)
        }
        func posterior(_ value: Double?) -> String { value.map { String(format: "%.4g", $0) } ?? "–" }
        table.add(
            "posterior", posterior(certificate.posterior.raw), "", posterior(certificate.posterior.calibrated), "")
        Console.result(table.text)
    }
}
