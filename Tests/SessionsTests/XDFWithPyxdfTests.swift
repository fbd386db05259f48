import Foundation
import Sessions
import Signals
import Testing

/// What pyxdf found in a file.
private struct Loaded: Decodable {
    struct Stream: Decodable {
        var name: String
        var type: String
        var labels: [String]
        var units: [String]
        var count: Int
        var footer: Int
        var stamps: [Double]
        var values: [[Double]]
        var texts: [String]
    }
    var streams: [Stream]
}

private let script = """
    import json, sys, pyxdf
    streams, _ = pyxdf.load_xdf(sys.argv[1], synchronize_clocks=False, dejitter_timestamps=False)
    found = []
    for s in streams:
        text = isinstance(s["time_series"], list)
        desc = s["info"]["desc"][0] or {}
        channels = desc["channels"][0]["channel"] if "channels" in desc else []
        found.append(dict(name=s["info"]["name"][0], type=s["info"]["type"][0], count=len(s["time_stamps"]),
            labels=[c["label"][0] for c in channels], units=[c["unit"][0] for c in channels],
            footer=int(s["footer"]["info"]["sample_count"][0]), stamps=[float(t) for t in s["time_stamps"]],
            values=[] if text else s["time_series"].astype(float).tolist(),
            texts=[row[0] for row in s["time_series"]] if text else []))
    print(json.dumps(dict(streams=found)))
    """

struct XDFWithPyxdfTests {
    @Test(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with pyxdf"))
    func `pyxdf finds the samples, stamps, labels and markers that were written`() throws {
        let scratch = ScratchFolder()
        try SmallSession(blocks: 6, gapBefore: 3).write(scratch("s"))
        let loaded: Loaded = try PythonReader.run(script, scratch("s/recording.xdf"))

        let eeg = try #require(loaded.streams.first { $0.name == "headset.eeg" })
        #expect(eeg.type == "EEG")
        #expect(eeg.labels == ["Fp1", "C3 & C4"])
        #expect(eeg.units == ["volts", "volts"])
        #expect(eeg.count == 150 && eeg.footer == 150)
        let counters = Array(0..<75) + Array(125..<200)
        #expect(
            eeg.values
                == counters.map { counter in
                    (0..<2).map { Double(SmallSession.value(UInt64(counter), $0)) }
                })
        // The device's clock is exact, so the fitted stamps are the true ones, through the gap too.
        let farthest =
            zip(eeg.stamps, counters).map { abs($0 - SmallSession.time(UInt64($1)).seconds) }.max() ?? 1
        #expect(farthest < 1e-6)

        let audio = try #require(loaded.streams.first { $0.name == "headset.audio" })
        #expect(audio.count == 9600)
        #expect(audio.values[4800] == [Double(SmallSession.sound(125 * 64))])

        let events = try #require(loaded.streams.first { $0.name == "events" })
        #expect(events.texts.contains("headset started 1"))
        #expect(events.texts.contains("gap headset.eeg first=75 count=50 at=75"))
        #expect(events.texts.contains("gap headset.audio first=4800 count=3200 at=4800"))
    }

    @Test(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with pyxdf"))
    func `our reader and pyxdf find the same`() throws {
        let scratch = ScratchFolder()
        try SmallSession(blocks: 4, gapBefore: 2).write(scratch("s"))
        let loaded: Loaded = try PythonReader.run(script, scratch("s/recording.xdf"))
        let read = try XDFReader(path: scratch("s/recording.xdf"))
        #expect(read.problems.isEmpty)
        #expect(read.streams.map(\.name).sorted() == loaded.streams.map(\.name).sorted())
        for other in loaded.streams {
            let ours = try #require(read.streams.first { $0.name == other.name })
            #expect(ours.stamps == other.stamps)
            #expect(ours.texts == other.texts)
            let flat = other.values.flatMap { $0 }
            #expect((0..<flat.count).allSatisfy { Double(ours.values[$0]) == flat[$0] })
        }
    }
}

struct MinimalXDFTests {
    // The list in the README of xdf-modules/example-files, minimal.xdf.
    @Test(.enabled(if: SharedData.has("xdf/minimal.xdf"), "needs shared/data/xdf"))
    func `the reference file holds what its publisher lists`() throws {
        let read = try XDFReader(path: SharedData.path("xdf/minimal.xdf"))
        #expect(read.problems.isEmpty)
        let data = try #require(read.streams.first { $0.name == "SendDataC" })
        #expect(data.channels == 3)
        #expect(data.nominalRate == 10)
        let rows: [[Double]] = [
            [192, 255, 238], [12, 22, 32], [13, 23, 33], [14, 24, 34], [15, 25, 35], [12, 22, 32],
            [13, 23, 33],
            [14, 24, 34], [15, 25, 35],
        ]
        let flat = rows.flatMap { $0 }
        #expect(data.samples == 9)
        #expect((0..<27).allSatisfy { Double(data.values[$0]) == flat[$0] })
        #expect(zip(data.stamps, 51...59).allSatisfy { abs($0 - Double($1) / 10) < 1e-9 })
        let text = try #require(read.streams.first { $0.name == "SendDataString" })
        #expect(text.samples == 9)
        #expect(text.texts.dropFirst() == ["Hello", "World", "from", "LSL", "Hello", "World", "from", "LSL"])
        #expect(zip(text.stamps, data.stamps).allSatisfy { abs($0 - $1) < 1e-9 })
        #expect(data.clockOffsets.map(\.offset) == [-0.1, -0.1])
        #expect(data.clockOffsets.map(\.time) == [6.1, 7.1])
        #expect(text.clockOffsets.isEmpty)
    }
}
