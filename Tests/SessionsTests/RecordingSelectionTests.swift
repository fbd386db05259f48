import Foundation
import Sessions
import Signals
import Testing

struct RecordingSelectionTests {
    private static func tone(_ second: Double, _ hertz: Double) -> Double { sin(2 * .pi * hertz * second + 0.3) }

    private func recording(rate: Double, samples: Int, _ hertz: [Double], offset: Double = 0) -> Recording {
        var recording = Recording()
        var values: [Double] = []
        for sample in 0..<samples { for tone in hertz { values.append(offset + Self.tone(Double(sample) / rate, tone)) } }
        recording.tracks = [
            Recording.Track(
                name: "eeg", type: "EEG", labels: hertz.indices.map { "c\($0)" }, units: hertz.map { _ in "µV" }, rate: rate,
                values: .double64(values))
        ]
        recording.start = Date(timeIntervalSince1970: 1_700_000_000)
        return recording
    }

    @Test(arguments: [(1000.0, 250.0), (250.0, 100.0), (256.0, 1000.0), (610.3515625, 250.0), (250.0, 249.9)])
    func `a tone below the lower Nyquist frequency stays, to 1e-4 away from the ends, and one above it is gone`(
        from: Double, to: Double
    ) throws {
        let nyquist = min(from, to) / 2
        let pass = 0.4 * nyquist
        let stop = from > 1.1 * to ? [1.02 * nyquist + (from / 2 - nyquist) / 2] : []
        let source = recording(rate: from, samples: Int(4 * from), [pass] + stop)
        let track = try #require(try source.selecting(.init(rate: to), path: "").tracks.first)
        // Up to the last sample of the source.
        #expect(track.rate == to && track.samples == Int(((4 * from).rounded(.down) - 1) / from * to + 1e-9) + 1)
        let values = track.values.doubles
        // Half the filter's length at the ends, where there are samples on one side only.
        let edge = Int(70 / nyquist * to / 1.9)
        for sample in edge..<track.samples - edge {
            let expected = Self.tone(Double(sample) / to, pass)
            #expect(abs(values[sample * track.channels] - expected) < 1e-4)
            if !stop.isEmpty { #expect(abs(values[sample * track.channels + 1]) < 1e-4) }
        }
    }

    @Test func `an electrode's offset stays what it is, up to the ends`() throws {
        let source = recording(rate: 1000, samples: 3000, [0], offset: 61_379.36)
        let expected = 61_379.36 + sin(0.3)
        let track = try #require(try source.selecting(.init(rate: 160), path: "").tracks.first)
        #expect(track.values.doubles.allSatisfy { abs($0 - expected) < 1e-9 })
    }

    @Test func `gaps stay as long as they were, and runs do not reach into each other`() throws {
        var source = recording(rate: 1000, samples: 4000, [3])
        source.tracks[0].gaps = [.init(index: 2000, count: 1000)]
        let track = try #require(try source.selecting(.init(rate: 250), path: "").tracks.first)
        #expect(track.samples == 1000 && track.gaps == [.init(index: 500, count: 250)])
        // Frame by frame at a quarter of the rate; the middle of the second run is at 4 s of the file and 3 s of the tone.
        #expect(abs(track.values.doubles[750] - Self.tone(3, 3)) < 1e-4)
    }

    @Test func `a window holds the samples from its begin up to its end, its markers and its gaps`() throws {
        var source = recording(rate: 100, samples: 900, [1, 2])
        source.tracks[0].gaps = [.init(index: 300, count: 100), .init(index: 500, count: 50)]
        source.markers = [
            .init(time: 1, text: "before"), .init(time: 1.5, text: "into", duration: 1), .init(time: 2, text: "first"),
            .init(time: 5.99, text: "last"), .init(time: 6, text: "after"),
        ]
        let part = try source.selecting(.init(from: 2, to: 6, channels: ["c1"]), path: "")
        let track = try #require(part.tracks.first)
        // 200 to 299 before the gap of a second, 300 to 499 behind it; the next gap begins at 6 s.
        #expect(
            track.labels == ["c1"] && track.samples == 300 && track.start == 2 && track.gaps == [.init(index: 100, count: 100)])
        #expect(track.values.doubles == (200..<500).map { Self.tone(Double($0) / 100, 2) })
        #expect(part.markers.map(\.text) == ["into", "first", "last"] && part.markers[0].duration == 0.5)
        #expect(part.remarks.contains { $0.contains("2 markers lie outside") })
        let none = #expect(throws: SessionError.self) { try source.selecting(.init(from: 20), path: "x") }
        #expect(none?.description.contains("ends at 10.49") == true)
        let unknown = #expect(throws: SessionError.self) { try source.selecting(.init(channels: ["Fz"]), path: "x") }
        #expect(unknown?.description.contains("there is no channel Fz; there are: c0, c1") == true)
    }

    @Test(
        .enabled(if: PythonReader.isThere, "needs LARMOR_PYTHON with mne"),
        arguments: [SessionExport.Format.edf, .bdf, .brainvision])
    func `a window of some channels at one rate is what mne cuts and picks`(format: SessionExport.Format) throws {
        let scratch = ScratchFolder()
        var source = recording(rate: 500, samples: 5000, [3, 7, 11])
        source.markers = [.init(time: 2.5, text: "Stimulus/1")]
        let part = try source.selecting(.init(from: 2, to: 8, channels: ["c2", "c0"], rate: 100), path: "")
        let file = try #require(try SessionExport(part, as: format, to: scratch("o"), gaps: .error).files.first)
        struct Found: Decodable {
            var labels: [String]
            var rate: Double
            var values: [[Double]]
            var onsets: [Double]
            var start: String
        }
        let found: Found = try PythonReader.run(
            """
            import json, sys, mne
            mne.set_log_level("ERROR")
            raw = mne.io.read_raw(sys.argv[1], preload=True)
            print(json.dumps(dict(labels=raw.ch_names, rate=raw.info["sfreq"], values=(raw.get_data() * 1e6).tolist(),
                onsets=[float(x) for x in raw.annotations.onset], start=raw.info["meas_date"].isoformat())))
            """, file.path)
        #expect(found.labels == ["c2", "c0"] && found.rate == 100 && found.values[0].count == 600)
        #expect(found.start.hasPrefix("2023-11-14T22:13:22") && abs(found.onsets[0] - 0.5) < 1e-6)
        for sample in 150..<450 {
            let second = 2 + Double(sample) / 100
            #expect(abs(found.values[0][sample] - Self.tone(second, 11)) < 2e-4)
            #expect(abs(found.values[1][sample] - Self.tone(second, 3)) < 2e-4)
        }
    }
}
