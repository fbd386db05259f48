import Foundation
import Sessions
import Signals
import Testing

/// Sessions whose manifest or other files are gone: verification says what, repair does what can be done.
struct LostManifestTests {
    private let scratch = ScratchFolder()

    private func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: scratch("s/" + name)) }

    @Test func `a lost manifest is told from a folder that never was a session`() throws {
        try SmallSession().write(scratch("s"))
        try remove("session.json")
        let error = #expect(throws: SessionError.self) { try SessionVerification(folder: scratch("s")) }
        #expect(error?.reason == .manifestMissing)
        #expect(error?.description.contains("repair") == true)
        #expect(throws: SessionError(path: scratch.path, reason: .notASession)) { try SessionRepair(folder: scratch.path) }
    }

    @Test(arguments: [true, false])
    func `repair makes a new manifest from recording and wire logs`(isMissing: Bool) throws {
        try SmallSession().write(scratch("s"))
        let before = try SessionManifest(folder: scratch("s"))
        let samples = try SessionVerification(folder: scratch("s")).streams
        if isMissing {
            try remove("session.json")
        } else {
            try Data("{\"format\": 1, \"larmor\": ".utf8).write(to: URL(fileURLWithPath: scratch("s/session.json")))
        }
        let repair = try SessionRepair(folder: scratch("s"))
        #expect(repair.remade.count == 1 && repair.cuts.isEmpty)
        #expect(repair.remaining.count == 1 && repair.remaining[0].hasPrefix("session.json: it was lost and made anew"))
        // What could not be read is kept for a person to look at.
        #expect(FileManager.default.fileExists(atPath: scratch("s/session.json.cut")) != isMissing)
        let after = try SessionManifest(folder: scratch("s"))
        #expect(abs(after.anchor.host - before.anchor.host) < 1e-6)
        #expect(abs(Double(after.anchor.utcNanoseconds - before.anchor.utcNanoseconds)) < 1000)
        #expect(after.devices.map(\.name) == ["headset"] && after.devices.map(\.wire) == ["wire/headset.wire"])
        #expect(after.devices[0].streams.map(\.name) == ["headset.eeg", "headset.audio"])
        #expect(after.devices[0].streams.map(\.nominalRate) == [250, 16_000])
        #expect(after.devices[0].streams.map(\.channels[0].unit) == [.volt, .fullScale])
        let found = try SessionVerification(folder: scratch("s"))
        // What the lost one said of missing data nobody knows any more.
        #expect(found.complete && found.problems == repair.remaining)
        #expect(found.streams.map(\.samples) == samples.map(\.samples))
        #expect(try SessionRepair(folder: scratch("s")).remade.isEmpty)
    }

    @Test func `a manifest cannot be made from a recording of another program`() throws {
        var file = RawXDF()
        file.header(1, "x", rate: 100, format: "float32")
        try FileManager.default.createDirectory(atPath: scratch("s"), withIntermediateDirectories: true)
        try file.write(scratch("s/recording.xdf"))
        let error = #expect(throws: SessionError.self) { try SessionRepair(folder: scratch("s")) }
        #expect(error?.description.contains("not recorded by Larmor") == true)
        #expect(!FileManager.default.fileExists(atPath: scratch("s/session.json")))
    }

    @Test(arguments: ["wire/headset.wire", "recording.xdf", "events.jsonl"])
    func `repair closes a session that lacks a file, says which, and verification goes on saying it`(name: String) throws {
        try SmallSession().write(scratch("s")) { writer, block in
            guard block == 5 else { return true }
            try writer.sync()
            return false
        }
        try remove(name)
        let repair = try SessionRepair(folder: scratch("s"))
        #expect(repair.remaining == ["\(name): missing"])
        let found = try SessionVerification(folder: scratch("s"))
        #expect(found.complete && !found.ok)
        #expect(found.problems.contains { $0.contains(name) }, "\(found.problems)")
    }

    @Test func `a recording with a bad beginning stays as it is and is told`() throws {
        try SmallSession().write(scratch("s"))
        let url = URL(fileURLWithPath: scratch("s/recording.xdf"))
        var data = try Data(contentsOf: url)
        data[1] = 0
        try data.write(to: url)
        let repair = try SessionRepair(folder: scratch("s"))
        #expect(repair.cuts.isEmpty && repair.remaining.contains { $0.contains("“XDF:”") })
        #expect(try Data(contentsOf: url) == data)
        #expect(try SessionVerification(folder: scratch("s")).problems.contains { $0.contains("“XDF:”") })
    }

    @Test func `manifests of earlier versions, without annotations, are read`() throws {
        let folder = scratch("old")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // As version 0.2 wrote it.
        let text = """
            {"anchor":{"host":{"nanoseconds":5000000000},"utcNanoseconds":1700000000000000000},\
            "created":"2023-11-14T22:13:20Z","devices":[],"files":{},"format":1,"larmor":"0.2","refusedBytes":{},\
            "rig":"","rigName":"bench","seed":7,"state":"complete"}
            """
        try text.write(toFile: folder + "/session.json", atomically: true, encoding: .utf8)
        let manifest = try SessionManifest(folder: folder)
        #expect(manifest.seed == 7 && manifest.subject == nil && manifest.rigName == "bench")
    }
}
