import Catalog
import Foundation
import Sessions
import Testing

struct SessionPruningTests {
    private let scratch = ScratchFolder()
    private var root: String { scratch("sessions") }

    private func entries() throws -> [CatalogEntry] {
        let catalog = try SessionCatalog(path: nil)
        try catalog.refresh(root)
        return try catalog.sessions(in: root)
    }

    private func pruning(_ change: (inout SessionPruning.Rules) -> Void) throws -> SessionPruning {
        var rules = SessionPruning.Rules()
        change(&rules)
        return SessionPruning(try entries(), rules)
    }

    private func names(_ pruning: SessionPruning) -> [String] {
        pruning.candidates.map { String($0.session.dropFirst(root.count + 1)) }
    }

    /// One session a day, "0" the oldest.
    private func write(_ count: Int) throws {
        for day in 0..<count {
            try TinySession(created: Date(timeIntervalSince1970: TinySession.epoch + Double(day) * 86_400)).write(
                root + "/\(day)")
        }
    }

    @Test func `rules choose by age, number, damage and failed verification, and nothing is touched`() throws {
        try write(4)
        try FileManager.default.removeItem(atPath: root + "/3/events.jsonl")
        // Same size, other content: only verification, which reads it, can tell.
        let file = URL(fileURLWithPath: root + "/2/wire/headset.wire")
        var bytes = try Data(contentsOf: file)
        bytes[bytes.count - 1] ^= 0xFF
        try bytes.write(to: file)
        let second = Date(timeIntervalSince1970: TinySession.epoch + 1.5 * 86_400)
        #expect(names(try pruning { _ in }) == [])
        #expect(names(try pruning { $0.before = second }) == ["0", "1"])
        #expect(names(try pruning { $0.keep = 3 }) == ["0"])
        #expect(names(try pruning { $0.damaged = true }) == ["3"])
        #expect(names(try pruning { $0.failing = true }) == ["2", "3"])
        #expect(
            names(
                try pruning {
                    $0.failing = true; $0.keep = 1
                }) == ["2"])
        #expect(
            names(
                try pruning {
                    $0.before = second; $0.damaged = true
                }) == ["0", "1", "3"])
        #expect(try entries().count == 4)
        let all = try pruning { $0.keep = 0 }
        #expect(all.bytes == (try entries().reduce(0) { $0 + $1.bytes }))
    }

    @Test func `a deleted session is gone with all its files, the others stay`() throws {
        try write(2)
        try SessionAnnotations.add(SessionAnnotation(created: Date(), text: "x"), to: root + "/0")
        for candidate in try pruning({ $0.keep = 1 }).candidates { try SessionPruning.remove(candidate.session) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: root) == ["1"])
        #expect(try SessionVerification(folder: root + "/1").ok)
    }

    @Test(arguments: [".xdf", ".XDF"])
    func `the remote control's link to a recording goes with it, and links of others stay`(ending: String) throws {
        try write(3)
        let manager = FileManager.default
        func link(_ name: String, _ target: String) throws {
            try manager.createSymbolicLink(atPath: root + "/" + name, withDestinationPath: target)
        }
        try link("0" + ending, "0/recording.xdf")
        try link("2.xdf", "2/recording.xdf")
        // Somebody's own: another name, another file, another way to write it.
        for (name, target) in [
            ("best.xdf", "0/recording.xdf"), ("1.xdf", "0/recording.xdf"), ("0.wire", "0/wire/headset.wire"),
        ] {
            try link(name, target)
        }
        let found = try pruning { $0.keep = 2 }
        #expect(found.candidates.map { $0.links.map { URL(fileURLWithPath: $0).lastPathComponent } } == [["0" + ending]])
        #expect(manager.fileExists(atPath: root + "/0" + ending), "nothing is touched before")
        for candidate in found.candidates { try SessionPruning.remove(candidate.session) }
        #expect(Set(try manager.contentsOfDirectory(atPath: root)) == ["1", "2", "2.xdf", "best.xdf", "1.xdf", "0.wire"])
        // What is left leads nowhere now: it is no session and no fault of one.
        #expect(names(try pruning { $0.keep = 0 }) == ["1", "2"])
        #expect(try entries().map(\.state) == [.complete, .complete])
        #expect(try SessionVerification(folder: root + "/1").ok)
    }

    @Test(arguments: ["notes.txt", "wire.txt", "recording.xdf.bak", ".hidden"])
    func `a folder with anything else in it stays, and the reason names it`(name: String) throws {
        try write(1)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: root + "/0/" + name))
        let found = try pruning { $0.keep = 0 }
        #expect(found.candidates.isEmpty)
        #expect(found.refused.map(\.reason).first?.contains(name) == true)
        #expect(throws: SessionError.self) { try SessionPruning.remove(root + "/0") }
        #expect(try String(contentsOfFile: root + "/0/" + name, encoding: .utf8) == "mine")
    }

    @Test func `folders that are no session of Larmor's are never deleted`() throws {
        let manager = FileManager.default
        for name in ["plain", "foreign/wire", "other"] {
            try manager.createDirectory(atPath: root + "/" + name, withIntermediateDirectories: true)
        }
        try Data("{\"kind\": \"web session\"}".utf8).write(to: URL(fileURLWithPath: root + "/other/session.json"))
        try Data("XDF:".utf8).write(to: URL(fileURLWithPath: root + "/foreign/recording.xdf"))
        let found = try pruning {
            $0.keep = 0; $0.damaged = true
        }
        #expect(found.candidates.isEmpty)
        #expect(found.refused.count == 2)
        for name in ["plain", "foreign", "other"] {
            #expect(throws: SessionError.self) { try SessionPruning.remove(root + "/" + name) }
            #expect(manager.fileExists(atPath: root + "/" + name))
        }
    }

    @Test func `a session that is being recorded stays`() throws {
        let writer = try TinySession(closes: false).write(root + "/live")
        let found = try pruning { $0.keep = 0 }
        #expect(found.candidates.isEmpty)
        #expect(found.refused.map(\.session) == [writer.folder])
        withExtendedLifetime(writer) {}
    }

    @Test func `a session whose manifest is lost may go when its recording is Larmor's`() throws {
        try write(1)
        try FileManager.default.removeItem(atPath: root + "/0/session.json")
        let found = try pruning { $0.damaged = true }
        for candidate in found.candidates { try SessionPruning.remove(candidate.session) }
        #expect(found.candidates.count == 1)
        #expect(!FileManager.default.fileExists(atPath: root + "/0"))
    }
}
