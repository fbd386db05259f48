import Foundation
import GRDB
public import Origin
import StudyFiles

/// The results of a sweep, in one SQLite file. One process writes to it: the one that runs the sweep.
public final class SweepStore: Sendable {
    public let path: String
    let database: DatabaseQueue

    /// What the store says of the whole sweep.
    public struct Summary: Sendable, Equatable {
        public var name: String
        /// The sweep file.
        public var text: String
        public var textSHA256: String
        /// Of the run that began it.
        public var provenance: Provenance
        /// Of Slurm's jobs.
        var token: String
    }

    /// Makes a store with all points waiting, whole or not at all.
    /// - Throws: ``SweepError``.
    public static func create(
        _ path: String, _ sweep: SweepDescription, provenance: Provenance, token: String = SweepStore.newToken
    ) throws(SweepError) {
        do {
            try StoreFile.create(path, SweepSchema.form) { database in
                try SweepSchema.create(database)
                try database.execute(
                    sql: """
                        INSERT INTO sweep (id, token, name, text, text_sha256, meaning, provenance, created) VALUES (1, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        token, sweep.name, sweep.text, ContentHash.sha256(sweep.text.utf8), try Self.json(SweepMeaning(sweep)),
                        try Self.json(provenance), Date().timeIntervalSince1970,
                    ])
                for point in sweep.points { try Self.insert(point, database) }
            }
        } catch {
            throw Self.fault(error, path)
        }
    }

    /// Opens a store that is there.
    /// - Throws: ``SweepError``; a file that is no store, or another version's, stays as it is.
    public init(_ path: String, readOnly: Bool = false) throws(SweepError) {
        self.path = path
        do { database = try StoreFile.open(path, SweepSchema.form, readOnly: readOnly) } catch { throw Self.fault(error, path) }
    }

    /// Looks whether a file is a store of this version, without touching it.
    /// - Throws: ``SweepError``.
    public static func check(_ path: String) throws(SweepError) {
        do { try StoreFile.checkHeader(path, SweepSchema.form) } catch { throw fault(error, path) }
    }

    /// Eight random digits.
    public static var newToken: String {
        String(String(UInt64.random(in: (1 << 60)...UInt64.max), radix: 16).prefix(8))
    }

    // MARK: The whole sweep

    public func summary() throws(SweepError) -> Summary { try read { try Self.summary($0) } }

    private static func summary(_ database: Database) throws -> Summary {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM sweep") else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the sweep is missing")
        }
        return Summary(
            name: try row.checked("name"), text: try row.checked("text"), textSHA256: try row.checked("text_sha256"),
            provenance: try value(row.checked("provenance")), token: try row.checked("token"))
    }

    /// Checks that a sweep file and the store are of one sweep, and keeps the file's text.
    /// - Parameters:
    ///   - sweep: the file as it is now.
    ///   - provenance: of this run.
    ///   - extend: take points that were added.
    /// - Returns: how many points were added.
    /// - Throws: ``SweepError``; then nothing has changed.
    @discardableResult
    public func adopt(_ sweep: SweepDescription, provenance: Provenance, extend: Bool = false) throws(SweepError) -> Int {
        let path = path
        return try write { database in
            let stored = try Self.summary(database).provenance
            guard stored.version == provenance.version else {
                throw SweepError(path: path, reason: .otherVersion(stored.version, own: provenance.version))
            }
            let text = try String.fetchOne(database, sql: "SELECT meaning FROM sweep") ?? ""
            var differences = try Self.value(text, as: SweepMeaning.self).differences(SweepMeaning(sweep))
            let known = Set(try String.fetchAll(database, sql: "SELECT identity FROM point"))
            let points = sweep.points
            if differences.isEmpty, !known.isSubset(of: points.map(\.identity)) { differences = ["the parameters' values"] }
            guard differences.isEmpty else { throw SweepError(path: path, reason: .changed(differences)) }
            let (before, now) = (stored.data ?? [:], provenance.data ?? [:])
            if let file = before.keys.sorted().first(where: { before[$0] != now[$0] }) {
                throw SweepError(path: path, reason: .dataChanged(file))
            }
            let new = points.filter { !known.contains($0.identity) }
            guard new.isEmpty || extend else { throw SweepError(path: path, reason: .grown(new.count)) }
            // Those that are known keep their numbers.
            for (offset, point) in new.enumerated() {
                try Self.insert(SweepPoint(number: known.count + 1 + offset, parameters: point.parameters), database)
            }
            try database.execute(
                sql: "UPDATE sweep SET name = ?, text = ?, text_sha256 = ?",
                arguments: [sweep.name, sweep.text, ContentHash.sha256(sweep.text.utf8)])
            return new.count
        }
    }

    private static func insert(_ point: SweepPoint, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO point (number, identity, parameters) VALUES (?, ?, ?)",
            arguments: [point.number, point.identity, try json(point.parameters)])
    }

    // MARK: Reading and writing

    func read<T>(_ body: (Database) throws -> T) throws(SweepError) -> T {
        do { return try database.read(body) } catch { throw Self.fault(error, path) }
    }

    func write<T>(_ body: (Database) throws -> T) throws(SweepError) -> T {
        do { return try database.write(body) } catch { throw Self.fault(error, path) }
    }

    static func json(_ value: some Encodable) throws -> String { try StoreFile.json(value) }

    static func value<T: Decodable>(_ text: String, as type: T.Type = T.self) throws -> T {
        try StoreFile.value(text, as: type)
    }

    private static func fault(_ error: any Error, _ path: String) -> SweepError {
        error as? SweepError ?? SweepError(path: path, reason: .store(StoreFault(error)))
    }
}
