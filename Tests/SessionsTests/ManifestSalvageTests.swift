import Foundation
import Sessions
import Signals
import Testing

/// Manifests of which one field is bad: repair keeps all the others.
struct ManifestSalvageTests {
    private let scratch = ScratchFolder()
    private var path: String { scratch("s/session.json") }

    /// A session whose manifest tells much.
    private func make() throws -> SessionManifest {
        try SmallSession().write(scratch("s"))
        return try SessionManifest(folder: scratch("s"))
    }

    private func change(_ old: String, _ new: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try #require(text.contains(old), "no \(old)")
        try Data(text.replacing(old, with: new, maxReplacements: 1).utf8).write(to: URL(fileURLWithPath: path))
    }

    /// Repairs, and gives the manifest then, without the words about damage.
    private func repaired() throws -> (manifest: SessionManifest, repair: SessionRepair) {
        let repair = try SessionRepair(folder: scratch("s"))
        var manifest = try SessionManifest(folder: scratch("s"))
        // Every later verification tells it.
        let found = try SessionVerification(folder: scratch("s"))
        for line in repair.remade { #expect(found.problems.contains(line) && manifest.damage?.contains(line) == true) }
        #expect(found.complete && !found.ok)
        manifest.damage = nil
        let again = try SessionRepair(folder: scratch("s"))
        #expect(again.remade.isEmpty && again.cuts.isEmpty)
        return (manifest, repair)
    }

    @Test(arguments: [
        ("\"seed\" : 7", "\"seed\" : \"seven\"", "seed"), ("\"seed\" : 7", "\"seed\" : 7x", "seed"),
        ("\"larmor\" : \"test\"", "\"larmor\" : [1]", "larmor"),
        ("\"rigName\" : \"bench\"", "\"rigName\" : bench\"", "rigName"),
        ("\"subject\" : \"S01\"", "\"subject\" : {}", "subject"), ("\"note\" : \"a note\"", "\"note\" ; \"a note\"", nil),
        ("\"refusedBytes\" : {", "\"refusedBytes\" : {\n    \"a\" : \"b\"", "refusedBytes"),
    ])
    func `one field that cannot be read is lost and told; all others stay as they were`(
        old: String, new: String, name: String?
    ) throws {
        let before = try make()
        try change(old, new)
        let (after, repair) = try repaired()
        var expected = before
        switch name {
        case "seed": expected.seed = 0
        case "larmor": expected.larmor = "unknown"
        case "rigName": expected.rigName = "unknown"
        case "subject": expected.subject = nil
        case nil:
            expected.note = nil
            #expect(repair.remade.contains { $0.contains("; \"a note\"") && $0.contains("it is lost") }, "\(repair.remade)")
        default: break
        }
        #expect(after == expected)
        if let name { #expect(repair.remade.contains { $0.contains("“\(name)” cannot be read") }, "\(repair.remade)") }
        // What could not be read is kept for a person to look at.
        #expect(FileManager.default.fileExists(atPath: path + ".cut"))
    }

    @Test(arguments: [
        ("\"nanoseconds\" : 5000000000", "\"nanoseconds\" : \"5\""),
        ("\"created\" : \"2023-11", "\"created\" : \"yesterday, 2023-11"),
    ])
    func `anchor and date are made anew from the recording`(old: String, new: String) throws {
        let before = try make()
        try change(old, new)
        let (after, repair) = try repaired()
        #expect(repair.remade.count == 1 && repair.remade[0].contains("it was made anew from the"), "\(repair.remade)")
        #expect(abs(after.anchor.host - before.anchor.host) < 1e-6)
        #expect(abs(after.created.timeIntervalSince(before.created)) <= 1)
        #expect(after.subject == "S01" && after.note == "a note" && after.seed == 7 && after.files == before.files)
        #expect(after.devices == before.devices)
    }

    @Test(arguments: [
        ("\"driver\" : \"cyton\"", "\"driver\" : 3", "driver"),
        ("\"wire\" : \"wire/headset.wire\"", "\"wire\" : \"../victim\"", "wire"),
        ("\"kind\" : \"EEG\"", "\"kind\" : \"EEH\"", "streams"),
    ])
    func `one field of a device is made anew from recording and wire log`(old: String, new: String, name: String) throws {
        let before = try make()
        try change(old, new)
        let (after, repair) = try repaired()
        #expect(
            repair.remade.count == 1 && repair.remade[0].contains("“\(name)” of the device “headset” cannot be read"),
            "\(repair.remade)")
        #expect(after.devices.map(\.name) == ["headset"] && after.devices.map(\.wire) == ["wire/headset.wire"])
        #expect(after.devices[0].streams.map(\.name) == before.devices[0].streams.map(\.name))
        #expect(after.rigName == "bench" && after.files == before.files)
        if name != "streams" { #expect(after.devices[0].streams == before.devices[0].streams) }
    }

    @Test func `a checksum that cannot be read is lost alone, and the others still find what was changed`() throws {
        let before = try make()
        let hash = try #require(before.files["events.jsonl"]?.sha256)
        try change("\"sha256\" : \"\(hash)\"", "\"sha256\" : 12")
        var wire = try Data(contentsOf: URL(fileURLWithPath: scratch("s/wire/headset.wire")))
        wire[wire.count / 2] ^= 1
        try wire.write(to: URL(fileURLWithPath: scratch("s/wire/headset.wire")))
        let (after, repair) = try repaired()
        #expect(repair.remade == ["session.json: the checksum of “events.jsonl” cannot be read; it is lost"])
        #expect(after.files["wire/headset.wire"] == before.files["wire/headset.wire"])
        #expect(repair.remaining.contains { $0.hasPrefix("wire/headset.wire") })
    }

    @Test func `what cannot be made anew without a recording is refused, and the rest is kept without one`() throws {
        let before = try make()
        try FileManager.default.removeItem(atPath: scratch("s/recording.xdf"))
        try change("\"nanoseconds\" : 5000000000", "\"nanoseconds\" : \"5\"")
        #expect(throws: SessionError.self) { try SessionRepair(folder: scratch("s")) }
        try change("\"nanoseconds\" : \"5\"", "\"nanoseconds\" : 5000000000")
        try change("\"seed\" : 7", "\"seed\" : {}")
        let (after, _) = try repaired()
        #expect(after.seed == 0 && after.subject == "S01" && after.devices == before.devices)
    }

    @Test func `a manifest that is damaged is told with field, expected and found, and what to do`() throws {
        _ = try make()
        for (old, new, words) in [
            (
                "\"seed\" : 7", "\"seed\" : \"seven\"",
                "“seed” is not as it should be: expected a whole number, found another kind of value"
            ),
            ("\"seed\" : \"seven\"", "\"sead\" : 7", "“seed” is not as it should be: expected a value, found none"),
            ("\"sead\" : 7", "\"seed\" : 7x", "expected a session manifest in JSON, found something else"),
        ] {
            try change(old, new)
            let error = #expect(throws: SessionError.self) { try SessionVerification(folder: scratch("s")) }
            let text = error?.description ?? ""
            #expect(text.hasPrefix(path) && text.contains(words) && text.contains("larmor sessions repair"), "\(text)")
            #expect(!text.contains("DecodingError") && !text.contains("CodingKeys"))
        }
    }
}
