import Foundation
import GRDB
import StudyFiles
import Testing

/// The file of a study's results, and the lock on it.
struct StoreFileTests {
    private static let form = StoreFile.Form(applicationID: 0x4C52_0001, version: 2)

    /// A folder of one test.
    private final class Scratch {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("larmor-store-\(UUID())").path
        init() { try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }
        func callAsFunction(_ name: String) -> String { path + "/" + name }
        var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
    }

    private let scratch = Scratch()

    private func fault(_ body: () throws -> Void) -> StoreFault? {
        do { try body() } catch { return error as? StoreFault }
        return nil
    }

    private func create(_ name: String, lock: StoreLock? = nil) throws {
        try StoreFile.create(scratch(name), Self.form, lock: lock) { try $0.execute(sql: "CREATE TABLE a (b)") }
    }

    @Test func `a store that cannot be filled leaves nothing, and one that can is there under its name alone`() throws {
        struct Full: Error {}
        #expect(throws: Full.self) { try StoreFile.create(scratch("a"), Self.form) { _ in throw Full() } }
        #expect(scratch.names == [])
        try create("a")
        #expect(scratch.names == ["a"])
        let tables = try StoreFile.open(scratch("a"), Self.form, readOnly: true).read {
            try String.fetchAll($0, sql: "SELECT name FROM sqlite_schema")
        }
        #expect(tables == ["a"])
    }

    @Test func `files of others, other forms and none are told apart and stay as they are`() throws {
        #expect(fault { try StoreFile.checkHeader(scratch("none"), Self.form) } == .missing)
        try "mine".write(toFile: scratch("text"), atomically: true, encoding: .utf8)
        #expect(fault { _ = try StoreFile.open(scratch("text"), Self.form, readOnly: false) } == .foreign)
        #expect(try String(contentsOfFile: scratch("text"), encoding: .utf8) == "mine")
        try create("a")
        let other = StoreFile.Form(applicationID: 7, version: 2)
        #expect(fault { try StoreFile.checkHeader(scratch("a"), other) } == .foreign)
        let newer = StoreFile.Form(applicationID: Self.form.applicationID, version: 3)
        #expect(fault { try StoreFile.checkHeader(scratch("a"), newer) } == .otherFormat(2, expected: 3))
        #expect(fault { try StoreFile.checkHeader("/dev/null", Self.form) } == .foreign)
    }

    @Test func `one holds a store, from before it is there`() throws {
        var first: StoreLock? = try StoreLock(scratch("a"))
        #expect(first?.isFound == false && scratch.names == ["a.part"])
        #expect(fault { _ = try StoreLock(scratch("a")) } == .inUse)
        try create("a", lock: first)
        #expect(scratch.names == ["a"])
        #expect(fault { _ = try StoreLock(scratch("a")) } == .inUse)
        // SQLite's own locks are others, and its closing lets nothing go.
        try StoreFile.open(scratch("a"), Self.form, readOnly: false).write { try $0.execute(sql: "INSERT INTO a VALUES (1)") }
        #expect(fault { _ = try StoreLock(scratch("a")) } == .inUse)
        first = nil
        let second = try StoreLock(scratch("a"))
        #expect(second.isFound)
        withExtendedLifetime(second) {}
    }

    @Test func `a lock on a store that is never made leaves nothing, and what a killed one left is taken`() throws {
        var lock: StoreLock? = try StoreLock(scratch("a"))
        #expect(lock != nil)
        lock = nil
        #expect(scratch.names == [])
        try "half".write(toFile: scratch("a.part"), atomically: true, encoding: .utf8)
        let next = try StoreLock(scratch("a"))
        try create("a", lock: next)
        #expect(scratch.names == ["a"])
        withExtendedLifetime(next) {}
    }
}
