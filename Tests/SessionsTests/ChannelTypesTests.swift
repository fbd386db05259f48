import Foundation
import Sessions
import Signals
import Testing

/// Types of channels, montage, reference and mains, from the stream's description through every format and back.
struct ChannelTypesTests {
    private let scratch = ScratchFolder()
    private static let labels = ["Fp1", "C3", "A1", "M2", "left", "across", "arm", "hand", "rest"]
    private static let types: [ChannelType] = [.eeg, .eeg, .eeg, .ref, .eog, .heog, .emg, .gsr, .misc]

    private func session() throws -> String {
        let stream = StreamDescription(
            name: "headset.eeg", kind: .eeg,
            channels: zip(Self.labels, Self.types).map { .init(label: $0, unit: .volt, fullScale: 0.1875, type: $1) },
            nominalRate: 250, device: "board", montage: "standard_1020", reference: "SRB2", lineFrequency: 50)
        let writer = try SessionWriter(
            folder: scratch("s"), manifest: SmallSession.manifest, devices: [("headset", "cyton")])
        try writer.setStreams([stream], device: 0)
        let values = (0..<250 * Self.labels.count).map { Float($0 % 500 - 250) * 1e-6 }
        try values.withUnsafeBufferPointer {
            try writer.append(
                item: SampleRingItem(
                    stream: 0, channels: Self.labels.count, frames: 250, firstCounter: 0, missingBefore: 0,
                    hostTime: SmallSession.time(250)), device: 0, values: $0)
        }
        try writer.close()
        return scratch("s")
    }

    private func check(_ track: Recording.Track, types: [ChannelType] = types, isWhole: Bool = true) {
        #expect(track.labels == Self.labels)
        #expect(track.labels.indices.map { track.channelType(of: $0) } == types && track.hasTypes)
        guard isWhole else { return }
        #expect(track.montage?.name == "standard_1020" && track.reference == "SRB2" && track.lineFrequency == 50)
        #expect(track.labels.indices.map { track.position(of: $0) != nil } == (0..<9).map { $0 < 4 })
    }

    @Test func `a session, its XDF and an import of that tell them, and the manifest keeps them`() throws {
        let folder = try session()
        check(try #require(try Recording(session: folder).tracks.first))
        let stream = try #require(try SessionManifest(folder: folder).devices.first?.streams.first)
        #expect(stream.channels.map(\.type) == Self.types && stream.montage == "standard_1020" && stream.reference == "SRB2")
        _ = try SessionExport(try Recording(session: folder), as: .xdf, to: scratch("xdf"), gaps: .error)
        _ = try SessionImport(scratch("xdf/recording.xdf"), to: scratch("again"), version: "test")
        check(try #require(try Recording(session: scratch("again")).tracks.first))
        let summary = try #require(ChannelSummary(XDFReader(session: scratch("again")).streams.first { $0.type == "EEG" }!))
        #expect(
            summary.text
                == "eeg 3, emg 1, eog 1, gsr 1, heog 1, misc 1, ref 1; montage standard_1020; reference SRB2; mains 50 Hz")
    }

    @Test func `streams of which nobody has said anything are recorded as they always were`() throws {
        try SmallSession(blocks: 1).write(scratch("s"))
        let bytes = String(decoding: try Data(contentsOf: URL(fileURLWithPath: scratch("s/recording.xdf"))), as: UTF8.self)
        #expect(
            bytes.contains(
                "<desc><channels><channel><label>Fp1</label><unit>volts</unit><type>EEG</type></channel><channel>"
                    + "<label>C3 &amp; C4</label><unit>volts</unit><type>EEG</type></channel></channels><acquisition><model>"
                    + "Board &lt;1&gt;</model><serial_number>77</serial_number></acquisition></desc>"))
        let manifest = try String(contentsOfFile: scratch("s/session.json"), encoding: .utf8)
        for word in ["montage", "reference", "lineFrequency", "\"type\""] { #expect(!manifest.contains(word)) }
        let track = try #require(try Recording(session: scratch("s")).tracks.first)
        #expect(!track.hasTypes && ChannelSummary(track) == nil && track.montage == nil)
        _ = try SessionExport(try Recording(session: scratch("s")), as: .brainvision, to: scratch("o"), gaps: .error)
        let header = try String(contentsOfFile: scratch("o/headset.eeg.vhdr"), encoding: .utf8)
        #expect(!header.contains("User Infos") && !header.contains("Coordinates"))
    }

    @Test func `a place is written in millimetres, as XDF's conventions have it`() throws {
        let bytes = String(decoding: try Data(contentsOf: URL(fileURLWithPath: session() + "/recording.xdf")), as: UTF8.self)
        // 95 mm · (−sin 72° sin 18°, sin 72° cos 18°, cos 72°).
        #expect(
            bytes.contains(
                "<label>Fp1</label><unit>volts</unit><type>EEG</type><location><X>-27.92</X><Y>85.93</Y><Z>29.36</Z></location>"
            ))
        #expect(bytes.contains("<label>left</label><unit>volts</unit><type>EOG</type></channel>"))
        #expect(bytes.contains("<reference><label>SRB2</label></reference><cap><labelscheme>10-20</labelscheme></cap>"))
    }

    @Test(arguments: [SessionExport.Format.edf, .bdf])
    func `EDF and BDF have types in their labels, which come back and are written again`(format: SessionExport.Format) throws {
        let recording = try Recording(session: session())
        let file = try #require(try SessionExport(recording, as: format, to: scratch("o"), gaps: .error).files.first)
        #expect(!file.remarks.contains { $0.contains("label") })
        check(try #require(try Recording(contentsOf: file.path).tracks.first), isWhole: false)
        _ = try SessionImport(file.path, to: scratch("again"), version: "test")
        let again = try Recording(session: scratch("again"))
        check(try #require(again.tracks.first), isWhole: false)
        let copy = try #require(try SessionExport(again, as: format, to: scratch("o2"), gaps: .error).files.first)
        func head(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path))[256..<256 + 9 * 16] }
        #expect(try head(copy.path) == head(file.path))
        #expect(
            String(decoding: try head(file.path).prefix(96), as: UTF8.self)
                == "EEG Fp1         EEG C3          EEG A1          EEG REF M2      EOG left        EOG HEOG across ")
    }

    @Test(
        .enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with mne"), arguments: [SessionExport.Format.edf, .bdf])
    func `mne reads the types from EDF and BDF`(format: SessionExport.Format) throws {
        struct Found: Decodable { var names: [String], types: [String] }
        let file = try #require(
            try SessionExport(Recording(session: session()), as: format, to: scratch("o"), gaps: .error).files.first)
        let found: Found = try PythonReader.run(
            """
            import json, sys, mne
            mne.set_log_level("ERROR")
            read = mne.io.read_raw_edf if sys.argv[1].endswith("edf") else mne.io.read_raw_bdf
            raw = read(sys.argv[1], infer_types=True)
            print(json.dumps(dict(names=raw.ch_names, types=raw.get_channel_types())))
            """, file.path)
        #expect(found.names == ["Fp1", "C3", "A1", "REF M2", "left", "HEOG across", "arm", "GSR hand", "rest"])
        #expect(found.types == ["eeg", "eeg", "eeg", "eeg", "eog", "eog", "emg", "misc", "misc"])
    }

    @Test func `labels of other programs that begin with a type are split, unless two names would be one`() throws {
        func labels(_ names: [String]) throws -> (Recording.Track, String) {
            var file = RawEDF()
            file.signals = names.map { RawEDF.Signal($0) }
            file.data = (0..<3).map { _ in (0..<names.count * 100).flatMap { RawXDF.little(Int16($0)) } }
            let path = scratch("\(UUID().uuidString).edf")
            try file.write(path)
            return (try #require(try Recording(contentsOf: path).tracks.first), path)
        }
        let (split, path) = try labels(["EEG Fpz-Cz", "Resp thorax", "Light", "eeg O1", "EEG  O2"])
        #expect(split.labels == ["Fpz-Cz", "thorax", "Light", "eeg O1", "EEG  O2"])
        #expect(split.channelType(of: 1) == .resp && split.channelType(of: 2) == .eeg)
        let copy = try #require(
            try SessionExport(Recording(contentsOf: path), as: .edf, to: scratch("o"), gaps: .error).files.first)
        #expect(try Recording(contentsOf: copy.path).tracks.first?.labels == split.labels)
        let (whole, _) = try labels(["EEG A1", "EOG A1", "Cz"])
        #expect(whole.labels == ["EEG A1", "EOG A1", "Cz"] && !whole.hasTypes)
    }

    @Test func `BrainVision has places, types and the rest in its header, and tells them again`() throws {
        let file = try #require(
            try SessionExport(Recording(session: session()), as: .brainvision, to: scratch("o"), gaps: .error).files.first)
        let header = try String(contentsOfFile: file.path, encoding: .utf8)
        #expect(header.contains("\nCh1=Fp1,SRB2,") && header.contains("\nCh5=left,,"))
        // Where makers of caps put Fp1 and C3; what is no electrode is nowhere.
        #expect(
            header.contains("[Coordinates]\nCh1=1,-90,-72\nCh2=1,-45,0\nCh3=1,-112.5,0\nCh4=1,112.5,-18\nCh5=0,0,0\n"))
        check(try #require(try Recording(contentsOf: file.path).tracks.first))
        _ = try SessionImport(file.path, to: scratch("again"), version: "test")
        _ = try SessionExport(try Recording(session: scratch("again")), as: .brainvision, to: scratch("o2"), gaps: .error)
        let second = try String(contentsOfFile: scratch("o2/headset.eeg.vhdr"), encoding: .utf8)
        #expect(second == header)
    }

    @Test(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with mne"))
    func `mne reads the places from BrainVision, and takes for EEG only what is`() throws {
        struct Found: Decodable { var types: [String], fp1: [Double], cz: [Double] }
        let file = try #require(
            try SessionExport(Recording(session: session()), as: .brainvision, to: scratch("o"), gaps: .error).files.first)
        let found: Found = try PythonReader.run(
            """
            import json, sys, mne
            mne.set_log_level("ERROR")
            raw = mne.io.read_raw_brainvision(sys.argv[1])
            place = raw.get_montage().get_positions()["ch_pos"]
            print(json.dumps(dict(types=raw.get_channel_types(), fp1=[float(x) for x in place["Fp1"]],
                cz=[float(x) for x in place["C3"]])))
            """, file.path)
        #expect(found.types == ["eeg", "eeg", "eeg", "eeg", "misc", "misc", "misc", "misc", "misc"])
        // Left and in front; left and above.
        #expect(found.fp1[0] < -0.02 && found.fp1[1] > 0.08 && abs(found.fp1[2]) < 1e-6)
        #expect(found.cz[0] < -0.06 && abs(found.cz[1]) < 1e-6 && found.cz[2] > 0.06)
    }

    @Test func `XDF's headers are those that pyxdf reads`() throws {
        guard PythonReader.isThere else { return }
        struct Found: Decodable { var types: [String], x: String, reference: String }
        let found: Found = try PythonReader.run(
            """
            import json, logging, sys, pyxdf
            logging.disable(logging.CRITICAL)
            stream = [s for s in pyxdf.load_xdf(sys.argv[1])[0] if s["info"]["type"][0] == "EEG"][0]
            desc = stream["info"]["desc"][0]
            channels = desc["channels"][0]["channel"]
            print(json.dumps(dict(types=[c["type"][0] for c in channels], x=channels[0]["location"][0]["X"][0],
                reference=desc["reference"][0]["label"][0])))
            """, try session() + "/recording.xdf")
        #expect(found.types == Self.types.map(\.rawValue) && found.x == "-27.92" && found.reference == "SRB2")
    }

    @Test func `an anonymised recording keeps them`() throws {
        let recording = try Recording(session: session()).anonymised(Anonymisation(pseudonym: "x"))
        check(try #require(recording.tracks.first))
    }

    @Test func `chosen channels keep their types`() throws {
        let part = try Recording(session: session()).selecting(.init(channels: ["left", "Fp1"]), path: "")
        #expect(part.tracks[0].labels == ["left", "Fp1"])
        #expect((0..<2).map { part.tracks[0].channelType(of: $0) } == [.eog, .eeg] && part.tracks[0].position(of: 1) != nil)
    }
}
