import Foundation
import GRDB

/// The tables of a store, and the marks in its header by which it is known before SQLite opens it.
enum SweepSchema {
    static let version = 1
    /// "LRSW".
    static let applicationID: UInt32 = 0x4C52_5357

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
                PRAGMA application_id = \(applicationID);
                PRAGMA user_version = \(version);
                """)
    }

    /// Looks at the header without SQLite, which would change files that it opens.
    /// - Throws: ``SweepError``: none there, not ours, another version's.
    static func checkHeader(_ path: String) throws(SweepError) {
        var state = stat()
        guard stat(path, &state) == 0 else {
            throw SweepError(path: path, reason: errno == ENOENT ? .missing : .system(call: "stat", code: errno))
        }
        guard state.st_mode & S_IFMT == S_IFREG else { throw SweepError(path: path, reason: .foreign) }
        guard let file = fopen(path, "r") else { throw SweepError(path: path, reason: .system(call: "open", code: errno)) }
        defer { fclose(file) }
        var head = [UInt8](repeating: 0, count: 100)
        let count = fread(&head, 1, head.count, file)
        func word(_ place: Int) -> UInt32 { head[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) } }
        guard count == 100, head.starts(with: Array("SQLite format 3\0".utf8)), word(68) == applicationID else {
            throw SweepError(path: path, reason: .foreign)
        }
        guard word(60) == UInt32(version) else {
            throw SweepError(path: path, reason: .otherFormat(Int(word(60)), expected: version))
        }
    }
}
