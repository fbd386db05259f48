import Catalog
import Foundation
import Sessions
import Testing

/// Sessions that are not as they should be, composed here, and how the list tells them.
struct DamagedSessionsTests {
    private let scratch = ScratchFolder()
    private var root: String { scratch("sessions") }

    private func entry(_ name: String) throws -> CatalogEntry {
        let catalog = try SessionCatalog(path: nil)
        try catalog.refresh(root)
        return try #require(try catalog.sessions(in: root).first { $0.session == root + "/" + name })
    }

    private func change(_ path: String, _ body: (inout Data) -> Void) throws {
        let url = URL(fileURLWithPath: root + "/" + path)
        var data = try Data(contentsOf: url)
        body(&data)
        try data.write(to: url)
    }

    @Test func `a session that is being recorded is told from one whose recorder was cut off, though no file changes then`()
        throws
    {
        var writer: SessionWriter? = try TinySession(closes: false).write(root + "/live")
        let catalog = try SessionCatalog(path: nil)
        try catalog.refresh(root)
        #expect(try catalog.sessions(in: root).map(\.state) == [.recording])
        #expect(writer?.folder == root + "/live")
        writer = nil
        try catalog.refresh(root)
        #expect(try catalog.sessions(in: root).map(\.state) == [.cut])
        #expect(try entry("live").problem?.contains("larmor sessions repair") == true)
    }

    @Test(arguments: [
        ("session.json", "session.json"), ("recording.xdf", "recording.xdf"), ("events.jsonl", "events.jsonl"),
        ("wire/headset.wire", "wire/headset.wire"),
    ])
    func `a missing file makes a session damaged, and the list names the file`(file: String, named: String) throws {
        try TinySession(words: ["one"]).write(root + "/s")
        try FileManager.default.removeItem(atPath: root + "/s/" + file)
        let entry = try entry("s")
        #expect(entry.state == .damaged)
        #expect(entry.problem?.contains(named) == true, "\(entry.problem ?? "nil")")
    }

    @Test func `a manifest that cannot be read, files of another size and bad annotations are told`() throws {
        for name in ["manifest", "shorter", "rubbish", "annotations", "empty"] {
            try TinySession(words: ["one"]).write(root + "/" + name)
        }
        try change("manifest/session.json") { $0.removeLast(20) }
        try change("shorter/wire/headset.wire") { $0.removeLast(3) }
        try change("rubbish/recording.xdf") { $0[0] = 0 }
        try Data("no annotation\n".utf8).write(to: URL(fileURLWithPath: root + "/annotations/annotations.jsonl"))
        try change("empty/session.json") { $0 = Data() }
        #expect(try entry("manifest").problem?.contains("session manifest") == true)
        #expect(try entry("shorter").problem?.contains("wire/headset.wire") == true)
        #expect(try entry("rubbish").problem?.contains("XDF:") == true)
        #expect(try entry("annotations").problem?.contains("line 1") == true)
        for name in ["manifest", "shorter", "rubbish", "annotations", "empty"] {
            #expect(try entry(name).state == .damaged, "\(name)")
        }
    }

    @Test func `a session of 64 KB cut at many places never stops the list`() throws {
        try TinySession(words: ["one"], frames: 2000).write(root + "/s")
        let whole = try Data(contentsOf: URL(fileURLWithPath: root + "/s/recording.xdf"))
        let catalog = try SessionCatalog(path: nil)
        for length in stride(from: 0, to: whole.count, by: 211) {
            try whole.prefix(length).write(to: URL(fileURLWithPath: root + "/s/recording.xdf"))
            try catalog.refresh(root)
            #expect(try catalog.sessions(in: root).map(\.state) == [.damaged])
        }
    }
}
