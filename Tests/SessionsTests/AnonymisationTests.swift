import Foundation
import Origin
import Sessions
import Signals
import Testing

/// A recording that tells much, in every format: none of the words may be found in what is written.
struct AnonymisationTests {
    private static let secrets = ["Ada", "Lovelace", "Tech Nician", "2031", "SN12345"]

    private func recording() -> Recording {
        var recording = Recording()
        recording.subject = "Ada Lovelace"
        // 2031-05-06T07:08:09Z
        recording.start = Date(timeIntervalSince1970: 1_935_904_089)
        recording.metadata = [
            "format": "EDF", "edf_patient": "P1 F 10-DEC-1990 Ada_Lovelace",
            "edf_recording": "Startdate 06-MAY-2031 X Tech Nician SN12345",
        ]
        recording.clockZero = 123
        recording.tracks = [
            Recording.Track(
                name: "eeg", type: "EEG", labels: ["C3", "C4"], units: ["V", "V"], rate: 100,
                values: .float32((0..<400).map { Float($0 % 50) * 1e-6 })),
            Recording.Track(
                name: "voice", type: "Audio", labels: ["left"], units: ["FS"], rate: 8000,
                values: .float32([Float](repeating: 0.1, count: 16_000))),
        ]
        recording.markers = [.init(time: 1, text: "left hand")]
        return recording
    }

    @Test func `who, when and sound are gone; samples, channels and markers stay, and a remark says so`() {
        let plain = recording()
        let found = plain.anonymised(.init(pseudonym: "S7"))
        #expect(found.subject == "S7" && found.start == nil && found.clockZero == nil && found.metadata == ["format": "EDF"])
        // In EDF streams are called by the file.
        #expect(found.tracks.map(\.name) == ["S7"] && found.markers == plain.markers)
        #expect(found.tracks[0].labels == ["C3", "C4"] && found.tracks[0].samples == 200)
        #expect(found.remarks.contains { $0.contains("voice") } && found.remarks.contains { $0.contains("markers") })
        #expect(plain.anonymised(.init(pseudonym: "S7", keepsAudio: true)).tracks.count == 2)
    }

    /// A session whose manifest, names and file tell the subject: command line, note, rig, remark, device.
    @Test(arguments: SessionExport.Format.allCases)
    func `no export of a session tells the command line, the note, the rig or the subject's name`(
        format: SessionExport.Format
    ) throws {
        let scratch = ScratchFolder()
        var manifest = SessionManifest(
            larmor: "test", created: Date(timeIntervalSince1970: 1_935_904_089), anchor: SmallSession.anchor, seed: 7,
            subject: "Ada Lovelace", note: "Tech Nician was here", rig: "# Ada's rig\n[recording]\nsubject = \"Ada Lovelace\"",
            rigName: "Lovelace")
        manifest.provenance = Provenance(
            version: "1", command: "larmor record rig.toml --subject \"Ada Lovelace\"", processor: "SN12345")
        let writer = try SessionWriter(
            folder: scratch("s"), manifest: manifest, devices: [("ada_lovelace", "cyton")])
        var stream = SmallSession.eeg
        (stream.name, stream.device, stream.serialNumber) = ("ada_lovelace.eeg", "Lovelace's board", "SN12345")
        try writer.setStreams([stream], device: 0)
        try writer.append(event: DeviceEvent(code: .started, value: 1, hostTime: SmallSession.begin), device: 0)
        let values = (0..<50).map { SmallSession.value(UInt64($0 / 2), $0 % 2) }
        try values.withUnsafeBufferPointer {
            try writer.append(
                item: SampleRingItem(
                    stream: 0, channels: 2, frames: 25, firstCounter: 0, missingBefore: 0, hostTime: SmallSession.time(24)),
                device: 0, values: $0)
        }
        try writer.close()
        try SessionAnnotations.add(
            SessionAnnotation(created: Date(), text: "blink", at: 0.05, subjects: ["Ada"]), to: scratch("s"))
        let found = try Recording(session: scratch("s")).anonymised(.init(pseudonym: "S7", shiftDays: 40_000))
        #expect(found.tracks.map(\.name) == ["S7.eeg"] && found.subject == "S7")
        let export = try? SessionExport(found, as: format, to: scratch("out"), gaps: .error)
        guard export != nil else {
            #expect(format == .flac, "\(format) was not written")
            return
        }
        try expectNoSecret(in: scratch("out"))
    }

    @Test func `streams that are called by their file are called by the pseudonym, and so are the exported files`() throws {
        let scratch = ScratchFolder()
        var source = recording()
        source.tracks[0].name = "x"
        let made = try SessionExport(source, as: .edf, to: scratch("made"), gaps: .error, streams: ["x"])
        try FileManager.default.moveItem(
            atPath: try #require(made.files.first?.path), toPath: scratch("Ada_Lovelace.edf"))
        _ = try SessionImport(scratch("Ada_Lovelace.edf"), to: scratch("s"), version: "test")
        for path in ["Ada_Lovelace.edf", "s"] {
            let found = try Recording(contentsOf: scratch(path)).anonymised(.init(pseudonym: "S7"))
            #expect(found.tracks.map(\.name) == ["S7"] && found.remarks.contains { $0.contains("called by") })
            for format in [SessionExport.Format.edf, .bdf, .brainvision, .xdf, .bids, .csv, .npy] {
                _ = try SessionExport(found, as: format, to: scratch("out-\(path)-\(format)"), gaps: .error)
                try expectNoSecret(in: scratch("out-\(path)-\(format)"))
            }
        }
    }

    /// Neither in a file nor in a name.
    private func expectNoSecret(in folder: String) throws {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        #expect(!names.isEmpty)
        for name in names {
            let data = FileManager.default.contents(atPath: folder + "/" + name) ?? Data()
            for secret in Self.secrets + ["ada_lovelace", "lovelace"] {
                #expect(!name.contains(secret) && data.firstRange(of: Data(secret.utf8)) == nil, "\(name): \(secret)")
            }
        }
    }

    @Test func `a date that is moved keeps its hour`() throws {
        let moved = try #require(recording().anonymised(.init(pseudonym: "S7", shiftDays: -20_000)).start)
        #expect(moved.timeIntervalSince1970 == 1_935_904_089 - 20_000 * 86_400)
    }

    @Test(arguments: SessionExport.Format.allCases)
    func `no file of any format tells a secret`(format: SessionExport.Format) throws {
        let scratch = ScratchFolder()
        let found = recording().anonymised(.init(pseudonym: "S7"))
        let export = try? SessionExport(found, as: format, to: scratch("out"), gaps: .error)
        // EEG is no sound.
        guard export != nil else {
            #expect(format == .flac, "\(format) was not written")
            return
        }
        for name in try FileManager.default.subpathsOfDirectory(atPath: scratch("out")) {
            guard let data = FileManager.default.contents(atPath: scratch("out/" + name)) else { continue }
            #expect(!name.contains("voice"))
            for secret in Self.secrets { #expect(data.firstRange(of: Data(secret.utf8)) == nil, "\(name): \(secret)") }
        }
    }
}
