/// What a calibration rests on: the map, the data that it was fitted on, and how it did on other data.
///
/// It is written beside the model that made the scores (`certificate.json`) and is good for that model alone. Fit and report are on
/// different clusters, always.
public struct CalibrationCertificate: Sendable, Equatable {
    /// What a file was read with.
    public struct Data: Sendable, Equatable, Codable {
        /// SHA-256 of the scores' file, hexadecimal.
        public var sha256: String
        public var scoreColumn: String
        public var outcomeColumn: String
        /// nil when rows are independent.
        public var clusterColumn: String?
        /// Scores nearer to 0 and 1 were moved here.
        public var clip: Double?
    }

    /// How the clusters were divided: by a column, or by seed and share.
    public struct Split: Sendable, Equatable, Codable {
        /// Column whose values `fit` and `report` say where a row belongs; rows of other values are in neither.
        public var column: String?
        /// Of the division; nil where a column said it.
        public var seed: UInt64?
        /// Part of the clusters that the map was fitted on.
        public var share: Double?

        public init(column: String) { self.column = column }

        public init(seed: UInt64, share: Double) { (self.seed, self.share) = (seed, share) }
    }

    /// Rows of one part.
    public struct Part: Sendable, Equatable, Codable {
        /// Number of rows.
        public var rows: Int
        /// nil when rows are independent.
        public var clusters: Int?
        /// Independent rows that they count for.
        public var effectiveRows: Double
    }

    /// A measure on the reporting part, with its 95 % interval by drawing clusters.
    public struct Measure: Sendable, Equatable, Codable {
        /// Of the whole part.
        public var value: Double
        /// Lower end of the interval; nil where too few draws had the measure.
        public var low: Double?
        /// Upper end, likewise.
        public var high: Double?
    }

    /// What turns scores into calibrated ones.
    public var map: CalibrationMap
    /// How the map was fitted.
    public var method: CalibrationMethod
    /// Of ``CalibrationMethod/boldness``: the posterior probability that the map keeps.
    public var level: Double?
    /// Probability of calibration before the data.
    public var prior: Double
    /// Day or moment, as whoever made it said (ISO 8601).
    public var date: String
    /// Name and version of the program that made it.
    public var program: String
    /// What the scores were read from.
    public var data: Data
    /// SHA-256 of the model whose scores these are; nil when none was named.
    public var modelSHA256: String?
    /// How the clusters were divided.
    public var split: Split
    /// What the map was fitted on.
    public var fit: Part
    /// What ``raw`` and ``calibrated`` are measured on.
    public var report: Part
    /// P(calibrated | reporting part) before and after; nil where that part has no fit of its own.
    public var posterior: Comparison<Double?>
    /// By name, in the order of ``measureNames``.
    public var raw: [String: Measure]
    /// The same after the map.
    public var calibrated: [String: Measure]

    /// Before and after the map.
    public struct Comparison<Value: Sendable & Equatable & Codable>: Sendable, Equatable, Codable {
        public var raw: Value
        public var calibrated: Value
    }

    /// Names of the measures, in the order of tables.
    public static let measureNames = [
        "brier", "log_loss", "miscalibration", "discrimination", "ece_equal_width", "ece_equal_count", "auc",
        "standard_deviation",
    ]

    /// - Throws: ``ConfidenceError`` when the certificate names another model.
    public func check(modelSHA256 found: String) throws(ConfidenceError) {
        guard let modelSHA256 else {
            throw ConfidenceError(.certificate("it names no model; make one with `larmor calibrate fit --model`"))
        }
        guard modelSHA256 == found else {
            throw ConfidenceError(.mismatch(of: "model", certified: modelSHA256, found: found))
        }
    }

    /// The rows of a table that this certificate says something new about: the reporting part of its own data, all rows of others.
    /// - Throws: ``ConfidenceError`` when the table's scores are of another model, or its own data are read with other clusters, or without
    ///   the column that divides them.
    public func reportRows(of table: ScoreTable) throws(ConfidenceError) -> [Int] {
        if let modelSHA256, let found = table.modelSHA256, modelSHA256 != found {
            throw ConfidenceError(.mismatch(of: "model", certified: modelSHA256, found: found))
        }
        guard table.sha256 == data.sha256 else { return Array(0..<table.set.count) }
        // Other clusters make other parts: rows that the map was fitted on would be reported on.
        guard table.columns.cluster == data.clusterColumn else {
            func name(_ column: String?) -> String { column.map { "the column “\(Found.text($0))”" } ?? "single rows" }
            throw ConfidenceError(
                .certificate(
                    "it divided this file by \(name(data.clusterColumn)), and the file is now read by "
                        + "\(name(table.columns.cluster)); read it as it was read then"))
        }
        return try split.parts(of: table).report
    }
}

extension CalibrationCertificate.Split {
    /// Divides a table; no cluster is in both parts.
    public func parts(of table: ScoreTable) throws(ConfidenceError) -> (fit: [Int], report: [Int]) {
        guard let column else {
            let split = try ClusterSplit(names: table.rowClusters, share: share ?? 0.5, seed: seed ?? 1)
            return (split.fit, split.report)
        }
        guard let splits = table.splits else {
            throw ConfidenceError(.missingColumn(name: column, present: []))
        }
        let fit = splits.indices.filter { splits[$0] == "fit" }
        let report = splits.indices.filter { splits[$0] == "report" }
        guard !fit.isEmpty, !report.isEmpty else {
            throw ConfidenceError(
                .certificate(
                    "the column “\(Found.text(column))” must say “fit” and “report”; found \(fit.count) rows of the first and "
                        + "\(report.count) of the second"))
        }
        let clusters = table.rowClusters
        let fitted = Set(fit.map { clusters[$0] })
        if let both = report.first(where: { fitted.contains(clusters[$0]) }) {
            throw ConfidenceError(
                .certificate(
                    "the cluster “\(Found.text(clusters[both]))” is in both parts; fit and report must not share clusters"))
        }
        return (fit, report)
    }
}
