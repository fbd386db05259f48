import GRDB
import StudyFiles

/// The tables of a store, and the marks in its header. No row holds a time: the same search, the same rows.
enum SearchSchema {
    /// "LRSR".
    static let form = StoreFile.Form(applicationID: 0x4C52_5352, version: 1)

    static func create(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE search (
                    id INTEGER PRIMARY KEY CHECK (id = 1),
                    version TEXT NOT NULL,
                    method TEXT NOT NULL,
                    seed TEXT NOT NULL,
                    reservoir TEXT NOT NULL,
                    settings TEXT NOT NULL,
                    genes TEXT NOT NULL,
                    evaluations INTEGER NOT NULL,
                    provenance TEXT NOT NULL
                );
                CREATE TABLE individual (
                    number INTEGER PRIMARY KEY,
                    generation INTEGER NOT NULL,
                    parents TEXT NOT NULL,
                    genes TEXT NOT NULL,
                    parameters TEXT NOT NULL,
                    seed TEXT NOT NULL,
                    objective REAL,
                    training REAL,
                    lambda REAL,
                    kernel_rank INTEGER,
                    generalisation_rank INTEGER,
                    memory_capacity REAL,
                    novelty REAL,
                    archived INTEGER,
                    failure_type TEXT,
                    failure TEXT
                );
                CREATE INDEX individual_objective ON individual (objective);
                """)
    }
}
