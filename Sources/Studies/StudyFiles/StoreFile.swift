import Foundation
package import GRDB

/// The file of a study's results: made whole or not at all, and known by marks in its header before SQLite opens it.
package enum StoreFile {
    /// What tells one kind of store from another.
    package struct Form: Sendable {
        package let applicationID: UInt32
        /// Of the tables.
        package let version: Int

        package init(applicationID: UInt32, version: Int) { (self.applicationID, self.version) = (applicationID, version) }
    }

    /// Seconds that another program's writing is waited for.
    private static let patience = 10.0

    /// Makes a store.
    /// - Parameters:
    ///   - lock: that holds the file's name until it is there; nil where something else keeps others away.
    ///   - fill: makes the tables and their first rows.
    /// - Throws: ``StoreFault``, and what `fill` throws that is none of SQLite's.
    package static func create(
        _ path: String, _ form: Form, lock: StoreLock? = nil, _ fill: (Database) throws -> Void
    ) throws {
        let part = path + ".part"
        do {
            unlink(part + "-journal")
            if let lock { try lock.empty() } else { unlink(part) }
            let queue = try DatabaseQueue(path: part)
            try queue.write { database in
                try fill(database)
                try database.execute(
                    sql: "PRAGMA application_id = \(form.applicationID); PRAGMA user_version = \(form.version)")
            }
            try queue.close()
        } catch {
            unlink(part)
            throw error is DatabaseError ? StoreFault(error) : error
        }
        guard rename(part, path) == 0 else {
            let code = errno
            unlink(part)
            throw StoreFault.system(call: "rename", code: code)
        }
    }

    /// Opens a store that is there.
    /// - Throws: ``StoreFault``; a file that is no store of this form stays as it is.
    package static func open(_ path: String, _ form: Form, readOnly: Bool) throws(StoreFault) -> DatabaseQueue {
        try checkHeader(path, form)
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(patience)
            // Where a writer was killed, SQLite first takes back what that one had half done: whoever only reads must write, too.
            configuration.readonly = readOnly && !(access(path + "-journal", F_OK) == 0 && access(path, W_OK) == 0)
            let database = try DatabaseQueue(path: path, configuration: configuration)
            let check = try database.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
            guard check == "ok" else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: check) }
            return database
        } catch {
            throw StoreFault(error)
        }
    }

    /// Looks at the header without SQLite, which would change files that it opens.
    /// - Throws: ``StoreFault``: none there, not ours, another version's, set to write ahead.
    package static func checkHeader(_ path: String, _ form: Form) throws(StoreFault) {
        var state = stat()
        guard stat(path, &state) == 0 else {
            throw errno == ENOENT ? .missing : .system(call: "stat", code: errno)
        }
        guard state.st_mode & S_IFMT != S_IFDIR else { throw .unreadable(String(cString: strerror(EISDIR))) }
        guard state.st_mode & S_IFMT == S_IFREG else { throw .foreign }
        guard let file = fopen(path, "r") else { throw .unreadable(String(cString: strerror(errno))) }
        defer { fclose(file) }
        var head = [UInt8](repeating: 0, count: 100)
        let count = fread(&head, 1, head.count, file)
        func word(_ place: Int) -> UInt32 { head[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) } }
        guard count == 100, head.starts(with: Array("SQLite format 3\0".utf8)), word(68) == form.applicationID else {
            throw .foreign
        }
        guard word(60) == UInt32(form.version) else {
            throw .otherFormat(Int(word(60)), expected: form.version)
        }
        guard head[18] == 1, head[19] == 1 else { throw .writesAhead }
    }

    /// A value as text of a column: the same value, the same text.
    package static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    package static func value<T: Decodable>(_ text: String, as type: T.Type = T.self) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
