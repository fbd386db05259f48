import Foundation
import Sessions
import Signals
import Testing

/// Names, labels and markers with everything in them that breaks a format.
@Suite(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with mne and pyxdf"))
struct HostileTextTests {
    private static let texts = [
        "S1\r\n", "tab\there", "a,b", "\u{0}nul", "esc\u{1B}[31m", "line\u{2028}end", "quote \"x\"", "<&>", "\u{FFFE}", "ünï 🧠",
        "=1+1",
        "Stimulus/S  1", " lead", "\u{85}next", "back\\1slash",
    ]

    private static var recording: Recording {
        var recording = Recording()
        recording.tracks = [
            Recording.Track(
                name: "am\u{1}p\r\n[x]", type: "EEG", labels: texts.prefix(4).map { "L\($0)" },
                units: .init(repeating: "µV", count: 4),
                rate: 100, values: .float32((0..<4 * 1000).map { Float($0 % 97) }))
        ]
        recording.markers = texts.enumerated().map { .init(time: Double($0.offset) / 2, text: $0.element, duration: 0.25) }
        recording.subject = "S<\u{2}>"
        return recording
    }

    private struct Found: Decodable { var texts: [String] }

    @Test(arguments: [SessionExport.Format.edf, .bdf, .brainvision])
    func `annotations of every text are as many as there were, each on one line`(format: SessionExport.Format) throws {
        let scratch = ScratchFolder()
        let file = try #require(try SessionExport(Self.recording, as: format, to: scratch("o"), gaps: .error).files.first)
        let found: Found = try PythonReader.run(
            """
            import json, sys, mne
            mne.set_log_level("ERROR")
            raw = mne.io.read_raw(sys.argv[1])
            print(json.dumps(dict(texts=[str(a["description"]) for a in raw.annotations])))
            """, file.path)
        #expect(found.texts.count == Self.texts.count)
        let scalars = found.texts.flatMap { Array($0.unicodeScalars) }
        #expect(!scalars.contains { $0.properties.generalCategory == .control })
        let back = format == .brainvision ? "back\\ 1slash" : "back\\1slash"
        let expected = [0: "S1", 2: "a,b", 9: "ünï 🧠", 14: back]
        for (index, text) in expected { #expect(found.texts[index].hasSuffix(text)) }
    }

    @Test func `recording.xdf and XDF are valid XML, tables are as wide as they say`() throws {
        let scratch = ScratchFolder()
        _ = try SessionExport(Self.recording, as: .xdf, to: scratch("o"), gaps: .error)
        var made = try Recording(contentsOf: scratch("o/recording.xdf"))
        made.subject = "x"
        // Texts of markers are no XML: they come back as they were.
        #expect(made.markers.map(\.text) == Self.texts)
        struct Streams: Decodable { var names: [String] }
        let streams: Streams = try PythonReader.run(
            """
            import json, logging, sys, pyxdf
            logging.disable(logging.CRITICAL)
            print(json.dumps(dict(names=[s["info"]["name"][0] for s in pyxdf.load_xdf(sys.argv[1])[0]])))
            """, scratch("o/recording.xdf"))
        #expect(streams.names.count == 2)
        _ = try SessionExport(Self.recording, as: .csv, to: scratch("csv"), gaps: .error)
        _ = try SessionExport(Self.recording, as: .bids, to: scratch("bids"), gaps: .error)
        struct Widths: Decodable {
            var csv: [Int]
            var events: [Int]
            var channels: [Int]
        }
        let widths: Widths = try PythonReader.run(
            """
            import csv, glob, json, sys
            rows = lambda pattern, **k: [len(r) for r in csv.reader(open(glob.glob(pattern)[0], newline=""), **k)]
            tsv = dict(delimiter="\\t", quoting=csv.QUOTE_NONE)
            print(json.dumps(dict(csv=rows(sys.argv[1] + "/csv/markers.csv"),
                events=rows(sys.argv[1] + "/bids/sub-*/eeg/*_events.tsv", **tsv),
                channels=rows(sys.argv[1] + "/bids/sub-*/eeg/*_channels.tsv", **tsv))))
            """, scratch.path)
        #expect(widths.csv == .init(repeating: 4, count: Self.texts.count + 1))
        #expect(widths.events == .init(repeating: 4, count: Self.texts.count + 1))
        #expect(widths.channels == .init(repeating: 4, count: 5))
    }

    @Test func `streams of one name, and names that are one to a file system, are exported under different ones`() throws {
        let scratch = ScratchFolder()
        var recording = Recording()
        recording.tracks = ["amp", "AMP", "a/b", "a b", "markers", "日本"].map {
            Recording.Track(name: $0, type: "EEG", labels: ["1"], units: ["V"], rate: 100, values: .float32([1, 2, 3]))
        }
        recording.markers = [.init(time: 0, text: "m")]
        let files = try SessionExport(recording, as: .csv, to: scratch("o"), gaps: .error).files
        #expect(Set(files.map { $0.path.lowercased() }).count == 6 && files.count == 6)
        #expect(try String(contentsOfFile: scratch("o/markers.csv"), encoding: .utf8).contains("0.0,0.0,m"))
    }

    @Test func `a session folder is no file to import, and a failed import leaves nothing`() throws {
        let scratch = ScratchFolder()
        try SmallSession(blocks: 2).write(scratch("s"))
        let error = #expect(throws: SessionError.self) { try SessionImport(scratch("s"), to: scratch("t"), version: "test") }
        #expect(error?.description.contains("it is a session already") == true)
        #expect(!FileManager.default.fileExists(atPath: scratch("t")))
    }

    @Test func `codes of numbers are markers, and where two streams say the same their names tell them apart`() throws {
        let scratch = ScratchFolder()
        var file = RawXDF()
        file.header(1, "E", rate: 100, format: "float32")
        file.samples(1, (0..<300).map { (sample: Int) in (10 + Double(sample) / 100, RawXDF.little(Float(sample).bitPattern)) })
        for (id, name) in [(2, "Stimulus"), (3, "Response")] {
            file.header(UInt32(id), name, rate: 0, format: "string", type: "Markers")
            file.text(UInt32(id), 10 + Double(id) / 4, "1")
        }
        file.header(4, "codes", rate: 0, format: "float32", type: "Markers")
        file.samples(
            4,
            [
                (stamp: 11.5, bytes: RawXDF.little(Float(254).bitPattern)),
                (stamp: 12, bytes: RawXDF.little(Float(0.5).bitPattern)),
            ])
        file.footer(1, count: 700)
        try file.write(scratch("a.xdf"))
        _ = try SessionImport(scratch("a.xdf"), to: scratch("s"), version: "test")
        for path in [scratch("a.xdf"), scratch("s")] {
            let found = try Recording(contentsOf: path)
            #expect(found.markers.map(\.text) == ["Stimulus/1", "Response/1", "254", "0.5"])
            let times = zip(found.markers.map(\.time), [0.5, 0.75, 1.5, 2])
            #expect(times.allSatisfy { abs($0 - $1) < 1e-9 })
        }
        #expect(try Recording(contentsOf: scratch("a.xdf")).remarks.contains { $0.contains("says 700 samples; there are 300") })
    }
}
