import Foundation
import Sessions
import Signals
import Testing

/// What mne or pyEDFlib reads in a file that others made.
private struct Reference: Decodable {
    var labels: [String]
    var rates: [Double]
    /// Sum of each signal, in the file's own units.
    var sums: [Double]
    var counts: [Int]
    var annotations: [Mark]

    struct Mark: Decodable {
        var onset: Double
        var text: String
    }
}

private let edfScript = """
    import json, sys, pyedflib
    f = pyedflib.EdfReader(sys.argv[1])
    n = range(f.signals_in_file)
    a = f.readAnnotations()
    print(json.dumps(dict(labels=f.getSignalLabels(), rates=[float(f.getSampleFrequency(i)) for i in n],
        sums=[float(f.readSignal(i).sum()) for i in n], counts=[int(x) for x in f.getNSamples()],
        annotations=[dict(onset=float(t), text=str(x)) for t, d, x in zip(*a)])))
    """

private let brainVisionScript = """
    import json, sys, mne
    mne.set_log_level("ERROR")
    raw = mne.io.read_raw(sys.argv[1], preload=True)
    x = raw.get_data(picks=["FP1", "Fz", "CP2"]) * 1e6
    print(json.dumps(dict(labels=raw.ch_names, rates=[raw.info["sfreq"]], sums=x.sum(axis=1).tolist(), counts=[len(raw)],
        annotations=[dict(onset=float(a["onset"]), text=str(a["description"])) for a in raw.annotations])))
    """

@Suite(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with mne and pyEDFlib"))
struct ImportTests {
    @Test(
        .enabled(if: SharedData.has("edf/test.edf"), "needs shared/data/edf"),
        arguments: ["test.edf", "test_uneven_samp.edf", "test_generator.bdf"])
    func `EDF and BDF of other programs hold what pyEDFlib finds`(name: String) throws {
        let path = SharedData.path("edf/" + name)
        let expected: Reference = try PythonReader.run(edfScript, path)
        let found = try Recording(contentsOf: path)
        #expect(found.tracks.map(\.channels).reduce(0, +) == expected.labels.count)
        for track in found.tracks {
            for channel in 0..<track.channels {
                // Labels need not be unique: the signals of one rate keep their order.
                let index = expected.labels.indices.filter { expected.rates[$0] == track.rate }[channel]
                #expect(expected.labels[index].trimmingCharacters(in: .whitespaces) == track.labels[channel])
                #expect(track.samples == expected.counts[index])
                let values = track.values.doubles
                let sum = (0..<track.samples).reduce(0.0) { $0 + values[$1 * track.channels + channel] }
                #expect(abs(sum - expected.sums[index]) <= 1e-6 * max(1, abs(expected.sums[index])))
            }
        }
        #expect(found.markers.map(\.text) == expected.annotations.map(\.text))
        #expect(zip(found.markers, expected.annotations).allSatisfy { abs($0.time - $1.onset) < 1e-6 })
    }

    @Test(.enabled(if: SharedData.has("brainvision/test.vhdr"), "needs shared/data/brainvision"))
    func `BrainVision of another program holds what mne finds`() throws {
        let path = SharedData.path("brainvision/test.vhdr")
        let expected: Reference = try PythonReader.run(brainVisionScript, path)
        let found = try Recording(contentsOf: path)
        let track = try #require(found.tracks.first)
        #expect(track.labels == expected.labels)
        #expect(track.rate == expected.rates[0] && track.samples == expected.counts[0])
        let values = track.values.doubles
        for (name, sum) in zip(["FP1", "Fz", "CP2"], expected.sums) {
            let channel = try #require(track.labels.firstIndex(of: name))
            let ours = (0..<track.samples).reduce(0.0) { $0 + values[$1 * track.channels + channel] }
            #expect(abs(ours - sum) < 1e-6 * abs(sum))
        }
        let theirs = expected.annotations.filter { !$0.text.hasPrefix("New Segment") }
        #expect(found.markers.map(\.text) == theirs.map(\.text))
        #expect(zip(found.markers, theirs).allSatisfy { abs($0.time - $1.onset) < 1e-9 })
    }

    @Test func `what is exported comes back by import, gaps and markers included`() throws {
        let scratch = ScratchFolder()
        try SmallSession(blocks: 9, gapBefore: 3).write(scratch("s"))
        let original = try Recording(session: scratch("s"))
        _ = try SessionImport(scratch("s/recording.xdf"), to: scratch("again"), version: "test")
        let again = try Recording(session: scratch("again"))
        #expect(again.tracks.map(\.name) == original.tracks.map(\.name))
        for (ours, first) in zip(again.tracks, original.tracks) {
            #expect(ours.values == first.values && ours.gaps == first.gaps && ours.units == first.units)
            #expect(zip(ours.stamps, first.stamps).allSatisfy { abs($0 - $1) < 2e-9 })
        }
        #expect(again.markers.map(\.text) == original.markers.map(\.text))
        #expect(try SessionVerification(folder: scratch("again")).ok)
        #expect(try SessionManifest(folder: scratch("again")).files.keys.contains("source/recording.xdf"))
    }
}

struct ImportDamageTests {
    @Test func `the kind of a file is told while its mapping is still there`() throws {
        let scratch = ScratchFolder()
        try SmallSession(blocks: 1).write(scratch("s"))
        #expect(XDFReader.isXDF(scratch("s/recording.xdf")))
        #expect(!XDFReader.isXDF(scratch("s/session.json")))
        #expect(!XDFReader.isXDF(scratch("nothing")))
    }

    @Test func `a file of no known kind is refused with what it begins with`() throws {
        let scratch = ScratchFolder()
        try Data([0x89, 0x50, 0x4E, 0x47]).write(to: URL(fileURLWithPath: scratch("a.edf")))
        do {
            _ = try Recording(contentsOf: scratch("a.edf"))
            Issue.record("a PNG was read")
        } catch {
            #expect(error.description.contains("“89 50 4E 47”"))
        }
    }

    @Test(arguments: [SessionExport.Format.edf, .bdf])
    func `a file that was cut or never closed is read up to its last whole record, and says so`(
        format: SessionExport.Format
    ) throws {
        let scratch = ScratchFolder()
        // 1 s per record.
        let values: [Double] = (0..<2 * 5 * 250).map { index in Double((index * 37) % 401 - 200) }
        var track = Recording.Track(
            name: "eeg", type: "EEG", labels: ["Fz", "Cz"], units: ["µV", "µV"], rate: 250, values: .double64(values))
        track.fullScale = [400, 400]
        var recording = Recording()
        recording.tracks = [track]
        recording.markers = [.init(time: 0.5, text: "early"), .init(time: 4.5, text: "late")]
        let made = try SessionExport(recording, as: format, to: scratch("out"), gaps: .error)
        let file = try #require(made.files.first?.path)
        let whole = try Recording(contentsOf: file)
        let expected = try #require(whole.tracks.first)
        #expect(expected.samples == 5 * 250 && whole.remarks.isEmpty)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        let header = Int(String(decoding: bytes[184..<192], as: UTF8.self).trimmingCharacters(in: .whitespaces)) ?? 0
        let record = (bytes.count - header) / 5
        try #require(header > 0 && (bytes.count - header) % 5 == 0)
        var open = bytes
        open.replaceSubrange(236..<244, with: Data("-1      ".utf8))

        func read(_ bytes: Data) throws -> Recording {
            try bytes.write(to: URL(fileURLWithPath: scratch("mended")))
            return try Recording(contentsOf: scratch("mended"))
        }
        let cases: [(bytes: Data, records: Int, remark: String)] = [
            (bytes.dropLast(record + 7), 3, "its header says 5 records; 3 whole ones were read and \(record - 7) bytes"),
            (bytes.dropLast(record), 4, "its header says 5 records; 4 whole ones were read"),
            (bytes + Data(repeating: 1, count: 10), 5, "5 whole ones were read and 10 bytes"),
            (open, 5, "its recorder did not close it; 5 whole ones were read"),
            (open.dropLast(1), 4, "its recorder did not close it; 4 whole ones were read and \(record - 1) bytes"),
        ]
        for (bytes, records, remark) in cases {
            let found = try read(bytes)
            let track = try #require(found.tracks.first)
            #expect(track.samples == records * 250)
            #expect(track.values.doubles == Array(expected.values.doubles[..<(2 * records * 250)]))
            #expect(found.remarks.count == 1 && found.remarks[0].contains(remark), "\(found.remarks)")
            #expect(found.markers.contains { $0.text == "early" })
        }
        let none = #expect(throws: SessionError.self) { try read(bytes.prefix(header + record - 1)) }
        #expect(none?.description.contains("at least one record") == true)
    }

    @Test func `an import keeps the remarks on a cut recording with the session`() throws {
        let scratch = ScratchFolder()
        try SmallSession(blocks: 9).write(scratch("s"))
        let whole = try Data(contentsOf: URL(fileURLWithPath: scratch("s/recording.xdf")))
        try whole.dropLast(whole.count / 3).write(to: URL(fileURLWithPath: scratch("cut.xdf")))
        let made = try SessionImport(scratch("cut.xdf"), to: scratch("again"), version: "test")
        #expect(made.remarks.contains { $0.contains("the file ends within a chunk") })
        #expect(try SessionManifest(folder: scratch("again")).note?.contains("the file ends within a chunk") == true)
    }

    @Test(.enabled(if: SharedData.has("edf/test_uneven_samp.edf"), "needs shared/data/edf"))
    func `an EDF file that is cut or damaged in its header is an error, never a crash`() throws {
        let scratch = ScratchFolder()
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: SharedData.path("edf/test_uneven_samp.edf"))))
        var random = SplitMix64(seed: 11)
        for round in 0..<60 {
            var bytes = whole
            if round % 2 == 0 {
                bytes.removeLast(random.integer(below: whole.count - 1))
            } else {
                bytes[random.integer(below: 768)] = UInt8(random.integer(below: 256))
            }
            try Data(bytes).write(to: URL(fileURLWithPath: scratch("\(round).edf")))
            _ = try? Recording(contentsOf: scratch("\(round).edf"))
        }
    }
}
