import Foundation
import GRDB

/// The statements that the catalog is read and written with.
extension SessionCatalog {
    /// Condition for paths at or below a folder; it has two parameters, from ``below(_:)``. '0' is the character after '/'.
    private static let isBelow = "(path = ? OR (path >= ? AND path < ?))"

    private static func below(_ root: String) -> StatementArguments {
        let prefix = root.hasSuffix("/") ? String(root.dropLast()) : root
        return [root, prefix + "/", prefix + "0"]
    }

    /// Fingerprints by path. A session that was being recorded has none: that its recorder has ended shows in no file.
    static func known(_ database: Database, _ root: String) throws -> [String: String] {
        var result: [String: String] = [:]
        let rows = try Row.fetchCursor(
            database, sql: "SELECT path, fingerprint, state FROM session WHERE " + isBelow, arguments: below(root))
        while let row = try rows.next() {
            let isRecording = row["state"] as String == CatalogEntry.State.recording.rawValue
            result[row["path"]] = isRecording ? "" : row["fingerprint"]
        }
        return result
    }

    static func remove(_ path: String, _ database: Database) throws {
        try database.execute(
            sql: "DELETE FROM texts WHERE rowid IN (SELECT id FROM session WHERE path = ?)", arguments: [path])
        try database.execute(sql: "DELETE FROM session WHERE path = ?", arguments: [path])
    }

    static func put(_ found: SessionFolders.Found, _ scan: SessionScan, _ database: Database) throws {
        try remove(found.path, database)
        let entry = scan.entry
        try database.execute(
            sql: """
                INSERT INTO session (path, fingerprint, created, state, subjects, devices, entry) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                found.path, found.fingerprint, entry.created.timeIntervalSince1970, entry.state.rawValue,
                try json(entry.subjects), try json(entry.devices + entry.drivers), try json(entry),
            ])
        let texts = scan.texts
        try database.execute(
            sql: """
                INSERT INTO texts (rowid, subjects, note, words, prompts, markers, annotations) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                database.lastInsertedRowID, entry.subjects.joined(separator: "\n"), entry.note ?? "", texts.words,
                texts.prompts, texts.markers, texts.annotations,
            ])
    }

    private static func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }

    static func select(_ query: CatalogQuery, _ root: String, fullText: Bool) -> (sql: String, StatementArguments) {
        var conditions = [isBelow]
        var arguments = below(root)
        for (column, name) in [("subjects", query.subject), ("devices", query.device)] {
            guard let name else { continue }
            conditions.append(
                "EXISTS (SELECT 1 FROM json_each(session.\(column)) WHERE json_each.value = ? COLLATE NOCASE)")
            arguments += [name]
        }
        if let from = query.from {
            conditions.append("created >= ?")
            arguments += [from.timeIntervalSince1970]
        }
        if let before = query.before {
            conditions.append("created < ?")
            arguments += [before.timeIntervalSince1970]
        }
        if !query.terms.isEmpty, fullText {
            conditions.append("id IN (SELECT rowid FROM texts WHERE texts MATCH ?)")
            arguments += [query.fullTextPattern]
        } else {
            for pattern in query.likePatterns {
                let all = "subjects || ' ' || note || ' ' || words || ' ' || prompts || ' ' || markers || ' ' || annotations"
                conditions.append("id IN (SELECT rowid FROM texts WHERE \(all) LIKE ? ESCAPE '\\')")
                arguments += [pattern]
            }
        }
        return ("SELECT entry FROM session WHERE " + conditions.joined(separator: " AND "), arguments)
    }
}
