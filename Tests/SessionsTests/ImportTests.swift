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
        .enabled(if: SharedData.has("edf/test.edf"), "needs the EDF and BDF recordings of other programs"),
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

    @Test(.enabled(if: SharedData.has("brainvision/test.vhdr"), "needs the BrainVision recording of another program"))
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

    @Test(.enabled(if: SharedData.has("edf/test_uneven_samp.edf"), "needs an EDF recording"))
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
