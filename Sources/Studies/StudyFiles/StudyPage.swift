package import Origin
import Texts

/// Parts of a study's report: one HTML file that needs nothing else.
package enum StudyPage {
    /// - Parameter body: elements of HTML, one behind the other.
    package static func html(title: String, body: [String]) -> String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>\(text(title))</title>
        <style>
        body { font-family: sans-serif; margin: 2em; color: #222 } table { border-collapse: collapse }
        td, th { border-bottom: 1px solid #ddd; padding: 0.2em 0.8em; text-align: left } figure { display: inline-block; margin: 0.5em }
        </style></head><body>
        \(body.joined(separator: "\n"))
        </body></html>

        """
    }

    /// Foreign text on one line, fit for an element.
    package static func text(_ text: String) -> String { ForeignText.xml(ForeignText.line(text)) }

    /// - Parameter head: empty for none.
    package static func table(_ head: [String], _ rows: [[String]]) -> String {
        let cells = { (row: [String], tag: String) in
            "<tr>" + row.map { "<\(tag)>\(Self.text($0))</\(tag)>" }.joined() + "</tr>"
        }
        return "<table>\n" + (head.isEmpty ? "" : cells(head, "th") + "\n") + rows.map { cells($0, "td") + "\n" }.joined()
            + "</table>"
    }

    /// Where a study comes from.
    /// - Parameter more: further rows of name and value.
    package static func table(_ provenance: Provenance, more: [[String]]) -> String {
        var rows = [
            ["larmor", provenance.version], ["command", provenance.command], ["processor", provenance.processor],
            ["seed", provenance.seed.map { "\($0)" } ?? ""],
        ]
        rows += more
        for (path, hash) in (provenance.data ?? [:]).sorted(by: { $0.key < $1.key }) {
            rows.append([path + ", SHA-256", hash])
        }
        return table([], rows)
    }
}
