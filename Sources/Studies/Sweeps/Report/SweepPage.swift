import Origin
import StudyFiles

/// A sweep as one HTML file that needs nothing else: best points, failed ones, pictures, where it comes from.
public struct SweepPage {
    private let table: SweepTable
    private let provenance: Provenance
    private let textSHA256: String
    /// Rows of a table.
    private static let mostRows = 50

    /// - Parameters:
    ///   - table: of a store.
    ///   - summary: of the same store.
    public init(_ table: SweepTable, _ summary: SweepStore.Summary) {
        (self.table, provenance, textSHA256) = (table, summary.provenance, summary.textSHA256)
    }

    public var html: String {
        let counts = table.counts
        let unfinished = counts.waiting + counts.running
        var body = ["<h1>\(StudyPage.text(table.name))</h1>"]
        body.append(
            "<p>\(counts.done) of \(counts.all) points done, \(counts.failed) failed"
                + (unfinished > 0 ? ", \(unfinished) not run yet" : "") + ".</p>")
        let shown = Array(table.ranking.prefix(Self.mostRows))
        if !shown.isEmpty {
            body.append("<h2>\(table.objective == nil ? "Points" : "Best points")</h2>")
            let value = table.objective.map { [$0.path] } ?? []
            let rows = shown.map { point in
                ["\(point.point.number)"] + point.point.parameters.map { "\($0.value)" }
                    + (table.objective == nil ? [] : [point.value.map { "\(SweepValue($0))" } ?? ""])
                    + table.cells(point).map { $0.map { "\($0)" } ?? "" }
            }
            body.append(StudyPage.table(["point"] + table.parameters + value + table.columns, rows))
            if table.ranking.count > shown.count { body.append("<p>… and \(table.ranking.count - shown.count) more.</p>") }
        }
        let failed = table.failed
        if !failed.isEmpty {
            body.append("<h2>Failed points</h2>")
            let rows = failed.prefix(Self.mostRows).map { point in
                ["\(point.point.number)"] + point.point.parameters.map { "\($0.value)" } + [
                    "\(point.attempts)", point.failure ?? "",
                ]
            }
            body.append(StudyPage.table(["point"] + table.parameters + ["attempts", "reason"], Array(rows)))
            if failed.count > Self.mostRows { body.append("<p>… and \(failed.count - Self.mostRows) more.</p>") }
        }
        if let pictures = SweepPictures(table)?.all, !pictures.isEmpty {
            body.append("<h2>\(StudyPage.text(table.objective?.path ?? ""))</h2>")
            body += pictures.map { "<figure>\n\($0)</figure>" }
        }
        body.append("<h2>Provenance</h2>")
        body.append(StudyPage.table(provenance, more: [["sweep file, SHA-256", textSHA256]]))
        return StudyPage.html(title: table.name, body: body)
    }
}
