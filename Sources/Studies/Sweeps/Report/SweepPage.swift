import Foundation
import Origin
import Texts

/// A sweep as one HTML file that needs nothing else: best points, failed ones, pictures, where it comes from.
public struct SweepPage {
    private let table: SweepTable
    private let provenance: Provenance
    private let textSHA256: String
    /// Rows of a table.
    private static let mostRows = 50

    /// - Parameter summary: of the same store.
    public init(_ table: SweepTable, _ summary: SweepStore.Summary) {
        (self.table, provenance, textSHA256) = (table, summary.provenance, summary.textSHA256)
    }

    public var html: String {
        let counts = table.counts
        let unfinished = counts.waiting + counts.running
        var body = ["<h1>\(Self.text(table.name))</h1>"]
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
            body.append(Self.table(["point"] + table.parameters + value + table.columns, rows))
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
            body.append(Self.table(["point"] + table.parameters + ["attempts", "reason"], Array(rows)))
            if failed.count > Self.mostRows { body.append("<p>… and \(failed.count - Self.mostRows) more.</p>") }
        }
        if let pictures = SweepPictures(table)?.all, !pictures.isEmpty {
            body.append("<h2>\(Self.text(table.objective?.path ?? ""))</h2>")
            body += pictures.map { "<figure>\n\($0)</figure>" }
        }
        body.append("<h2>Provenance</h2>")
        var origin = [
            ["larmor", provenance.version], ["command", provenance.command], ["processor", provenance.processor],
            ["seed", provenance.seed.map { "\($0)" } ?? ""], ["sweep file, SHA-256", textSHA256],
        ]
        for (path, hash) in (provenance.data ?? [:]).sorted(by: { $0.key < $1.key }) {
            origin.append([path + ", SHA-256", hash])
        }
        body.append(Self.table([], origin))
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>\(Self.text(table.name))</title>
            <style>
            body { font-family: sans-serif; margin: 2em; color: #222 } table { border-collapse: collapse }
            td, th { border-bottom: 1px solid #ddd; padding: 0.2em 0.8em; text-align: left } figure { display: inline-block; margin: 0.5em }
            </style></head><body>
            \(body.joined(separator: "\n"))
            </body></html>

            """
    }

    private static func text(_ text: String) -> String { ForeignText.xml(ForeignText.line(text)) }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        let cells = { (row: [String], tag: String) in
            "<tr>" + row.map { "<\(tag)>\(Self.text($0))</\(tag)>" }.joined() + "</tr>"
        }
        return "<table>\n" + (head.isEmpty ? "" : cells(head, "th") + "\n") + rows.map { cells($0, "td") + "\n" }.joined()
            + "</table>"
    }
}
