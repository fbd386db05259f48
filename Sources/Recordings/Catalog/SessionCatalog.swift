import Foundation
import GRDB

/// The list of all sessions, in SQLite, for looking up without reading recordings.
///
/// It is a cache: everything in it comes from the session folders, ``refresh(_:progress:)`` brings it up to date, and a file
/// that is damaged or of another version is replaced by a new one. Several processes may use one file at once.
public final class SessionCatalog: Sendable {
    /// The database file; nil for one in memory.
    public let path: String?
    private let database: any DatabaseWriter
    private let usesFullText: Bool
    private let patience: Double

    /// Sessions that are read between two writes.
    private static let batch = 64

    /// - Parameters:
    ///   - path: the database file, made with the folders above it when it is not there; nil for memory.
    ///   - isUsualPlace: the file lies where catalogues do: whatever is there and is none is replaced. Elsewhere it may be somebody's.
    ///   - fullText: false to do without SQLite's full-text search, as where the library has none.
    ///   - patience: seconds that another program's writing is waited for.
    /// - Throws: ``CatalogError``; a file that is no catalogue stays as it is.
    public init(
        path: String?, isUsualPlace: Bool = false, fullText: Bool = true, patience: Double = 30
    ) throws(CatalogError) {
        self.path = path
        self.patience = patience
        do {
            (database, usesFullText) = try Self.open(path, isUsualPlace, fullText, patience)
        } catch {
            throw CatalogError(error, path: path, patience: patience)
        }
    }

    private static func prepare(_ database: any DatabaseWriter, _ fullText: Bool, _ path: String?) throws -> Bool {
        try database.write { database in
            try CatalogSchema.prepare(database, fullText: fullText, path: path)
            return try CatalogSchema.usesFullText(database)
        }
    }

    private static func open(
        _ path: String?, _ isUsualPlace: Bool, _ fullText: Bool, _ patience: Double
    ) throws -> (any DatabaseWriter, Bool) {
        var configuration = Configuration()
        // Another process may be writing a batch.
        configuration.busyMode = .timeout(patience)
        guard let path else {
            let queue = try DatabaseQueue(configuration: configuration)
            return (queue, try prepare(queue, fullText, nil))
        }
        let file = CatalogFile(path: path, isUsualPlace: isUsualPlace)
        try file.makeFolder()
        try file.checkBeginning()
        func pool() throws -> (any DatabaseWriter, Bool) {
            let pool = try DatabasePool(path: path, configuration: configuration)
            let check = try pool.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
            guard check == "ok" else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: check) }
            return (pool, try prepare(pool, fullText, path))
        }
        do {
            return try pool()
        } catch {
            let code = (error as? DatabaseError)?.resultCode
            let isDamaged = code == .SQLITE_NOTADB || code == .SQLITE_CORRUPT
            let isForeign = (error as? CatalogError)?.reason == .foreign && isUsualPlace
            guard (isDamaged && file.isOurs) || isForeign else { throw error }
            file.remove()
            return try pool()
        }
    }

    /// What a refresh found.
    public struct Refresh: Sendable, Equatable {
        /// Sessions below the folder.
        public var sessions = 0
        /// Sessions that were read because they are new or have changed.
        public var read = 0
        /// Sessions that are no longer there.
        public var gone = 0
        /// Folders that could not be looked into, with the reason.
        public var unreadable: [String] = []
    }

    /// Brings the entries of a folder up to date.
    /// - Parameters:
    ///   - folder: a session folder, or one with session folders in it or below.
    ///   - everything: read every session again, changed or not.
    ///   - progress: told how many of how many changed sessions have been read; false stops early.
    /// - Throws: ``CatalogError``. A folder that does not exist has no sessions.
    @discardableResult
    public func refresh(
        _ folder: String, everything: Bool = false, progress: (Int, Int) -> Bool = { _, _ in true }
    ) throws(CatalogError) -> Refresh {
        let root = Self.absolute(folder)
        let folders = SessionFolders(root: root)
        var result = Refresh(sessions: folders.found.count, unreadable: folders.unreadable)
        do {
            let known = try database.read { try Self.known($0, root) }
            let stale = folders.found.filter { everything || known[$0.path] != $0.fingerprint }
            let gone = Set(known.keys).subtracting(folders.found.map(\.path))
            if !gone.isEmpty { try database.write { for path in gone { try Self.remove(path, $0) } } }
            result.gone = gone.count
            for start in stride(from: 0, to: stale.count, by: Self.batch) {
                guard progress(start, stale.count) else { break }
                let batch = stale[start..<min(start + Self.batch, stale.count)]
                let scans = ParallelMap.map(Array(batch)) { SessionScan(folder: $0.path) }
                try database.write { for (found, scan) in zip(batch, scans) { try Self.put(found, scan, $0) } }
                result.read += batch.count
            }
        } catch {
            throw CatalogError(error, path: path, patience: patience)
        }
        return result
    }

    /// The sessions below a folder that a query asks for, oldest first.
    ///
    /// Paths begin as `folder` is written. Call ``refresh(_:everything:progress:)`` before.
    /// - Throws: ``CatalogError``.
    public func sessions(in folder: String, _ query: CatalogQuery = CatalogQuery()) throws(CatalogError) -> [CatalogEntry] {
        let root = Self.absolute(folder)
        do {
            return try database.read { database in
                var (sql, arguments) = Self.select(query, root, fullText: self.usesFullText)
                sql += " ORDER BY session.created, session.path"
                return try String.fetchAll(database, sql: sql, arguments: arguments).map { text in
                    var entry = try JSONDecoder().decode(CatalogEntry.self, from: Data(text.utf8))
                    entry.session = (folder == "/" ? "" : folder) + entry.session.dropFirst(root.count)
                    return entry
                }
            }
        } catch {
            throw CatalogError(error, path: path, patience: patience)
        }
    }

    /// A path from the root with links resolved, so that a session has one name whatever the working folder is.
    static func absolute(_ folder: String) -> String {
        guard let resolved = realpath(folder, nil) else {
            return URL(fileURLWithPath: folder).standardizedFileURL.path
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
