import Foundation
import Sessions
import Signals
import Testing

/// A stream of readings at irregular times, as a headset's accelerometer gives them, in every format.
struct IrregularStreamTests {
    private let scratch = ScratchFolder()
    /// Frames of the EEG with which readings came.
    private static let frames: [UInt64] = (0..<100).map { 3 + 10 * $0 + [0, 1, 0, 2][Int($0 % 4)] }

    private static func reading(_ frame: UInt64) -> [Float] { [Float(frame) / 1024, -1, 0.5] }

    private func session() throws -> Recording {
        let readings = StreamDescription(
            name: "headset.accelerometer", kind: .accelerometer,
            channels: ["x", "y", "z"].map { .init(label: $0, unit: .gravity, fullScale: 4) }, nominalRate: 0, device: "board")
        let writer = try SessionWriter(folder: scratch("s"), manifest: SmallSession.manifest, devices: [("headset", "cyton")])
        try writer.setStreams([SmallSession.eeg, readings], device: 0)
        for block in 0..<42 {
            let first = UInt64(25 * block)
            let values = (0..<50).map { SmallSession.value(first + UInt64($0 / 2), $0 % 2) }
            try values.withUnsafeBufferPointer {
                try writer.append(
                    item: SampleRingItem(
                        stream: 0, channels: 2, frames: 25, firstCounter: first, missingBefore: 0,
                        hostTime: SmallSession.time(first + 24)), device: 0, values: $0)
            }
            for (index, frame) in Self.frames.enumerated() where (first..<first + 25).contains(frame) {
                try Self.reading(frame).withUnsafeBufferPointer {
                    var item = SampleRingItem(
                        stream: 1, channels: 3, frames: 1, firstCounter: UInt64(index), missingBefore: 0,
                        hostTime: SmallSession.time(first + 24))
                    item.setMade(SmallSession.time(frame), period: 0)
                    try writer.append(item: item, device: 0, values: $0)
                }
            }
        }
        try writer.close()
        return try Recording(session: scratch("s"))
    }

    private func track(_ recording: Recording) throws -> Recording.Track {
        try #require(recording.tracks.first { $0.name == "headset.accelerometer" })
    }

    @Test func `each reading has its own stamp, in the session, in CSV, NumPy and XDF`() throws {
        let recording = try session()
        let times = Self.frames.map { Double($0) / 250 }
        func check(_ track: Recording.Track) {
            #expect(track.rate == 0 && track.samples == 100 && track.gaps.isEmpty)
            #expect(zip(track.stamps, times).allSatisfy { abs($0 - $1) < 1e-6 })
            #expect(track.values.doubles == Self.frames.flatMap { Self.reading($0).map(Double.init) })
        }
        check(try track(recording))
        _ = try SessionExport(recording, as: .xdf, to: scratch("x"), gaps: .error)
        check(try track(try Recording(contentsOf: scratch("x/recording.xdf"))))
        let csv = try SessionExport(recording, as: .csv, to: scratch("c"), gaps: .error, streams: ["headset.accelerometer"])
        #expect(csv.files.map(\.frames) == [100])
        let rows = try String(contentsOfFile: scratch("c/headset.accelerometer.csv"), encoding: .utf8).split(separator: "\n")
        #expect(rows[0] == "time_s,x [g],y [g],z [g]" && rows.count == 101)
        #expect(rows[1].hasSuffix(",\(Float(3) / 1024),-1.0,0.5"))
        let npy = try SessionExport(recording, as: .npy, to: scratch("n"), gaps: .error)
        #expect(npy.files.first { $0.stream == "headset.accelerometer" }?.frames == 100)
    }

    @Test(arguments: [SessionExport.Format.edf, .bdf, .brainvision, .wav])
    func `a file of uniform rate leaves it out and says what to do`(format: SessionExport.Format) throws {
        let export = try SessionExport(try session(), as: format, to: scratch("o"), gaps: .error)
        #expect(export.files.map(\.stream) == ["headset.eeg"])
        #expect(export.skipped.map(\.stream) == ["headset.accelerometer"])
        #expect(export.skipped.first?.reason.contains("--rate") == true)
    }

    @Test func `BIDS keeps it under sourcedata with its stamps`() throws {
        let export = try SessionExport(try session(), as: .bids, to: scratch("o"), gaps: .error)
        #expect(export.files.map(\.stream) == ["headset.eeg", "headset.accelerometer"] && export.skipped.isEmpty)
        let path = scratch("o/sourcedata/sub-S01/task-recording/headset.accelerometer")
        for end in [".npy", ".stamps.npy"] { #expect(FileManager.default.fileExists(atPath: path + end)) }
    }

    @Test func `at a rate its values lie on the straight lines between readings, and EDF holds them`() throws {
        let part = try session().selecting(.init(rate: 25), path: "")
        let track = try track(part)
        // From frame 3 to 995: 992 / 250 s.
        #expect(track.rate == 25 && track.samples == 100 && track.gaps.isEmpty && abs(track.start - 3 / 250.0) < 1e-6)
        for sample in 0..<100 {
            let frame = 3 + Double(sample) * 10
            // x is the frame over 1,024: a straight line.
            #expect(abs(track.values[3 * sample] - frame / 1024) < 1e-6)
            #expect(track.values[3 * sample + 1] == -1)
        }
        let export = try SessionExport(part, as: .edf, to: scratch("o"), gaps: .error, streams: ["headset.accelerometer"])
        #expect(export.files.map(\.frames) == [100] && export.files[0].rateHz == 25)
        let back = try #require(try Recording(contentsOf: export.files[0].path).tracks.first)
        #expect(abs(back.values[3 * 50] - 503 / 1024.0) < 2e-4)
    }

    @Test func `a long pause between readings is a gap, and streams that are not steady stay as they are`() throws {
        var track = Recording.Track(
            name: "a", type: "Accelerometer", labels: ["x", "code"], units: ["g", ""], rate: 0,
            values: .float32((0..<40).flatMap { [Float($0), Float($0)] }))
        track.stamps = (0..<40).map { Double($0) * 0.04 + ($0 >= 20 ? 1 : 0) }
        var recording = Recording()
        recording.tracks = [track]
        let part = try recording.selecting(.init(rate: 50), path: "").tracks[0]
        // 0 … 0.76 s and 1.8 … 2.56 s, at 50 Hz: 51 frames lie between them.
        #expect(part.gaps == [.init(index: 39, count: 51)] && part.samples == 78)
        #expect(abs(part.values[2] - 0.5) < 1e-5 && part.values[3] == 0 && part.values[4] == 1)
        for stamps in [(0..<40).map { Double($0 * $0) }, (0..<40).map { _ in 0.0 }] {
            recording.tracks[0].stamps = stamps
            #expect(try recording.selecting(.init(rate: 50), path: "").tracks[0].rate == 0)
        }
        recording.tracks = [track.prefix(5)]
        #expect(try recording.selecting(.init(rate: 50), path: "").tracks[0].rate == 0)
    }
}

extension Recording.Track {
    fileprivate func prefix(_ count: Int) -> Recording.Track {
        var track = self
        track.stamps = Array(stamps.prefix(count))
        track.values = .float32(Array(values.floats.prefix(count * channels)))
        return track
    }
}
