import Foundation
import Sessions
import Signals
import Testing

/// What a session tells of devices that were away when it ended.
@Suite struct OpenHoleManifestTests {
    private let scratch = ScratchFolder()

    private func session(_ name: String, _ holes: [String: OpenHole.Frames]?, _ failures: [String: String]) throws -> String {
        let folder = scratch(name)
        let writer = try SmallSession().write(folder) { _, block in block < 9 }
        try writer.close(openHoles: holes, failures: failures)
        return folder
    }

    @Test func `verification names the device, the reason and the frames that are missing at the end`() throws {
        let cause = "lost: /dev/ttyUSB0: the device is gone; not opened again: /dev/ttyUSB0: there is no such port"
        let folder = try session(
            "away", ["headset.eeg": .count(950), "headset.audio": .unknown], ["headset": cause])
        let found = try SessionVerification(folder: folder)
        #expect(!found.ok)
        #expect(
            found.problems == [
                "headset did not come back (\(cause)); 950 frames of headset.eeg are missing at the end; "
                    + "an unknown number of frames of headset.audio is missing at the end"
            ])
        #expect(found.streams.map(\.openHole) == [.count(950), .unknown])
        let manifest = try SessionManifest(folder: folder)
        #expect(manifest.openHoles == ["headset.eeg": .count(950), "headset.audio": .unknown])
        #expect(manifest.failures == ["headset": cause])
    }

    @Test func `a stream that fell silent has an open hole and no problem`() throws {
        let found = try SessionVerification(folder: try session("silent", ["headset.eeg": .count(12)], [:]))
        #expect(found.ok && found.streams.map(\.openHole) == [.count(12), .count(0)])
    }

    @Test func `sessions of earlier versions read, and tell nothing of holes`() throws {
        let folder = try session("old", nil, [:])
        let text = try String(contentsOfFile: folder + "/session.json", encoding: .utf8)
        #expect(!text.contains("openHoles") && !text.contains("failures"))
        let found = try SessionVerification(folder: folder)
        #expect(found.ok && found.streams.allSatisfy { $0.openHole == nil })
    }

    @Test func `in JSON a hole is a number or the word unknown`() throws {
        let text = String(decoding: try JSONEncoder().encode([OpenHole.Frames.count(3), .unknown]), as: UTF8.self)
        #expect(text == #"[3,"unknown"]"#)
        #expect(try JSONDecoder().decode([OpenHole.Frames].self, from: Data(text.utf8)) == [.count(3), .unknown])
    }
}
