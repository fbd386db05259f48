import Foundation
import Sessions
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
        #expect(found.tracks.map(\.name) == ["eeg"] && found.markers == plain.markers)
        #expect(found.tracks[0].labels == ["C3", "C4"] && found.tracks[0].samples == 200)
        #expect(found.remarks.contains { $0.contains("voice") } && found.remarks.contains { $0.contains("markers") })
        #expect(plain.anonymised(.init(pseudonym: "S7", keepsAudio: true)).tracks.count == 2)
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
