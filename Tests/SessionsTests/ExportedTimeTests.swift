import Foundation
import Sessions
import Signals
import Testing

/// What exported times count from, and that markers stand on their samples.
struct ExportedTimeTests {
    private let scratch = ScratchFolder()

    /// A device whose clock runs 300 ppm fast, with a pause and, if wanted, missing frames at its beginning: a pulse of one sample for each
    /// marker, at the very moment of the marker.
    private static func pulses(begin: Double, leading: Int) -> (recording: Recording, frames: [Int]) {
        let rate = 250.0
        let count = 2000
        var track = Recording.Track(
            name: "eeg", type: "EEG", labels: ["C3", "C4"], units: ["µV", "µV"], rate: rate, values: .float32([]))
        track.gaps = (leading > 0 ? [.init(index: 0, count: leading)] : []) + [.init(index: 900, count: 77)]
        let frames = (0..<count).map { $0 + leading + ($0 >= 900 ? 77 : 0) }
        track.stamps = frames.map { begin + Double($0 - leading) / (rate * 1.0003) }
        track.start = begin
        let hits = [0, 1, 333, 899, 900, 1500, count - 1]
        track.values = .float32((0..<count).flatMap { hits.contains($0) ? [Float(100), 100] : [0, 0] })
        var recording = Recording()
        recording.tracks = [track]
        recording.start = Date(timeIntervalSince1970: 1_700_000_000.25)
        recording.markers = hits.map { .init(time: track.stamps[$0], text: "pulse") }
        return (recording, hits.map { frames[$0] })
    }

    /// Frames of a file at which a pulse stands.
    private func peaks(_ track: Recording.Track) -> [Int] {
        (0..<track.samples).filter { track.values[$0 * track.channels] > 50 }.map { track.frame(ofSample: $0) }
    }

    @Test(arguments: [(0.0, 0), (0.0131, 0), (1.7, 13)], [SessionExport.Format.edf, .bdf, .brainvision, .bids])
    func `a marker's onset is its sample's, to half a sample, in every format with onsets`(
        from: (begin: Double, leading: Int), format: SessionExport.Format
    ) throws {
        let (recording, frames) = Self.pulses(begin: from.begin, leading: from.leading)
        let export = try SessionExport(recording, as: format, to: scratch("out"), gaps: .annotate)
        let path = try #require(export.files.first?.path)
        let found = try Recording(contentsOf: path)
        let track = try #require(found.tracks.first)
        #expect(peaks(track) == frames)
        var onsets = found.markers.filter { $0.text.hasSuffix("pulse") }.map(\.time)
        if format == .bids {
            let table = try String(contentsOfFile: path.replacing("_eeg.vhdr", with: "_events.tsv"), encoding: .utf8)
            onsets = table.split(separator: "\n").filter { $0.contains("pulse") }.compactMap {
                Double($0.split(separator: "\t")[0])
            }
        }
        #expect(onsets.count == frames.count)
        for (onset, frame) in zip(onsets, frames) {
            #expect(abs(onset * track.rate - Double(frame)) < 0.5, "\(frame): \(onset)")
        }
        // The file's date is that of its first frame.
        let begin = 1_700_000_000.25 + from.begin - Double(from.leading) / 250
        #expect(abs((found.start?.timeIntervalSince1970 ?? 0) - begin) < 1e-5)
    }

    @Test(arguments: [SessionExport.Format.edf, .bdf, .brainvision])
    func `the same holds where gaps are left out, for a window, and at another rate`(format: SessionExport.Format) throws {
        var (recording, frames) = Self.pulses(begin: 0.5, leading: 0)
        let apart = try SessionExport(recording, as: format, to: scratch("apart"), gaps: .discontinuous)
        let found = try Recording(contentsOf: try #require(apart.files.first?.path))
        let track = try #require(found.tracks.first)
        #expect(peaks(track) == frames)
        for (marker, frame) in zip(found.markers.filter { $0.text.hasSuffix("pulse") }, frames) {
            #expect(abs(marker.time * track.rate - Double(frame)) < 0.5, "\(frame): \(marker.time)")
        }
        recording = try recording.selecting(.init(from: 1.2, to: 8, rate: 500), path: "")
        let part = try SessionExport(recording, as: format, to: scratch("part"), gaps: .annotate)
        let window = try Recording(contentsOf: try #require(part.files.first?.path))
        let cut = try #require(window.tracks.first)
        let times = window.markers.filter { $0.text.hasSuffix("pulse") }.map(\.time)
        #expect(times.count == recording.markers.count && times.count > 2)
        for time in times {
            let place = Int((time * cut.rate).rounded())
            // A pulse of one sample is a narrow hill at twice the rate.
            let heights = (max(0, place - 1)...place + 1).map { frame -> Double in
                (0..<cut.samples).first { cut.frame(ofSample: $0) == frame }.map { cut.values[$0 * cut.channels] } ?? 0
            }
            #expect(heights.max() == heights.dropFirst().first, "\(time): \(heights)")
        }
    }

    @Test
    func `an export says how long after the session's start its second 0 is, in its report and where a format has a place`()
        throws
    {
        try SmallSession(blocks: 4).write(scratch("s"))
        try SessionAnnotations.add(SessionAnnotation(created: Date(), text: "here", at: 0.2), to: scratch("s"))
        var recording = try Recording(session: scratch("s"))
        let seconds = try #require(recording.sessionTime)
        // The annotation counts from the session's start, its marker from second 0.
        let marker = try #require(recording.markers.first { $0.text == "here" })
        #expect(abs(marker.time + seconds - 0.2) < 1e-6)
        // As verification has it.
        let firsts = try SessionVerification(folder: scratch("s")).streams.compactMap(\.firstS)
        #expect(abs((firsts.min() ?? 9) - seconds) < 1e-9)
        for format in SessionExport.Format.allCases {
            guard let export = try? SessionExport(recording, as: format, to: scratch("\(format)"), gaps: .annotate) else {
                #expect(format == .flac || format == .wav)
                continue
            }
            #expect(
                export.time?.zeroAfterSessionStartS == seconds && export.time?.zeroUtc?.hasPrefix("2023-11-14T22:13:") == true)
        }
        func text(_ path: String) throws -> String {
            String(decoding: try Data(contentsOf: URL(fileURLWithPath: scratch(path))), as: UTF8.self)
        }
        struct Told: Decodable { var zero_after_session_start_s: Double }
        for folder in ["csv", "npy"] {
            let told = try JSONDecoder().decode(Told.self, from: Data(try text(folder + "/time.json").utf8))
            #expect(told.zero_after_session_start_s == seconds)
        }
        #expect(try text("brainvision/headset.eeg.vhdr").contains("s after the session's start"))
        #expect(try text("bids/sub-S01/eeg/sub-S01_task-recording_eeg.json").contains("FirstSampleAfterSessionStart"))
        // The session's start on the clock of the stamps, which is 5 s.
        #expect(try text("xdf/recording.xdf").contains("<session_start_s>5.0</session_start_s>"))
        // A file has one zero of time.
        recording = try Recording(contentsOf: scratch("bdf/headset.eeg.bdf"))
        #expect(recording.sessionTime == nil)
        let again = try SessionExport(recording, as: .csv, to: scratch("again"), gaps: .annotate)
        #expect(again.time == nil && !FileManager.default.fileExists(atPath: scratch("again/time.json")))
    }

    @Test func `BIDS leaves no gap out, because its table of events counts along the samples`() throws {
        let (recording, _) = Self.pulses(begin: 0, leading: 0)
        let error = #expect(throws: SessionError.self) {
            try SessionExport(recording, as: .bids, to: scratch("set"), gaps: .discontinuous)
        }
        #expect(error?.description.contains("--gaps annotate") == true)
        #expect(!FileManager.default.fileExists(atPath: scratch("set")))
    }

    @Test func `a window without a sample is told in the words that were given`() throws {
        let (recording, _) = Self.pulses(begin: 0, leading: 0)
        for (selection, words) in [
            (RecordingSelection(from: 100), "from 100.0 s on"), (RecordingSelection(to: -1), "before -1.0 s"),
            (RecordingSelection(from: 100, to: 101), "from 100.0 s to 101.0 s"),
        ] {
            let error = #expect(throws: SessionError.self) { try recording.selecting(selection, path: "x") }
            #expect(error?.description.contains("no stream has a sample \(words)") == true, "\(error?.description ?? "")")
            #expect(error?.description.contains("inf") == false)
        }
    }
}

extension Recording.Track {
    /// The frame, gaps counted, at which a sample stands.
    fileprivate func frame(ofSample sample: Int) -> Int { sample + gaps.reduce(0) { $0 + ($1.index <= sample ? $1.count : 0) } }
}
