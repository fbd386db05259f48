import Catalog
import Foundation
import GRDB
import Testing

/// What keeps a catalogue from being used is told in plain words: the file, what was expected, what to do. A file of somebody else's
/// stays as it is.
struct CatalogFaultsTests {
    private let scratch = ScratchFolder()
    private var root: String { scratch("sessions") }
    private var file: String { scratch("catalog.sqlite") }

    private func fault(_ path: String) -> CatalogError? {
        #expect(throws: CatalogError.self) {
            let catalog = try SessionCatalog(path: path, patience: 0.1)
            try catalog.refresh(root)
        }
    }

    /// No library's words stand in place of ours, and there is something to do.
    private func check(_ error: CatalogError?, _ path: String, _ reason: CatalogError.Reason) {
        #expect(error?.path == path && error?.reason == reason, "\(String(describing: error))")
        let text = error?.description ?? ""
        let ours = text.prefix { $0 != "(" }
        #expect(ours.contains("catalog") && ours.contains(";"), "\(text)")
        for word in ["SQLite error", "SELECT", "NSError", "Domain", "GRDB"] { #expect(!text.contains(word), "\(text)") }
    }

    /// A catalogue of one session, closed.
    private func writeCatalog() throws {
        try TinySession().write(root + "/a")
        try SessionCatalog(path: file).refresh(root)
    }

    @Test func `a catalogue that another program is writing is waited for, and then told`() throws {
        try writeCatalog()
        let other = try DatabaseQueue(path: file)
        try other.inDatabase { database in
            try database.execute(sql: "BEGIN IMMEDIATE")
            check(fault(file), file, .busy(seconds: 0.1))
            try database.execute(sql: "ROLLBACK")
        }
        #expect(throws: Never.self) { try SessionCatalog(path: file).refresh(root, everything: true) }
    }

    @Test func `a catalogue with bytes that are wrong inside is made anew, and tells the same`() throws {
        for number in 0..<30 { try TinySession(words: ["word\(number)"]).write(root + "/\(number)") }
        let before = try { () throws -> [CatalogEntry] in
            let catalog = try SessionCatalog(path: file)
            try catalog.refresh(root)
            return try catalog.sessions(in: root)
        }()
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        // The first page behind the header, every page, and the end.
        for damage in 0..<3 {
            var bytes = whole
            switch damage {
            case 0: for place in 100..<2000 { bytes[place] = 0x5A }
            case 1: for place in stride(from: 4096, to: bytes.count, by: 4096) { bytes[place] = 0xFF }
            default: bytes.removeLast(bytes.count / 2)
            }
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) }
            try bytes.write(to: URL(fileURLWithPath: file))
            let catalog = try SessionCatalog(path: file)
            try catalog.refresh(root)
            #expect(try catalog.sessions(in: root) == before, "\(damage)")
        }
    }

    @Test func `a file that is no catalogue stays as it is`() throws {
        let notes = Data("My notes on all subjects.\n".utf8)
        try notes.write(to: URL(fileURLWithPath: scratch("notes.txt")))
        check(fault(scratch("notes.txt")), scratch("notes.txt"), .foreign)
        #expect(try Data(contentsOf: URL(fileURLWithPath: scratch("notes.txt"))) == notes)
        // A database with tables of its own, one of them named as ours; and one whose table only has our name.
        for (name, tables) in [("mine", ["session (a)", "mine (a)"]), ("like", ["session (a)"])] {
            let path = scratch(name + ".sqlite")
            let database = try DatabaseQueue(path: path)
            try database.write { database in
                for table in tables { try database.execute(sql: "CREATE TABLE \(table)") }
                try database.execute(sql: "INSERT INTO session VALUES ('kept'); PRAGMA user_version = 2")
            }
            try database.close()
            check(fault(path), path, .foreign)
            let kept = try DatabaseQueue(path: path).read { try String.fetchOne($0, sql: "SELECT a FROM session") }
            #expect(kept == "kept")
        }
    }

    @Test func `a catalogue of an earlier version is made anew`() throws {
        let old = try DatabaseQueue(path: file)
        try old.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE session (
                        id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL, created REAL NOT NULL,
                        state TEXT NOT NULL, subjects TEXT NOT NULL, devices TEXT NOT NULL, entry TEXT NOT NULL);
                    INSERT INTO session VALUES (1, '/gone', '', 0, 'complete', '[]', '[]', '{}');
                    CREATE VIRTUAL TABLE texts USING fts5(subjects, note, words, prompts, markers, annotations);
                    PRAGMA user_version = 2
                    """)
        }
        try old.close()
        try TinySession().write(root + "/a")
        let catalog = try SessionCatalog(path: file)
        try catalog.refresh(root)
        #expect(try catalog.sessions(in: "/").count == 1)
    }

    @Test func `places in which no file can be made or written are told`() throws {
        // Not even root makes a folder or a file there.
        check(
            fault("/proc/larmor/catalog.sqlite"), "/proc/larmor/catalog.sqlite",
            .folder("/proc/larmor", cause: "No such file or directory"))
        check(fault("/sys/larmor.sqlite"), "/sys/larmor.sqlite", .closed)
        check(fault(scratch.path), scratch.path, .closed)
        check(fault("/dev/full"), "/dev/full", .closed)
        try writeCatalog()
        check(fault(file + "/catalog.sqlite"), file + "/catalog.sqlite", .closed)
    }

    /// Neither the catalogue that is there nor a new one.
    private func checkReadOnly(_ folder: String) {
        let error = fault(folder + "/catalog.sqlite")
        #expect(error?.reason == .readOnly || error?.reason == .closed, "\(String(describing: error))")
        check(error, folder + "/catalog.sqlite", error?.reason ?? .other)
        check(fault(folder + "/new.sqlite"), folder + "/new.sqlite", .closed)
    }

    @Test(.enabled(if: getuid() != 0, "needs a user who is not root"))
    func `a catalogue in a folder that may only be read is told`() throws {
        try writeCatalog()
        for path in [file, scratch.path] { chmod(path, path == file ? 0o444 : 0o555) }
        defer { chmod(scratch.path, 0o755) }
        checkReadOnly(scratch.path)
    }

    private static func mount(_ arguments: String...) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/" + arguments[0])
        process.arguments = Array(arguments.dropFirst())
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// Root may write to every folder, but not to a disk that is mounted for reading.
    @Test(.enabled(if: getuid() == 0, "needs root, to mount a tmpfs"))
    func `a catalogue on a disk that may only be read is told`() throws {
        let disk = scratch("disk")
        mkdir(disk, 0o755)
        guard Self.mount("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk) else { return }
        defer { _ = Self.mount("umount", disk) }
        try writeCatalog()
        try FileManager.default.copyItem(atPath: file, toPath: disk + "/catalog.sqlite")
        try #require(Self.mount("mount", "-o", "remount,ro", disk))
        checkReadOnly(disk)
    }
}
