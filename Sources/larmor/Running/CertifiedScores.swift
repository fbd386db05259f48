import ArgumentParser
import Confidence
import Logging

/// Scores as a certificate maps them.
enum CertifiedScores {
    /// A file's scores, or what a certificate makes of the rows that it says something new about.
    /// - Throws: ``ConfidenceError`` when the certificate is of another model.
    static func read(
        _ file: String, _ columns: ScoreColumnOptions, certificate path: String?, model: String?
    ) throws -> (table: ScoreTable, set: ScoreSet) {
        guard let path else {
            let table = try columns.table(file)
            return (table, table.set)
        }
        let certificate = try opened(path, model: model)
        var columns = columns
        // Its scores may have stood at 0 and 1, and those of the same model may do so again.
        columns.clip = columns.clip ?? certificate.data.clip
        columns.score = try column(columns, of: certificate, path)
        var table = try columns.table(file)
        if table.sha256 == certificate.data.sha256 {
            // Its own data: they are divided as they were then, by the same clusters or by a column.
            var same = table.columns
            same.cluster = columns.cluster ?? certificate.data.clusterColumn
            same.split = certificate.split.column
            if same != table.columns {
                columns.cluster = same.cluster
                table = try columns.table(file, split: same.split)
            }
        }
        let rows = try naming(path) { try certificate.reportRows(of: table) }
        if table.sha256 == certificate.data.sha256 {
            log.notice("\(path) was fitted on this file; its reporting part of \(rows.count) rows is taken")
        }
        return (table, certificate.map.applied(to: table.set.rows(rows)))
    }

    /// The column that a certificate maps: a map is for one kind of score.
    static func column(
        _ columns: ScoreColumnOptions, of certificate: CalibrationCertificate, _ path: String
    ) throws -> String {
        let own = certificate.data.scoreColumn
        guard columns.score ?? own == own else {
            throw ValidationError("\(path) maps the column “\(own)”: leave --score out, or fit a certificate for it")
        }
        return own
    }

    static func opened(_ path: String, model: String?) throws -> CalibrationCertificate {
        let certificate = try CalibrationCertificate(contentsOf: path)
        if let model { try naming(path) { try certificate.check(model: model) } }
        return certificate
    }
}
