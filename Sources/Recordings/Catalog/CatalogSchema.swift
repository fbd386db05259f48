import GRDB

/// The tables, and the version that they carry. Another version is thrown away and rebuilt: there is nothing to migrate in a cache.
enum CatalogSchema {
    static let version = 3

    /// Makes the tables unless they are there in this version.
    /// - Parameter fullText: whether SQLite's full-text search shall be used if the library has it.
    /// - Throws: ``CatalogError/Reason/foreign`` for a database of somebody else's.
    static func prepare(_ database: Database, fullText: Bool, path: String?) throws {
        let found = try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
        let id = try UInt32.fetchOne(database, sql: "PRAGMA application_id")
        if id != CatalogFile.applicationID, !found.isEmpty {
            // Catalogues of versions 1 and 2 have no number.
            let others = found.filter { $0 != "session" && $0 != "texts" && !$0.hasPrefix("texts_") }
            guard others.isEmpty, try hasColumns(database) else { throw CatalogError(path: path ?? "memory", reason: .foreign) }
        } else if try Int.fetchOne(database, sql: "PRAGMA user_version") == version, try hasColumns(database),
            found.contains("texts")
        {
            return
        }
        try database.execute(sql: "DROP TABLE IF EXISTS texts; DROP TABLE IF EXISTS session")
        try database.execute(
            sql: """
                CREATE TABLE session (
                    id INTEGER PRIMARY KEY,
                    path TEXT NOT NULL UNIQUE,
                    fingerprint TEXT NOT NULL,
                    created REAL NOT NULL,
                    state TEXT NOT NULL,
                    subjects TEXT NOT NULL,
                    devices TEXT NOT NULL,
                    entry TEXT NOT NULL
                );
                CREATE INDEX session_created ON session (created);
                """)
        let columns = "subjects, note, words, prompts, markers, annotations"
        if fullText, try hasFullText(database) {
            try database.execute(
                sql: "CREATE VIRTUAL TABLE texts USING fts5(\(columns), tokenize = \"unicode61 remove_diacritics 2\")")
        } else {
            try database.execute(sql: "CREATE TABLE texts (\(columns))")
        }
        try database.execute(sql: "PRAGMA application_id = \(CatalogFile.applicationID)")
        try database.execute(sql: "PRAGMA user_version = \(version)")
    }

    private static func hasColumns(_ database: Database) throws -> Bool {
        let columns = try String.fetchAll(database, sql: "SELECT name FROM pragma_table_info('session')")
        return Set(columns).isSuperset(of: ["id", "path", "fingerprint", "created", "state", "subjects", "devices", "entry"])
    }

    /// Whether the texts of this catalog are indexed.
    static func usesFullText(_ database: Database) throws -> Bool {
        let sql = try String.fetchOne(database, sql: "SELECT sql FROM sqlite_master WHERE name = 'texts'")
        return sql?.contains("fts5") ?? false
    }

    private static func hasFullText(_ database: Database) throws -> Bool {
        try Bool.fetchOne(database, sql: "SELECT sqlite_compileoption_used('ENABLE_FTS5')") ?? false
    }
}
