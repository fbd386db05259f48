import Foundation
import Sessions
import Testing

struct SessionAnnotationsTests {
    private let scratch = ScratchFolder()
    private let time = Date(timeIntervalSince1970: 1_700_000_100)

    @Test func `annotations stand in the session's folder in their order and are covered by verification`() throws {
        try SmallSession().write(scratch("s"))
        let first = SessionAnnotation(
            created: time, text: "first \"quoted\"\nsecond line", at: 0.5, duration: 0.25, subjects: ["S02"])
        let second = SessionAnnotation(created: time + 60, text: "später")
        try SessionAnnotations.add(first, to: scratch("s"))
        try SessionAnnotations.add(second, to: scratch("s"))
        #expect(SessionAnnotations(folder: scratch("s")).annotations == [first, second])
        let found = try SessionVerification(folder: scratch("s"))
        #expect(found.ok && found.annotations == 2)
        // One object per line, readable by anything that reads JSON Lines.
        let lines = try String(contentsOfFile: scratch("s/annotations.jsonl"), encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
        #expect(object["at_s"] as? Double == 0.5 && object["duration_s"] as? Double == 0.25)
        let marker = try Recording(session: scratch("s")).markers.first { $0.text.hasPrefix("first") }
        #expect(marker?.duration == 0.25)
        #expect(object["created"] as? String == "2023-11-14T22:15:00Z")
        #expect(object["subjects"] as? [String] == ["S02"])
    }

    @Test func `a changed, a cut and a lost annotation file are found by verification`() throws {
        let path = scratch("s/annotations.jsonl")
        try SmallSession().write(scratch("s"))
        try SessionAnnotations.add(SessionAnnotation(created: time, text: "left hand"), to: scratch("s"))
        let good = try Data(contentsOf: URL(fileURLWithPath: path))
        let changed = String(decoding: good, as: UTF8.self).replacing("left", with: "hand")
        try Data(changed.utf8).write(to: URL(fileURLWithPath: path))
        #expect(
            try SessionVerification(folder: scratch("s")).problems.contains { $0.hasPrefix("annotations.jsonl: the content") })
        try good.dropLast(4).write(to: URL(fileURLWithPath: path))
        let cut = try SessionVerification(folder: scratch("s")).problems
        #expect(cut.contains { $0.hasPrefix("annotations.jsonl: \(good.count - 4) bytes") })
        #expect(cut.contains { $0.contains("line 1 is no annotation") })
        try FileManager.default.removeItem(atPath: path)
        #expect(try SessionVerification(folder: scratch("s")).problems == ["annotations.jsonl: missing"])
    }

    @Test func `an annotation that a power cut kept from the manifest is told and taken in by repair`() throws {
        try SmallSession().write(scratch("s"))
        let manifest = try Data(contentsOf: URL(fileURLWithPath: scratch("s/session.json")))
        try SessionAnnotations.add(SessionAnnotation(created: time, text: "kept"), to: scratch("s"))
        try manifest.write(to: URL(fileURLWithPath: scratch("s/session.json")))
        #expect(try SessionVerification(folder: scratch("s")).problems.contains { $0.contains("takes it in") })
        let repair = try SessionRepair(folder: scratch("s"))
        #expect(repair.cuts.isEmpty && repair.remaining.isEmpty && repair.remade.isEmpty)
        let found = try SessionVerification(folder: scratch("s"))
        #expect(found.ok && found.annotations == 1)
    }

    @Test func `a torn last line is cut off by repair, the ones before it stay`() throws {
        try SmallSession().write(scratch("s"))
        try SessionAnnotations.add(SessionAnnotation(created: time, text: "whole"), to: scratch("s"))
        let url = URL(fileURLWithPath: scratch("s/annotations.jsonl"))
        try (try Data(contentsOf: url) + Data("{\"created\":\"2023".utf8)).write(to: url)
        let cuts = try SessionRepair(folder: scratch("s")).cuts
        #expect(cuts.map(\.file) == ["annotations.jsonl"] && cuts.map(\.bytes) == [16])
        #expect(SessionAnnotations(folder: scratch("s")).annotations.map(\.text) == ["whole"])
        #expect(try SessionVerification(folder: scratch("s")).ok)
    }

    @Test func `an empty text, an overlong one, an empty subject and a moment outside of the session are refused`() throws {
        try SmallSession(blocks: 10).write(scratch("s"))
        let bad = [
            SessionAnnotation(created: time, text: " \n"),
            SessionAnnotation(created: time, text: String(repeating: "a", count: SessionAnnotations.longestText + 1)),
            SessionAnnotation(created: time, text: "x", subjects: [""]),
            SessionAnnotation(created: time, text: "x", duration: 1),
            SessionAnnotation(created: time, text: "x", at: -1), SessionAnnotation(created: time, text: "x", at: .nan),
            // The session is one second long.
            SessionAnnotation(created: time, text: "x", at: 3),
        ]
        for annotation in bad {
            #expect(throws: SessionError.self) { try SessionAnnotations.add(annotation, to: scratch("s")) }
        }
        #expect(!FileManager.default.fileExists(atPath: scratch("s/annotations.jsonl")))
        #expect(throws: SessionError(path: scratch.path, reason: .notASession)) {
            try SessionAnnotations.add(SessionAnnotation(created: time, text: "x"), to: scratch.path)
        }
    }

    @Test func `a session that is being recorded cannot be annotated`() throws {
        try SmallSession(blocks: 2).write(scratch("s")) { _, _ in
            #expect(throws: SessionError(path: scratch("s"), reason: .inUse)) {
                try SessionAnnotations.add(SessionAnnotation(created: time, text: "x"), to: scratch("s"))
            }
            #expect(SessionLock.isHeld(folder: scratch("s")))
            return true
        }
    }

    @Test func `an annotation of a moment is a marker of the recording, at its sample`() throws {
        try SmallSession().write(scratch("s"))
        try SessionAnnotations.add(SessionAnnotation(created: time, text: "whole session"), to: scratch("s"))
        try SessionAnnotations.add(SessionAnnotation(created: time, text: "blink", at: 0.4), to: scratch("s"))
        let recording = try Recording(session: scratch("s"))
        let marker = try #require(recording.markers.first { $0.text == "blink" })
        // Seconds after the anchor; the frame with counter 100 is stamped 0.4 s after it.
        let eeg = try #require(recording.tracks.first { $0.name == "headset.eeg" })
        #expect(abs(marker.time - eeg.stamps[100]) < 1e-5)
        #expect(!recording.markers.contains { $0.text == "whole session" })
    }
}
