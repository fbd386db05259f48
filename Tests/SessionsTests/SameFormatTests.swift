import Foundation
import Sessions
import Signals
import Testing

/// Imported and exported to its own format, a file is the same to the programs that know it. `Readers/same_recording.py` compares.
@Suite(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with mne and pyxdf"))
struct SameFormatTests {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Readers/same_recording.py"
    private static let formats: [String: SessionExport.Format] = ["edf": .edf, "bdf": .bdf, "vhdr": .brainvision, "xdf": .xdf]

    /// The real recordings of these formats.
    private static let files: [String] = ["edf", "brainvision", "xdf"].flatMap { folder in
        let names = (try? FileManager.default.contentsOfDirectory(atPath: SharedData.path(folder))) ?? []
        return names.filter { formats[URL(fileURLWithPath: $0).pathExtension] != nil }.sorted().map { folder + "/" + $0 }
    }

    /// - Returns: what differs, in words.
    private func differences(_ path: String, _ scratch: ScratchFolder) throws -> [String] {
        let format = try #require(Self.formats[URL(fileURLWithPath: path).pathExtension])
        _ = try SessionImport(path, to: scratch("s"), version: "test")
        let export = try SessionExport(try Recording(session: scratch("s")), as: format, to: scratch("o"), gaps: .discontinuous)
        let paths = Set(export.files.map(\.path))
        guard paths.count == 1, let copy = paths.first else { return ["\(paths.count) files were made of one"] }
        return try PythonReader.run(try String(contentsOfFile: Self.script, encoding: .utf8), path, copy)
    }

    @Test(.enabled(if: !files.isEmpty, "needs the recordings of other programs"))
    func `every real file comes back the same`() throws {
        for name in Self.files {
            let found = try differences(SharedData.path(name), ScratchFolder())
            #expect(found.isEmpty, "\(name): \(found.joined(separator: "\n"))")
        }
    }

    @Test(arguments: ["EDF", "EDF+C", "EDF+D"])
    func `signals of several rates, transducers, filters, patient and equipment come back in one file`(reserved: String) throws
    {
        let scratch = ScratchFolder()
        var file = RawEDF()
        file.patient = Array((reserved == "EDF" ? "Jane Roe" : "P-7 F 02-MAR-1951 Jane_Roe").utf8)
        file.recording = reserved == "EDF" ? "night 3" : "Startdate 02-MAR-2020 PSG-12 NN BrainAmp_DC"
        file.reserved = reserved
        var slow = RawEDF.Signal("Temp")
        (slow.samples, slow.unit) = ("10", Array("degC".utf8))
        file.signals = [RawEDF.Signal("Fp1"), slow, RawEDF.Signal("Cz")]
        for index in file.signals.indices {
            file.signals[index].transducer = "AgCl \(index)"
            file.signals[index].prefilter = "HP:0.\(index + 1)Hz LP:40Hz"
        }
        file.data = (0..<5).map { record in
            var bytes: [UInt8] = []
            for signal in 0..<3 {
                for sample in 0..<(signal == 1 ? 10 : 100) {
                    bytes += RawXDF.little(Int16(RawEDF.number(record * 100 + sample, signal)))
                }
            }
            return bytes
        }
        if reserved != "EDF" {
            var signal = RawEDF.Signal("EDF Annotations")
            (signal.physical, signal.samples, signal.unit) = (("-1", "1"), "60", [])
            file.signals.append(signal)
            for record in file.data.indices {
                let begin = reserved == "EDF+D" && record > 2 ? record + 7 : record
                let hello = record == 1 ? RawEDF.list("+1.5", "0.25", "böse") : ""
                file.data[record] += RawEDF.annotations(RawEDF.list("+\(begin)") + hello)
            }
        }
        try file.write(scratch("a.edf"))
        let found = try differences(scratch("a.edf"), scratch)
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
        // A strict reader takes it, too (EDFlib reads no EDF+D), and gaps are where they were.
        if reserved != "EDF+D" { #expect(try EDFlib.read(scratch("o/a.edf")).signals == 3) }
        let (first, again) = (try Recording(contentsOf: scratch("a.edf")), try Recording(contentsOf: scratch("o/a.edf")))
        #expect(again.tracks.map(\.gaps) == first.tracks.map(\.gaps) && again.markers == first.markers && again.remarks.isEmpty)
        #expect(again.subject == first.subject)
    }

    @Test func `types of channels, events of devices, places of electrodes and types of markers come back`() throws {
        let scratch = ScratchFolder()
        var track = Recording.Track(
            name: "amp", type: "EEG", labels: ["Fp1", "left", "hand"], units: ["µV", "µV", "µV"], rate: 100,
            values: .float32((0..<900).map { Float($0 % 200 - 100) }))
        track.setTypes([.eeg, .eog, .gsr])
        track.montage = ElectrodeMontage(named: "standard_1020")
        track.reference = "Cz"
        var recording = Recording()
        recording.start = Date(timeIntervalSince1970: 1_700_000_000)
        recording.tracks = [track]
        recording.markers = [
            .init(time: 0.5, text: "headset lost 19", stream: "events"), .init(time: 1, text: "Photo/on", type: "Photo"),
            .init(time: 2, text: "blink", duration: 0.25),
        ]
        for format in [SessionExport.Format.edf, .bdf, .brainvision] {
            let file = try #require(
                try SessionExport(recording, as: format, to: scratch("\(format)"), gaps: .error).files.first)
            let again = ScratchFolder()
            let found = try differences(file.path, again)
            #expect(found.isEmpty, "\(format): \(found.joined(separator: "\n"))")
            let copy = try #require(
                try FileManager.default.contentsOfDirectory(atPath: again("o")).first {
                    $0 == URL(fileURLWithPath: file.path).lastPathComponent
                })
            let (first, second) = (try Recording(contentsOf: file.path), try Recording(contentsOf: again("o/" + copy)))
            #expect(first.markers == second.markers && first.markers.map(\.isDeviceEvent) == [true, false, false])
            #expect((0..<3).map { second.tracks[0].channelType(of: $0) } == [.eeg, .eog, .gsr])
            #expect(second.tracks[0].labels == track.labels)
        }
    }

    @Test func `texts, codes, doubles and descriptions of XDF come back, two streams of one name under two`() throws {
        let scratch = ScratchFolder()
        var file = RawXDF(info: "<datetime>2021-03-04T05:06:07+0100</datetime>")
        let more = """
            <desc><channels><channel><label>C3</label><unit>microvolts</unit><type>EEG</type><location><X>1.5</X></location></channel>\
            </channels><reference><label>Cz &amp; A1</label></reference></desc>
            """
        file.header(1, "amp", rate: 100, format: "double64", more: more)
        var rows: [(stamp: Double?, bytes: [UInt8])] = []
        for sample in 0..<300 { rows.append((5000.1 + Double(sample) / 100, RawXDF.little(sin(Double(sample))))) }
        file.samples(1, rows)
        file.header(4, "words", rate: 0, format: "string", type: "Markers")
        file.text(4, 5000.2, "before the codes")
        file.header(2, "codes", rate: 0, format: "int32", type: "Markers")
        file.samples(2, [11, 22, 33].map { (code: Int) in (5000 + Double(code) / 20, RawXDF.little(Int32(code))) })
        file.header(3, "events", channels: 2, rate: 0, format: "string", type: "Markers")
        file.text(3, 4999.5, "a\u{1}b", "gap amp first=1 count=5 at=3")
        try file.write(scratch("a.xdf"))
        // Under this name a recording has what its devices told, so the stream gets another; all else is the same.
        let found = try differences(scratch("a.xdf"), scratch)
        #expect(
            found.count == 1
                && found[0].hasPrefix("streams: ['amp', 'words', 'codes', 'events'] is ['amp', 'words', 'codes', 'events-2']"),
            "\(found)")
        let again = try Recording(contentsOf: scratch("o/recording.xdf"))
        #expect(again.start == Date(timeIntervalSince1970: 1_614_830_767) && again.tracks[0].gaps.isEmpty)
        #expect(again.markers.map(\.text) == ["a\u{1}b gap amp first=1 count=5 at=3", "before the codes", "11", "22", "33"])
        let bytes = String(decoding: try Data(contentsOf: URL(fileURLWithPath: scratch("o/recording.xdf"))), as: UTF8.self)
        #expect(
            bytes.contains("<reference><label>Cz &amp; A1</label></reference>") || bytes.contains("<label>Cz &amp; A1</label>"))
        #expect(bytes.contains("<X>1.5</X>"))
    }
}
