import GRDB
import StudyFiles

/// The tables of a store, and the marks in its header.
enum SweepSchema {
    /// "LRSW".
    static let form = StoreFile.Form(applicationID: 0x4C52_5357, version: 1)

    static func create(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE sweep (
                    id INTEGER PRIMARY KEY CHECK (id = 1),
                    token TEXT NOT NULL,
                    name TEXT NOT NULL,
                    text TEXT NOT NULL,
                    text_sha256 TEXT NOT NULL,
                    meaning TEXT NOT NULL,
                    provenance TEXT NOT NULL,
                    created REAL NOT NULL
                );
                CREATE TABLE point (
                    number INTEGER PRIMARY KEY,
                    identity TEXT NOT NULL UNIQUE,
                    parameters TEXT NOT NULL,
                    state TEXT NOT NULL DEFAULT 'waiting',
                    attempts INTEGER NOT NULL DEFAULT 0,
                    submission INTEGER,
                    exit_code INTEGER,
                    failure TEXT,
                    standard_error TEXT,
                    result TEXT,
                    value REAL,
                    seconds REAL,
                    host TEXT
                );
                CREATE INDEX point_state ON point (state, attempts, number);
                CREATE INDEX point_value ON point (value);
                CREATE TABLE submission (
                    id INTEGER PRIMARY KEY,
                    job TEXT,
                    state TEXT NOT NULL
                );
                """)
    }
}
