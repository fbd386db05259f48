import Catalog
import Foundation
import Sessions
import Testing

struct SessionCatalogTests {
    private let scratch = ScratchFolder()
    private var root: String { scratch("sessions") }

    private func names(_ catalog: SessionCatalog, _ query: CatalogQuery = CatalogQuery()) throws -> [String] {
        try catalog.refresh(root)
        return try catalog.sessions(in: root, query).map { String($0.session.dropFirst(root.count + 1)) }
    }

    private func writeThree() throws {
        try TinySession(note: "eyes closed", words: ["seven", "two"]).write(root + "/a")
        try TinySession(
            created: Date(timeIntervalSince1970: TinySession.epoch + 86_400), subject: "s02", device: "microphone",
            driver: "alsa",
            words: ["seventeen"], prompts: ["Lift the left hand."]
        ).write(root + "/deeper/b")
        try TinySession(created: Date(timeIntervalSince1970: TinySession.epoch + 2 * 86_400), subject: nil).write(root + "/c")
    }

    @Test func `sessions are found in any folder below, oldest first, with what their manifests and recordings say`() throws {
        try writeThree()
        let catalog = try SessionCatalog(path: nil)
        #expect(try names(catalog) == ["a", "deeper/b", "c"])
        let first = try #require(try catalog.sessions(in: root).first)
        #expect(first.state == .complete && first.problem == nil)
        #expect(first.subjects == ["S01"] && first.note == "eyes closed" && first.rig == "bench")
        #expect(first.devices == ["headset"] && first.drivers == ["cyton"] && first.streams == ["headset.eeg"])
        // Ten frames at 250 Hz.
        #expect(abs(try #require(first.seconds) - 9 / 250) < 1e-9)
        // That the headset started is no marker.
        #expect(first.markers == 0)
    }

    @Test(arguments: [true, false])
    func `search is by subject, device, time and words, with and without SQLite's full-text search`(fullText: Bool) throws {
        try writeThree()
        try SessionAnnotations.add(
            SessionAnnotation(created: Date(), text: "Électrode \"Cz\" 100 % loose", subjects: ["S03"]), to: root + "/c")
        let catalog = try SessionCatalog(path: nil, fullText: fullText)
        let day = { (number: Double) in Date(timeIntervalSince1970: TinySession.epoch + number * 86_400) }
        #expect(try names(catalog, CatalogQuery(subject: "S02")) == ["deeper/b"])
        #expect(try names(catalog, CatalogQuery(subject: "S03")) == ["c"])
        #expect(try names(catalog, CatalogQuery(subject: "S0")) == [])
        #expect(try names(catalog, CatalogQuery(device: "microphone")) == ["deeper/b"])
        #expect(try names(catalog, CatalogQuery(device: "Cyton")) == ["a", "c"])
        #expect(try names(catalog, CatalogQuery(from: day(1))) == ["deeper/b", "c"])
        #expect(try names(catalog, CatalogQuery(from: day(0.5), before: day(2))) == ["deeper/b"])
        #expect(try names(catalog, CatalogQuery(text: "EYES closed")) == ["a"])
        #expect(try names(catalog, CatalogQuery(text: "left lift")) == ["deeper/b"])
        #expect(try names(catalog, CatalogQuery(text: "seven*")) == ["a", "deeper/b"])
        #expect(try names(catalog, CatalogQuery(text: "started headset")) == ["a", "c"])
        #expect(try names(catalog, CatalogQuery(text: "\"Cz\" 100 loose")) == ["c"])
        #expect(try names(catalog, CatalogQuery(subject: "S01", text: "absent")) == [])
        if fullText {
            // Whole words only, and letters without their marks.
            #expect(try names(catalog, CatalogQuery(text: "seven")) == ["a"])
            #expect(try names(catalog, CatalogQuery(text: "electrode")) == ["c"])
        }
    }

    @Test(arguments: ["NEAR(", "a OR", "\"", "*", "col:x", "%", "_", "\\", "'; DROP TABLE session", "-", "()"])
    func `no character of a search has a meaning of its own`(text: String) throws {
        try writeThree()
        for fullText in [true, false] {
            let catalog = try SessionCatalog(path: nil, fullText: fullText)
            #expect(throws: Never.self) { try names(catalog, CatalogQuery(text: text)) }
            #expect(try names(catalog).count == 3)
        }
    }

    @Test func `only what is new or changed is read, and what is gone disappears`() throws {
        try writeThree()
        let catalog = try SessionCatalog(path: scratch("catalog.sqlite"))
        #expect(try catalog.refresh(root).read == 3)
        let second = try catalog.refresh(root)
        #expect(second.sessions == 3 && second.read == 0 && second.gone == 0)
        try SessionAnnotations.add(SessionAnnotation(created: Date(), text: "moved"), to: root + "/a")
        try FileManager.default.removeItem(atPath: root + "/c")
        let third = try catalog.refresh(root)
        #expect(third.sessions == 2 && third.read == 1 && third.gone == 1)
        #expect(try names(catalog, CatalogQuery(text: "moved")) == ["a"])
        #expect(try catalog.refresh(root, everything: true).read == 2)
    }

    @Test func `a deleted catalog loses nothing, whatever lies in its usual place is made anew`() throws {
        try writeThree()
        let file = scratch("catalog.sqlite")
        let before = try { () throws -> [CatalogEntry] in
            let catalog = try SessionCatalog(path: file)
            try catalog.refresh(root)
            return try catalog.sessions(in: root)
        }()
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) }
        for rubbish in [nil, Data(repeating: 0x41, count: 8192)] {
            if let rubbish { try rubbish.write(to: URL(fileURLWithPath: file)) }
            let catalog = try SessionCatalog(path: file, isUsualPlace: true)
            try catalog.refresh(root)
            #expect(try catalog.sessions(in: root) == before)
        }
    }

    @Test func `two that use one catalog at once do not disturb each other`() async throws {
        for number in 0..<40 { try TinySession().write(root + "/\(number)") }
        let (file, root) = (scratch("catalog.sqlite"), root)
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let catalog = try SessionCatalog(path: file)
                    for _ in 0..<3 { try catalog.refresh(root, everything: true) }
                    return try catalog.sessions(in: root).count
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == [40, 40, 40, 40])
    }

    @Test func `links are not followed, so a session is listed once and a loop does no harm`() throws {
        try writeThree()
        try FileManager.default.createSymbolicLink(atPath: root + "/again", withDestinationPath: root + "/a")
        try FileManager.default.createSymbolicLink(atPath: root + "/deeper/up", withDestinationPath: root)
        #expect(try names(SessionCatalog(path: nil)) == ["a", "deeper/b", "c"])
    }
}
