import GRDB

/// The tables, and the version that they carry. Another version is thrown away and rebuilt: there is nothing to migrate in a cache.
enum CatalogSchema {
    static let version = 2

    /// Makes the tables unless they are there in this version.
    /// - Parameter fullText: whether SQLite's full-text search shall be used if the library has it.
    static func prepare(_ database: Database, fullText: Bool) throws {
        guard try Int.fetchOne(database, sql: "PRAGMA user_version") != version else { return }
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
        try database.execute(sql: "PRAGMA user_version = \(version)")
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
