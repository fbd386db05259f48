import Foundation
import Sessions
import Signals
import Testing

/// Markers, other texts and what devices told of themselves are three things, in a session and in an imported file.
struct MarkerCountsTests {
    private let scratch = ScratchFolder()

    private func text(_ name: String, _ type: String?) -> StreamDescription {
        StreamDescription(
            name: name, kind: .markers, channels: [.init(label: "text", unit: .unspecified)], nominalRate: 0, device: "console",
            isText: true, ownType: type)
    }

    /// A headset with a gap, two events and a change of a line; three markers; two notes, one of which is worded as a note of a gap.
    private func write(_ folder: String) throws {
        let writer = try SessionWriter(
            folder: folder, manifest: SmallSession.manifest, devices: [("headset", "cyton"), ("notes", "lsl"), ("stim", "lsl")])
        try writer.setStreams([SmallSession.eeg, SmallSession.audio], device: 0)
        try writer.setStreams([text("notes.markers", "Notes")], device: 1)
        try writer.setStreams([text("stim.markers", nil)], device: 2)
        for device in 0..<3 {
            try Array("{}".utf8).withUnsafeBytes {
                try writer.append(wire: .configuration, device: device, body: $0, at: SmallSession.begin)
            }
        }
        for code in [DeviceEvent.Code.started, .garbageSkipped] {
            try writer.append(event: DeviceEvent(code: code, value: 3, hostTime: SmallSession.begin), device: 0)
        }
        try SmallSession.append(writer, counter: 0, missing: 0, at: SmallSession.time(24))
        try SmallSession.append(writer, counter: 35, missing: 10, at: SmallSession.time(59))
        try writer.append(change: "D11", of: "headset.eeg", isHigh: true, counter: 40, at: SmallSession.time(40))
        for (device, words) in [
            (1, ["the window is open", "gap headset.eeg first=7 count=5 at=9"]), (2, ["go", "stop", "headset started 1"]),
        ] {
            for (index, word) in words.enumerated() {
                let frame = TextFrameBuffer()
                frame.begin()
                Array(word.utf8).withUnsafeBytes { frame.append($0) }
                try writer.append(
                    item: SampleRingItem(
                        stream: 0, channels: 1, textBytes: frame.count, counter: UInt64(index), missingBefore: 0,
                        hostTime: SmallSession.time(30 + UInt64(index))), device: device, values: frame.values)
            }
        }
        try writer.close()
    }

    @Test func `verify, list and export agree on what is a marker, a text and a device's event`() throws {
        try write(scratch("s"))
        let found = try SessionVerification(folder: scratch("s"))
        #expect(found.ok, "\(found.problems)")
        // The change of a line is a marker; notes of gaps are none.
        #expect(found.markers == 4 && found.texts == 2 && found.deviceEvents == 2)
        // Ten frames of EEG and 640 of sound, as the recorder noted them; what somebody wrote of a gap is a text.
        #expect(found.streams.flatMap(\.gaps).map(\.count) == [10, 640])
        let expected = MarkerCounts(markers: 4, texts: 2, deviceEvents: 2)
        #expect(try XDFReader(session: scratch("s")).markerCounts == expected)
        #expect(try Recording(session: scratch("s")).markerCounts == expected)
        // The type is the sender's own, and the stream is called as it was before.
        let stream = try #require(try XDFReader(session: scratch("s")).streams.first { $0.name == "notes.markers" })
        #expect(stream.type == "Notes" && stream.markerTexts.count == 2)
        let description = try #require(try SessionManifest(folder: scratch("s")).devices[1].streams.first)
        #expect(description.ownType == "Notes" && description.kind == .markers)
    }

    @Test func `an imported file's texts are no markers, its codes and annotations are`() throws {
        var file = RawXDF()
        file.header(1, "amp", rate: 100, format: "float32")
        file.header(2, "psychopy", rate: 0, format: "string", type: "Markers")
        file.header(3, "diary", rate: 0, format: "string", type: "Diary")
        file.header(4, "parallel port", rate: 0, format: "int32", type: "Stim")
        file.header(5, "my triggers", rate: 0, format: "string", type: "")
        file.header(6, "speech", rate: 0, format: "string", type: "")
        file.samples(1, (0..<50).map { (10 + Double($0) * 0.01, [0, 0, 0, 0]) })
        for (stream, count) in [(UInt32(2), 3), (3, 5), (5, 2), (6, 4)] {
            for number in 0..<count { file.text(stream, 10 + Double(number) * 0.1, "word \(number)") }
        }
        file.samples(4, [(10.1, [1, 0, 0, 0]), (10.2, [2, 0, 0, 0])])
        try Data(file.bytes).write(to: URL(fileURLWithPath: scratch("a.xdf")))
        let expected = MarkerCounts(markers: 7, texts: 9, deviceEvents: 0)
        #expect(try XDFReader(path: scratch("a.xdf")).markerCounts == expected)
        #expect(try Recording(contentsOf: scratch("a.xdf")).markerCounts == expected)
        _ = try SessionImport(scratch("a.xdf"), to: scratch("s"), version: "test")
        let found = try SessionVerification(folder: scratch("s"))
        #expect(found.markers == 7 && found.texts == 9 && found.deviceEvents == 0)
    }

    @Test func `a link in place of a session's recording is not followed`() throws {
        try SmallSession().write(scratch("s"))
        try FileManager.default.moveItem(atPath: scratch("s/recording.xdf"), toPath: scratch("elsewhere.xdf"))
        try FileManager.default.createSymbolicLink(
            atPath: scratch("s/recording.xdf"), withDestinationPath: scratch("elsewhere.xdf"))
        let error = #expect(throws: SessionError.self) { try Recording(session: scratch("s")) }
        #expect(error?.description.contains("symbolic link") == true)
        #expect(throws: SessionError.self) { try SessionComparison(scratch("s"), scratch("s")) }
    }
}
