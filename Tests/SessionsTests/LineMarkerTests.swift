import Foundation
import Sessions
import Signals
import Testing

/// What a session keeps of digital lines and of a device's known delay.
@Suite struct LineMarkerTests {
    private let scratch = ScratchFolder()

    @Test func `a change of a line is a marker at its own time, and no event of a device`() throws {
        let folder = scratch("s")
        let writer = try SmallSession().write(folder) { _, block in block < 3 }
        try writer.append(change: "D11", of: "headset.digital", isHigh: true, counter: 1234, at: HostTime(seconds: 777.25))
        try writer.close()
        let recorded = try RecordedSession(folder: folder)
        let markers = try #require(recorded.streams.first { $0.name == "events" })
        #expect(markers.texts == ["line headset.digital D11 1 counter=1234"] && markers.stamps == [777.25])
        #expect(recorded.events.map(\.event.code) == [.started] && recorded.problems == [])
        let found = try SessionVerification(folder: folder)
        #expect(found.ok && found.problems == [])
        // Exports show it as a remark.
        let recording = try Recording(session: folder)
        #expect(recording.markers.contains { $0.text == "line headset.digital D11 1 counter=1234" })
    }

    @Test func `a device's delay stands in the manifest where there is one`() throws {
        for (latency, kept) in [(40.25, 40.25), (0, nil)] as [(Double, Double?)] {
            let folder = scratch("latency-\(latency)")
            let writer = try SessionWriter(
                folder: folder, manifest: SmallSession.manifest, devices: [("headset", "cyton")])
            try writer.setStreams([SmallSession.eeg], device: 0, latencyMs: latency)
            try writer.close()
            #expect(try SessionManifest(folder: folder).devices[0].latencyMs == kept)
            let text = try String(contentsOfFile: folder + "/session.json", encoding: .utf8)
            #expect(text.contains("latencyMs") == (kept != nil))
        }
    }

    @Test func `an irregular stream's samples stand at the times at which they were made`() throws {
        let path = scratch("r.xdf")
        let stream = StreamDescription(
            name: "d.odd", kind: .auxiliary, channels: [.init(label: "1", unit: .count)], nominalRate: 0, device: "d")
        let writer = try XDFWriter(
            creating: path, anchor: WallClockAnchor(host: HostTime(seconds: 90), utcNanoseconds: 1_700_000_000_000_000_000))
        let id = try writer.addStream(stream)
        var clocks = StreamClocks([stream], latency: 0.25)
        for number in 0..<3 {
            var item = SampleRingItem(
                stream: 0, channels: 1, frames: 1, firstCounter: UInt64(number), missingBefore: 0,
                hostTime: HostTime(seconds: 100 + Double(number)))
            clocks.stamp(&item) { _ in }
            try [Float(number)].withUnsafeBufferPointer { try writer.append(stream: id, item: item, values: $0) }
        }
        try writer.close()
        #expect(try XDFReader(path: path).streams[0].stamps == [99.75, 100.75, 101.75])
    }
}
