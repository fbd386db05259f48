import Foundation
import Testing

/// `larmor sessions list`, `annotate`, `rebuild`, `prune`, `repair` and the picture of `info`, on sessions imported from a file
/// that is composed here.
struct SessionsCommandTests {
    private let folder: String
    private var root: String { folder + "/sessions" }
    private var catalog: [String] { ["--catalog", folder + "/catalog.sqlite"] }

    init() throws {
        folder = try temporaryFolder("sessions")
        let file = folder + "/small.xdf"
        try Self.recording.write(to: URL(fileURLWithPath: file))
        for name in ["a", "b", "c"] {
            let result = try Larmor.run(
                "sessions", "import", file, "--output", root + "/" + name, "--subject", "S-" + name)
            #expect(result.status == 0, "\(result.messages)")
        }
    }

    private static func bytes(_ value: some FixedWidthInteger) -> Data { withUnsafeBytes(of: value.littleEndian) { Data($0) } }

    private static func chunk(_ tag: UInt16, _ content: Data) -> Data {
        Data([4]) + bytes(UInt32(content.count + 2)) + bytes(tag) + content
    }

    /// A stream of texts of ten letters, ten a second.
    private static func texts(_ id: UInt32, _ type: String, _ count: Int) -> Data {
        let header =
            "<info><name>\(type)</name><type>\(type)</type><channel_count>1</channel_count><nominal_srate>0</nominal_srate>"
            + "<channel_format>string</channel_format></info>"
        var samples = bytes(id) + Data([1, UInt8(count)])
        for number in 0..<count {
            samples +=
                Data([8]) + bytes((5 + Double(number) / 10).bitPattern) + Data([1, 10]) + Data("words-\(1000 + number)".utf8)
        }
        return chunk(2, bytes(id) + Data(header.utf8)) + chunk(3, samples)
    }

    @Test func `import, verify, info and list count markers, other texts and events of devices each by themselves`() throws {
        struct Counts: Decodable, Equatable { var markers: Int, texts: Int, deviceEvents: Int }
        struct Listed: Decodable { var sessions: [Counts] }
        let file = folder + "/diary.xdf"
        try (Self.recording + Self.texts(2, "Markers", 3) + Self.texts(3, "Diary", 5)).write(to: URL(fileURLWithPath: file))
        let expected = Counts(markers: 3, texts: 5, deviceEvents: 0)
        let session = root + "/diary"
        for arguments in [["import", file, "--output", session], ["verify", session], ["info", session], ["info", file]] {
            let result = try RunningLarmor(["sessions"] + arguments + ["--json"]).wait()
            #expect(try result.status == 0 && result.json(Counts.self) == expected, "\(arguments[0]): \(result.messages)")
        }
        let listed = try RunningLarmor(["sessions", "list", session, "--json"] + catalog).wait()
        #expect(try listed.json(Listed.self).sessions == [expected])
        let words = try Larmor.run("sessions", "verify", session).output
        #expect(words.contains("markers  3\n") && words.contains("texts    5\n") && words.contains("device events  0\n"))
    }

    @Test func `a file that is no catalogue is told, stays as it is, and the sessions are listed all the same`() throws {
        let notes = folder + "/notes.txt"
        try "my notes\n".write(toFile: notes, atomically: true, encoding: .utf8)
        let result = try Larmor.run("sessions", "list", root, "--catalog", notes, "--json")
        #expect(try result.status == 0 && result.json(Listing.self).sessions.count == 3)
        #expect(result.messages.contains("no catalogue of Larmor's") && !result.messages.contains("SQLite error"))
        #expect(try String(contentsOfFile: notes, encoding: .utf8) == "my notes\n")
    }

    /// One EEG stream of ten seconds, after the XDF 1.0 specification.
    private static var recording: Data {
        let header = """
            <?xml version="1.0"?><info><name>headset</name><type>EEG</type><channel_count>1</channel_count>\
            <nominal_srate>100</nominal_srate><channel_format>float32</channel_format></info>
            """
        var samples = bytes(UInt32(1)) + Data([4]) + bytes(UInt32(1000))
        for frame in 0..<1000 {
            samples += Data([8]) + bytes((5 + Double(frame) / 100).bitPattern) + bytes((Float(frame % 50) * 1e-6).bitPattern)
        }
        return Data("XDF:".utf8) + chunk(1, Data("<?xml version=\"1.0\"?><info><version>1.0</version></info>".utf8))
            + chunk(2, bytes(UInt32(1)) + Data(header.utf8)) + chunk(3, samples)
    }

    private struct Listing: Decodable {
        struct Session: Decodable {
            var session: String, state: String, problem: String?, subjects: [String], annotations: Int, seconds: Double?
        }
        var sessions: [Session]
    }

    private func list(_ arguments: String...) throws -> [Listing.Session] {
        let result = try RunningLarmor(["sessions", "list", root, "--json"] + catalog + arguments).wait()
        #expect(result.status == 0, "\(result.messages)")
        return try result.json(Listing.self).sessions
    }

    @Test func `a part of a session is exported, and a part that there is not is refused`() throws {
        func export(_ output: String, _ options: String...) throws -> Larmor.Result {
            let arguments = ["sessions", "export", root + "/a", "--format", "csv", "--output", folder + "/" + output]
            return try RunningLarmor(arguments + options).wait()
        }
        let part = try export("part", "--from", "2", "--to", "4", "--channels", "1", "--rate", "50")
        #expect(part.status == 0, "\(part.messages)")
        let lines = try String(contentsOfFile: folder + "/part/headset.csv", encoding: .utf8).split(separator: "\n")
        // A line of names, and two seconds at 50 Hz.
        #expect(lines.count == 101)
        let first = lines[1].split(separator: ",").first.flatMap { Double($0) } ?? 0
        #expect(abs(first - 2) < 1e-6)
        #expect(try export("empty", "--from", "4", "--to", "2").status == 64)
        #expect(try export("beyond", "--from", "60").status == 65)
        #expect(try export("unknown", "--channels", "Fz").messages.contains("there is no channel Fz"))
    }

    @Test func `annotations are found, verified and listed; the catalog can be deleted at any time`() throws {
        let annotated = try Larmor.run(
            "sessions", "annotate", root + "/b", "electrode Cz touched", "--at", "2.5", "--subject", "S-extra", "--json")
        #expect(annotated.status == 0, "\(annotated.messages)")
        for _ in 0..<2 {
            #expect(try list().map(\.session) == ["a", "b", "c"].map { root + "/" + $0 })
            #expect(try list("--text", "ELECTRODE touch*").map(\.session) == [root + "/b"])
            #expect(try list("--subject", "s-extra").map(\.annotations) == [1])
            #expect(try list("--from", "2999-01-01").isEmpty)
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: folder + "/catalog.sqlite" + suffix)
            }
        }
        #expect(abs(try #require(list().first?.seconds) - 9.99) < 1e-6)
        #expect(try Larmor.run("sessions", "verify", root + "/b").status == 0)
        #expect(try Larmor.run("sessions", "annotate", root + "/b", "late", "--at", "99").status == 65)
        #expect(try Larmor.run("sessions", "annotate", folder, "x").status == 66)
        #expect(try Larmor.run("sessions", "list", folder + "/none").status == 66)
        #expect(try Larmor.run("sessions", "list", root, "--from", "yesterday").status == 64)
    }

    @Test func `damaged sessions are listed with the reason, a lost manifest is repaired`() throws {
        try FileManager.default.removeItem(atPath: root + "/a/session.json")
        try Data("{".utf8).write(to: URL(fileURLWithPath: root + "/c/session.json"))
        #expect(try list().filter { $0.state == "damaged" }.count == 2)
        #expect(try list().first { $0.session.hasSuffix("/a") }?.problem?.contains("session.json is missing") == true)
        for name in ["a", "c"] {
            #expect(try Larmor.run("sessions", "verify", root + "/" + name).status == 65)
            #expect(try Larmor.run("sessions", "repair", root + "/" + name).status == 0)
            // What the lost manifest said of missing data nobody knows any more.
            let after = try Larmor.run("sessions", "verify", root + "/" + name)
            #expect(after.status == 1 && after.output.contains("problem  session.json: it was lost and made anew"))
        }
        #expect(try list().allSatisfy { $0.state == "complete" })
        #expect(try list().count { $0.problem?.contains("made anew") == true } == 2)
    }

    private struct Pruned: Decodable {
        struct Session: Decodable { var session: String, bytes: Int }
        var deleted: Bool, bytes: Int, sessions: [Session]
    }

    @Test func `prune only tells until it is told to delete`() throws {
        try FileManager.default.removeItem(atPath: root + "/b/events.jsonl")
        let dry = try RunningLarmor(["sessions", "prune", root, "--damaged", "--json"] + catalog).wait()
        let told = try dry.json(Pruned.self)
        #expect(!told.deleted && told.sessions.map(\.session) == [root + "/b"] && told.bytes > 4000)
        #expect(FileManager.default.fileExists(atPath: root + "/b"))
        let real = try RunningLarmor(["sessions", "prune", root, "--damaged", "--yes", "--json"] + catalog).wait()
        #expect(try real.json(Pruned.self).bytes == told.bytes)
        #expect(!FileManager.default.fileExists(atPath: root + "/b"))
        #expect(try list().map(\.session) == [root + "/a", root + "/c"])
        #expect(try Larmor.run("sessions", "prune", root).status == 64)
    }

    @Test func `several processes list and rebuild one catalog at once`() throws {
        let running = try (0..<6).map { number in
            try RunningLarmor(
                (number % 2 == 0 ? ["sessions", "list", root, "--json"] : ["sessions", "rebuild", root, "--json"]) + catalog)
        }
        for result in running.map({ $0.wait() }) { #expect(result.status == 0, "\(result.messages)") }
        #expect(try list().count == 3)
    }

    @Test func `info draws a session and a foreign file`() throws {
        for (number, source) in [root + "/a", folder + "/small.xdf"].enumerated() {
            let picture = folder + "/\(number).svg"
            #expect(try Larmor.run("sessions", "info", source, "--plot", picture).status == 0)
            let text = try String(contentsOfFile: picture, encoding: .utf8)
            #expect(text.hasPrefix("<svg") && text.contains(">headset</text>") && text.contains("polyline"))
        }
        let bad = try Larmor.run("sessions", "info", root + "/a", "--plot", folder + "/none/x.svg")
        #expect(bad.status == 74 && bad.messages.contains("none/x.svg"))
    }
}
