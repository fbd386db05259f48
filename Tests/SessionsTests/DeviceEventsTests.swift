import Foundation
import Sessions
import Signals
import Testing

/// "headset started 1" is no marker of the subject: every format keeps the two apart, and an import tells them apart again.
struct DeviceEventsTests {
    private let scratch = ScratchFolder()
    private static let events = ["headset started 1", "headset garbage_skipped 3"]
    private static let markers = ["line headset.digital D11 1 counter=50", "blink", "device/no event"]

    /// One second of a headset: two events of the device, a line's change, and two annotations.
    private func recording() throws -> Recording {
        try SmallSession(blocks: 10).write(scratch("s")) { writer, block in
            guard block == 4 else { return true }
            try writer.append(
                event: DeviceEvent(code: .garbageSkipped, value: 3, hostTime: SmallSession.time(110)), device: 0)
            try writer.append(
                change: "D11", of: "headset.digital", isHigh: true, counter: 50, at: SmallSession.time(50))
            return true
        }
        for (text, at) in [("blink", 0.5), ("device/no event", 0.6)] {
            try SessionAnnotations.add(SessionAnnotation(created: Date(), text: text, at: at), to: scratch("s"))
        }
        return try Recording(session: scratch("s"))
    }

    private func check(_ recording: Recording) {
        #expect(recording.markers.filter(\.isDeviceEvent).map(\.text) == Self.events)
        #expect(Set(recording.markers.filter { !$0.isDeviceEvent }.map(\.text)) == Set(Self.markers))
    }

    @Test func `a session tells the two apart, and a device's events may be left out`() throws {
        let recording = try recording()
        check(recording)
        #expect(Set(recording.withoutDeviceEvents.markers.map(\.text)) == Set(Self.markers))
        let counts = try XDFReader(session: scratch("s")).markerCounts
        // Annotations are a file of their own.
        #expect(counts.markers == 1 && counts.deviceEvents == 2)
    }

    @Test(arguments: [SessionExport.Format.edf, .bdf, .brainvision, .xdf])
    func `written, imported and written again, they are still apart`(format: SessionExport.Format) throws {
        _ = try SessionExport(recording(), as: format, to: scratch("o"), gaps: .error)
        let names = [
            SessionExport.Format.edf: "headset.eeg.edf", .bdf: "headset.eeg.bdf", .brainvision: "headset.eeg.vhdr",
            .xdf: "recording.xdf",
        ]
        let name = try #require(names[format])
        // A marker of this format has a type.
        func plain(_ recording: Recording) -> Recording {
            var recording = recording
            for index in recording.markers.indices where recording.markers[index].text.hasPrefix("Comment/") {
                recording.markers[index].text.removeFirst(8)
            }
            return recording
        }
        check(plain(try Recording(contentsOf: scratch("o/" + name))))
        _ = try SessionImport(scratch("o/" + name), to: scratch("again"), version: "test")
        let again = try Recording(session: scratch("again"))
        check(plain(again))
        _ = try SessionExport(again, as: format, to: scratch("o2"), gaps: .error)
        check(plain(try Recording(contentsOf: scratch("o2/" + name))))
    }

    @Test(
        .enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with mne"),
        arguments: [SessionExport.Format.edf, .bdf, .brainvision])
    func `to mne all of them begin with “device/”, and no marker does by itself`(format: SessionExport.Format) throws {
        var recording = try recording()
        recording.markers.removeAll { $0.text == "device/no event" }
        let file = try #require(
            try SessionExport(recording, as: format, to: scratch("o"), gaps: .error, streams: ["headset.eeg"]).files.first)
        let texts: [String] = try PythonReader.run(
            """
            import json, sys, mne
            mne.set_log_level("ERROR")
            print(json.dumps([str(a) for a in mne.io.read_raw(sys.argv[1]).annotations.description]))
            """, file.path)
        #expect(texts.filter { $0.hasPrefix("device/") } == Self.events.map { "device/" + $0 })
        #expect(texts.contains { $0.hasSuffix("blink") } && texts.contains { $0.hasSuffix("counter=50") })
    }

    @Test func `BIDS and CSV have columns for it`() throws {
        let recording = try recording()
        _ = try SessionExport(recording, as: .bids, to: scratch("bids"), gaps: .error)
        let path = scratch("bids/sub-S01/eeg/sub-S01_task-recording_events.tsv")
        let rows = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { $0.split(separator: "\t") }
        #expect(rows[0] == ["onset", "duration", "trial_type", "value"] && rows.count == 6)
        let devices = rows.filter { $0[2] == "device" }
        #expect(devices.map { String($0[3]) } == Self.events)
        #expect(rows.dropFirst().filter { $0[2] != "device" }.allSatisfy { $0[3] == "n/a" })
        _ = try SessionExport(recording, as: .csv, to: scratch("csv"), gaps: .error)
        let lines = try String(contentsOfFile: scratch("csv/markers.csv"), encoding: .utf8).split(separator: "\n")
        #expect(lines[0] == "time_s,duration_s,text,kind")
        #expect(lines.filter { $0.hasSuffix(",device") }.count == 2 && lines.filter { $0.hasSuffix(",marker") }.count == 3)
    }

    @Test func `a recording without samples keeps them apart, too`() throws {
        var recording = Recording()
        recording.markers = [
            .init(time: 0, text: "headset started 1", stream: "events"), .init(time: 1, text: "hello"),
        ]
        let file = try #require(try SessionExport(recording, as: .edf, to: scratch("o"), gaps: .error).files.first)
        let back = try Recording(contentsOf: file.path)
        #expect(back.markers.map(\.text) == ["headset started 1", "hello"])
        #expect(back.markers.map(\.isDeviceEvent) == [true, false])
    }

    // MARK: Types of markers

    /// A session of an amplifier whose markers have types.
    private func amplifier() throws -> Recording {
        let eeg = StreamDescription(
            name: "amp.eeg", kind: .eeg, channels: [.init(label: "Cz", unit: .volt)], nominalRate: 250, device: "amp")
        let texts = StreamDescription(
            name: "amp.markers", kind: .markers,
            channels: ["type", "description", "point", "length", "channel"].map { .init(label: $0, unit: .unspecified) },
            nominalRate: 0, device: "amp", isText: true)
        let writer = try SessionWriter(folder: scratch("a"), manifest: SmallSession.manifest, devices: [("amp", "rda")])
        try writer.setStreams([eeg, texts], device: 0)
        let values = (0..<250).map { Float($0) * 1e-6 }
        try values.withUnsafeBufferPointer {
            try writer.append(
                item: SampleRingItem(
                    stream: 0, channels: 1, frames: 250, firstCounter: 0, missingBefore: 0, hostTime: SmallSession.time(249)),
                device: 0, values: $0)
        }
        let rows = [
            ["Stimulus", "S  1"], ["Comment", "moved, twice"], ["Photo", "on/off"], ["", "bare"], ["SyncStatus", ""],
            ["device", "headset started 1"],
        ]
        for (index, row) in rows.enumerated() {
            let point = 25 + 25 * index
            let buffer = TextFrameBuffer()
            buffer.begin(channels: 5)
            for var text in row + ["\(point)", "1", "-1"] { text.withUTF8 { buffer.append(UnsafeRawBufferPointer($0)) } }
            try writer.append(
                item: SampleRingItem(
                    stream: 1, channels: 5, textBytes: buffer.count, counter: UInt64(index), missingBefore: 0,
                    hostTime: SmallSession.time(249), mark: (0, UInt64(point))), device: 0, values: buffer.values)
        }
        try writer.close()
        return try Recording(session: scratch("a"))
    }

    @Test func `an amplifier's markers keep their types in BrainVision, and in BIDS`() throws {
        let recording = try amplifier()
        #expect(
            recording.markers.map(\.text) == [
                "Stimulus/S  1", "Comment/moved, twice", "Photo/on/off", "bare", "SyncStatus", "device/headset started 1",
            ])
        #expect(recording.withoutDeviceEvents.markers.count == 6)
        _ = try SessionExport(recording, as: .bids, to: scratch("bids"), gaps: .error)
        let stem = scratch("bids/sub-S01/eeg/sub-S01_task-recording")
        let marks = try String(contentsOfFile: stem + "_eeg.vmrk", encoding: .utf8)
        for (number, line) in [
            "Stimulus,S  1,26", "Comment,moved\\1 twice,51", "Photo,on/off,76", "Comment,bare,101", "SyncStatus,,126",
            "device,headset started 1,151",
        ].enumerated() {
            #expect(marks.contains("\nMk\(number + 2)=\(line),1,0\n"), "\(line) in \(marks)")
        }
        let events = try String(contentsOfFile: stem + "_events.tsv", encoding: .utf8)
        #expect(events.contains("\tStimulus/S  1\tn/a\n") && events.contains("\tPhoto/on/off\tn/a\n"))
    }

    @Test func `types come back from BrainVision and from XDF, and are written again`() throws {
        let recording = try amplifier()
        _ = try SessionExport(recording, as: .brainvision, to: scratch("o"), gaps: .error)
        let marks = try String(contentsOfFile: scratch("o/amp.eeg.vmrk"), encoding: .utf8)
        _ = try SessionImport(scratch("o/amp.eeg.vhdr"), to: scratch("again"), version: "test")
        _ = try SessionExport(try Recording(session: scratch("again")), as: .brainvision, to: scratch("o2"), gaps: .error)
        #expect(try String(contentsOfFile: scratch("o2/amp.eeg.vmrk"), encoding: .utf8) == marks)
        _ = try SessionExport(recording, as: .xdf, to: scratch("x"), gaps: .error)
        _ = try SessionImport(scratch("x/recording.xdf"), to: scratch("xs"), version: "test")
        let again = try Recording(session: scratch("xs"))
        #expect(again.markers.map(\.type) == recording.markers.map(\.type))
        #expect(again.markers.map(\.type) == ["Stimulus", "Comment", "Photo", nil, "SyncStatus", "device"])
    }
}
