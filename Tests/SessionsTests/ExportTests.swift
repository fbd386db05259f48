import Foundation
import Sessions
import Signals
import Testing

/// What another program's reader found in a file of ours.
private struct Found: Decodable {
    var labels: [String]
    var rate: Double
    /// Shape `[frames][channels]`.
    var values: [[Double]]
    /// Onset, duration, text.
    var annotations: [Annotation]
    var start: String?

    struct Annotation: Decodable {
        var onset: Double
        var duration: Double
        var text: String
    }

    func annotation(_ text: String) -> Annotation? { annotations.first { $0.text == text } }
}

/// Every format, read by a program that others wrote. The samples were composed in ``SmallSession``.
@Suite(.enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with mne, pyEDFlib, soundfile and NumPy"))
struct ExportTests {
    /// Frames of the gap session on a uniform time axis: nil where the frame is missing.
    private static let frames: [UInt64?] =
        (0..<75).map { UInt64($0) } + Array(repeating: nil, count: 50) + (125..<275).map { UInt64($0) }

    private func recording(_ scratch: ScratchFolder) throws -> Recording {
        try SmallSession(blocks: 9, gapBefore: 3).write(scratch("s")) { writer, block in
            // A marker on the very time of frame 200.
            if block == 5 {
                try writer.append(
                    event: DeviceEvent(code: .garbageSkipped, value: 3, hostTime: SmallSession.time(200)), device: 0)
            }
            return true
        }
        return try Recording(session: scratch("s"))
    }

    private func export(_ scratch: ScratchFolder, _ format: SessionExport.Format) throws -> SessionExport {
        try SessionExport(recording(scratch), as: format, to: scratch("out"), gaps: .annotate)
    }

    private static let mneScript = """
        import json, sys, mne
        mne.set_log_level("ERROR")
        raw = mne.io.read_raw(sys.argv[1], preload=True)
        print(json.dumps(dict(labels=raw.ch_names, rate=raw.info["sfreq"], values=raw.get_data().T.tolist(),
            start=raw.info["meas_date"].isoformat() if raw.info["meas_date"] else None,
            annotations=[dict(onset=float(a["onset"]), duration=float(a["duration"]), text=str(a["description"]))
                for a in raw.annotations])))
        """

    /// Compares with the composed samples; a frame that is missing must be 0.
    private func check(_ found: Found, tolerance: Double) {
        #expect(found.rate == SmallSession.rate)
        #expect(found.labels == ["Fp1", "C3 & C4"])
        #expect(found.values.count >= Self.frames.count)
        var farthest = 0.0
        for (row, frame) in zip(found.values, Self.frames) {
            for channel in 0..<2 {
                let expected = frame.map { Double(SmallSession.value($0, channel)) } ?? 0
                farthest = max(farthest, abs(row[channel] - expected))
            }
        }
        #expect(farthest <= tolerance)
    }

    @Test func `BDF+ holds every count of a 24-bit converter, as mne reads it`() throws {
        let scratch = ScratchFolder()
        let export = try export(scratch, .bdf)
        let found: Found = try PythonReader.run(Self.mneScript, scratch("out/headset.eeg.bdf"))
        // Half a step of the converter: 187.5 mV over 2^23 − 1.
        let step = 0.1875 / 8_388_607
        check(found, tolerance: step / 2 * 1.0001)
        #expect(found.start?.hasPrefix("2023-11-14T22:13:20") == true)
        let gap = try #require(found.annotation("BAD_gap"))
        #expect(abs(gap.onset - 0.3) < 1e-4 && abs(gap.duration - 0.2) < 1e-4)
        let marker = try #require(found.annotation("device/headset garbage_skipped 3"))
        #expect(abs(marker.onset - 0.8) < 2e-4)
        let report = try #require(export.files.first { $0.stream == "headset.eeg" })
        #expect(report.filledFrames == 50 && report.rateHz == 250)
    }

    @Test func `EDF+ is within half of its own step, as mne and pyEDFlib read it`() throws {
        let scratch = ScratchFolder()
        let export = try export(scratch, .edf)
        let report = try #require(export.files.first { $0.stream == "headset.eeg" })
        let found: Found = try PythonReader.run(Self.mneScript, scratch("out/headset.eeg.edf"))
        check(found, tolerance: report.resolution * 1.001)
        #expect(found.annotation("BAD_gap") != nil && found.annotation("BAD_padding") != nil)
        let second: Found = try PythonReader.run(
            """
            import json, sys, pyedflib
            f = pyedflib.EdfReader(sys.argv[1])
            n = f.signals_in_file
            a = f.readAnnotations()
            print(json.dumps(dict(labels=f.getSignalLabels(), rate=float(f.getSampleFrequency(0)),
                values=[[x * 1e-6 for x in row] for row in zip(*[f.readSignal(i).tolist() for i in range(n)])],
                annotations=[dict(onset=float(t), duration=float(d), text=str(x)) for t, d, x in zip(*a)])))
            """, scratch("out/headset.eeg.edf"))
        check(second, tolerance: report.resolution * 1.001)
        #expect(second.annotations.map(\.text).contains("BAD_gap"))
    }

    @Test func `BrainVision holds the floats, as mne reads them`() throws {
        let scratch = ScratchFolder()
        _ = try export(scratch, .brainvision)
        let found: Found = try PythonReader.run(Self.mneScript, scratch("out/headset.eeg.vhdr"))
        // Volt to microvolt and back, in Float.
        check(found, tolerance: 2e-10)
        #expect(found.values.count == Self.frames.count)
        let gap = try #require(found.annotation("Bad Interval/BAD_gap"))
        #expect(abs(gap.onset - 0.3) < 1e-9 && abs(gap.duration - 0.2) < 1e-9)
        #expect(abs((found.annotation("device/headset garbage_skipped 3")?.onset ?? 0) - 0.8) < 1e-6)
    }

    @Test(arguments: [SessionExport.Format.wav, .flac])
    func `WAV and FLAC hold the sound, as soundfile reads it`(format: SessionExport.Format) throws {
        struct Sound: Decodable {
            var rate: Int
            var values: [Double]
        }
        let scratch = ScratchFolder()
        _ = try export(scratch, format)
        let found: Sound = try PythonReader.run(
            """
            import json, sys, soundfile
            x, rate = soundfile.read(sys.argv[1])
            print(json.dumps(dict(rate=rate, values=x.tolist())))
            """, scratch("out/headset.audio.\(format.rawValue)"))
        #expect(found.rate == 16_000)
        // The gap of 3200 frames stands as silence: time is not compressed. 1/1024 is exact in 24 bits.
        let expected = (0..<17_600).map { frame in
            (4800..<8000).contains(frame) ? 0 : Double(SmallSession.sound(UInt64(frame)))
        }
        #expect(found.values == expected)
        let gaps = try String(contentsOfFile: scratch("out/headset.audio.\(format.rawValue).gaps.csv"), encoding: .utf8)
        #expect(gaps == "first_frame,frames\n4800,3200\n")
    }

    @Test func `NumPy and CSV hold samples and stamps without filling, as NumPy reads them`() throws {
        struct Arrays: Decodable {
            var type: String
            var values: [[Double]]
            var stamps: [Double]
            var csv: [[Double]]
            var markers: Int
        }
        let scratch = ScratchFolder()
        _ = try export(scratch, .npy)
        _ = try SessionExport(Recording(session: scratch("s")), as: .csv, to: scratch("text"), gaps: .error)
        let found: Arrays = try PythonReader.run(
            """
            import json, sys, numpy as np
            x, t = np.load(sys.argv[1] + "/headset.eeg.npy"), np.load(sys.argv[1] + "/headset.eeg.stamps.npy")
            c = np.loadtxt(sys.argv[2] + "/headset.eeg.csv", delimiter=",", skiprows=1)
            m = open(sys.argv[2] + "/markers.csv").read().splitlines()
            print(json.dumps(dict(type=x.dtype.str, values=x.astype(float).tolist(), stamps=t.tolist(), csv=c.tolist(),
                markers=len(m) - 1)))
            """, scratch("out"), scratch("text"))
        let counters = Self.frames.compactMap { $0 }
        #expect(found.type == "<f4")
        #expect(found.values == counters.map { frame in (0..<2).map { Double(SmallSession.value(frame, $0)) } })
        let first = try #require(found.stamps.first)
        let farthest = zip(found.stamps, counters).map { abs($0 - first - Double($1) / 250) }.max() ?? 1
        #expect(farthest < 1e-6)
        #expect(zip(found.csv, found.stamps).allSatisfy { $0[0] == $1 })
        // Text gives the shortest decimal of a Float.
        #expect(zip(found.csv, found.values).allSatisfy { Float($0[1]) == Float($1[0]) && Float($0[2]) == Float($1[1]) })
        #expect(found.markers == 2)
    }

    @Test func `a BIDS folder passes the validator and mne reads its recording`() throws {
        struct Verdict: Decodable { var errors: [String] }
        let scratch = ScratchFolder()
        _ = try export(scratch, .bids)
        let validator = URL(fileURLWithPath: PythonReader.interpreter ?? "").deletingLastPathComponent()
            .appendingPathComponent("bids-validator-deno").path
        let verdict: Verdict = try PythonReader.run(
            """
            import json, subprocess, sys
            out = subprocess.run([sys.argv[1], "--json", sys.argv[2]], capture_output=True, text=True)
            report = json.loads(out.stdout[out.stdout.index("{"):])
            found = [i for i in report["issues"]["issues"] if i["severity"] == "error"]
            print(json.dumps(dict(errors=[f'{i["code"]} {i.get("subCode", "")} {i.get("location", "")}' for i in found])))
            """, validator, scratch("out"))
        #expect(verdict.errors.isEmpty)
        let found: Found = try PythonReader.run(
            Self.mneScript, scratch("out/sub-S01/eeg/sub-S01_task-recording_eeg.vhdr"))
        check(found, tolerance: 2e-10)
    }
}

struct ExportPolicyTests {
    @Test func `a gap is refused by default, with its place and length, and nothing is written`() throws {
        let scratch = ScratchFolder()
        try SmallSession(blocks: 6, gapBefore: 3).write(scratch("s"))
        let recording = try Recording(session: scratch("s"))
        for format in [SessionExport.Format.edf, .bdf, .brainvision, .wav, .flac, .bids] {
            do {
                _ = try SessionExport(recording, as: format, to: scratch("\(format)"), gaps: .error)
                Issue.record("\(format) hid a gap")
            } catch {
                let text = error.description
                #expect(
                    text.contains("50 frames at 0.300 s") || text.contains("3200 frames at 0.300 s"), "\(format): \(text)")
            }
            #expect(!FileManager.default.fileExists(atPath: scratch("\(format)")), "\(format)")
        }
    }

    @Test func `markers stay on their samples when the device's clock drifts`() {
        // 1000 ppm fast against the recorder: 250.25 frames a second.
        var track = Recording.Track(
            name: "a", type: "EEG", labels: ["1"], units: ["V"], rate: 250, values: .float32(.init(repeating: 0, count: 10_001))
        )
        track.stamps = (0...10_000).map { Double($0) / 250.25 }
        #expect(abs((track.measuredRate ?? 0) - 250.25) < 1e-9)
        // The event at sample 5000 stands at sample 5000 of the file, which is 20 s there.
        #expect(abs(track.fileTime(5000 / 250.25) - 20) < 1e-9)
    }

    @Test func `an existing file is never overwritten`() throws {
        let scratch = ScratchFolder()
        try SmallSession(blocks: 2).write(scratch("s"))
        let recording = try Recording(session: scratch("s"))
        _ = try SessionExport(recording, as: .csv, to: scratch("out"), gaps: .error)
        #expect(throws: SessionError(path: scratch("out/headset.eeg.csv"), reason: .alreadyExists)) {
            try SessionExport(recording, as: .csv, to: scratch("out"), gaps: .error)
        }
    }
}
