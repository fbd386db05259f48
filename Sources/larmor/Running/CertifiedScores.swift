import Confidence
import Logging

/// Scores as a certificate maps them.
enum CertifiedScores {
    /// The table's set, or what a certificate makes of the rows that it says something new about.
    /// - Throws: ``ConfidenceError`` when the certificate is of another model.
    static func set(_ table: ScoreTable, certificate path: String?, model: String?, file: String) throws -> ScoreSet {
        guard let path else { return table.set }
        let certificate = try read(path, model: model)
        guard certificate.data.sha256 == table.sha256, let column = certificate.split.column else {
            return try mapped(table, certificate, path)
        }
        // Its own data, divided by a column: that column is needed, too.
        var columns = table.columns
        columns.split = column
        let divided = try ScoreTable(contentsOf: file, columns: columns, clip: certificate.data.clip)
        return try mapped(divided, certificate, path)
    }

    static func read(_ path: String, model: String?) throws -> CalibrationCertificate {
        let certificate = try CalibrationCertificate(contentsOf: path)
        if let model { try naming(path) { try certificate.check(modelSHA256: ModelHash.sha256(of: model)) } }
        return certificate
    }

    private static func mapped(
        _ table: ScoreTable, _ certificate: CalibrationCertificate, _ path: String
    ) throws -> ScoreSet {
        let rows = try certificate.reportRows(of: table)
        if table.sha256 == certificate.data.sha256 {
            log.notice("\(path) was fitted on this file; its reporting part of \(rows.count) rows is taken")
        }
        return certificate.map.applied(to: table.set.rows(rows))
    }
}
