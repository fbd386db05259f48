import Foundation
import Sessions
import Testing

/// Exports of sessions that an earlier version recorded hold every frame, the lost ones as zeros.
struct OldSessionExportTests {
    private func export(
        _ session: OldSession, _ format: SessionExport.Format, _ scratch: ScratchFolder
    ) throws -> (recording: Recording, export: SessionExport) {
        let recording = try Recording(session: session.folder)
        return (recording, try SessionExport(recording, as: format, to: scratch("out"), gaps: .annotate))
    }

    /// Streams that a format with a uniform rate can hold.
    private func uniform(_ session: OldSession) -> [OldSession.Stream] {
        session.numbers.filter { $0.samples > 0 && $0.rate > 0 }
    }

    @Test(arguments: OldSession.withNumbers)
    func `CSV has a row for each sample, with its very values`(session: OldSession) throws {
        let scratch = try ScratchFolder()
        let (recording, export) = try self.export(session, .csv, scratch)
        let streams = session.numbers.filter { $0.samples > 0 }
        #expect(export.files.map(\.stream).sorted() == streams.map(\.name).sorted())
        for file in export.files {
            let track = try #require(recording.tracks.first { $0.name == file.stream })
            let rows = try String(contentsOfFile: file.path, encoding: .utf8).split(separator: "\n").dropFirst()
            let values = try rows.flatMap { try $0.split(separator: ",").dropFirst().map { try #require(Float($0)) } }
            #expect(rows.count == session.numbers.first { $0.name == file.stream }?.samples)
            let recorded = track.values.floats
            #expect(values.count == recorded.count)
            #expect(zip(values, recorded).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }, "\(track.name)")
        }
    }

    @Test(arguments: OldSession.withNumbers, [SessionExport.Format.edf, .bdf, .brainvision])
    func `EDF, BDF and BrainVision hold all frames at their places`(
        session: OldSession, format: SessionExport.Format
    ) throws {
        let streams = uniform(session)
        guard !streams.isEmpty else { return }
        let scratch = try ScratchFolder()
        let (recording, export) = try self.export(session, format, scratch)
        #expect(export.files.map(\.stream).sorted() == streams.map(\.name).sorted())
        for file in export.files {
            let track = try #require(recording.tracks.first { $0.name == file.stream })
            let expected = try #require(streams.first { $0.name == file.stream })
            let header =
                format == .brainvision
                ? URL(fileURLWithPath: file.path).deletingPathExtension().path + ".vhdr" : file.path
            let contents = try Recording(contentsOf: header)
            let read = try #require(contents.tracks.first)
            #expect(read.channels == track.channels)
            // EDF ends with a whole data record.
            let frames = expected.samples + Int(expected.lost)
            #expect(format == .brainvision ? read.samples == frames : read.samples >= frames)
            // The range in an EDF header has eight characters: four digits behind "-" and "." at the worst, so that a file's
            // step is right to one part in 10⁵ of the range at least.
            compare(read, with: track, within: file.resolution, ofRange: format == .brainvision ? 0 : 1e-5)
        }
    }

    /// Samples at the frames where they belong; what is lost is filled and not looked at.
    private func compare(
        _ read: Recording.Track, with track: Recording.Track, within resolution: Double, ofRange part: Double
    ) {
        let channels = track.channels
        let scales = (0..<channels).map { channel in
            // Volt and tesla are written in micro-units.
            ["V", "T"].contains(track.units[channel]) && read.units[channel] != track.units[channel] ? 1e-6 : 1
        }
        let ranges = (0..<channels).map { channel in
            stride(from: channel, to: track.values.count, by: channels).reduce(0) { max($0, abs(track.values[$1])) }
        }
        var gaps = track.gaps[...]
        var frame = 0
        var worst = 0.0
        for sample in 0..<track.samples {
            while let gap = gaps.first, gap.index == sample {
                frame += gap.count
                gaps = gaps.dropFirst()
            }
            for channel in 0..<channels {
                let recorded = track.values[sample * channels + channel]
                guard recorded.isFinite else { continue }
                let found = read.values[frame * channels + channel] * scales[channel]
                // Half a step of the file's integers, and the rounding of two conversions to `Float`.
                let tolerance = resolution * 1.001 + ranges[channel] * part + abs(recorded) * 2.5e-7
                worst = max(worst, abs(found - recorded) / max(tolerance, .leastNormalMagnitude))
            }
            frame += 1
        }
        #expect(worst <= 1, "\(track.name): \(worst) times the tolerance")
    }

    @Test(arguments: OldSession.withNumbers)
    func `WAV holds all frames of streams with a whole rate`(session: OldSession) throws {
        let streams = uniform(session).filter { $0.rate == $0.rate.rounded() }
        guard !streams.isEmpty else { return }
        let scratch = try ScratchFolder()
        let (_, export) = try self.export(session, .wav, scratch)
        #expect(export.files.map(\.stream).sorted() == streams.map(\.name).sorted())
        for file in export.files {
            let expected = try #require(streams.first { $0.name == file.stream })
            let sound = try #require(WAVHeader(path: file.path))
            #expect(sound.channels == expected.channels && Double(sound.rate) == expected.rate)
            #expect(sound.frames == expected.samples + Int(expected.lost))
        }
    }
}

/// The sizes that a RIFF file says, read by hand: chunks of a name, a length and a body of even length.
private struct WAVHeader {
    var channels = 0
    var rate = 0
    var frames = 0

    init?(path: String) {
        guard let data = FileManager.default.contents(atPath: path), data.starts(with: Array("RIFF".utf8)) else { return nil }
        let bytes = Array(data)
        func word(_ place: Int, _ count: Int) -> Int { (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) } }
        var place = 12
        var frameBytes = 0
        while place + 8 <= bytes.count {
            let length = word(place + 4, 4)
            switch String(decoding: bytes[place..<place + 4], as: UTF8.self) {
            case "fmt ":
                channels = word(place + 10, 2)
                rate = word(place + 12, 4)
                frameBytes = word(place + 20, 2)
            case "data":
                guard frameBytes > 0 else { return nil }
                frames = length / frameBytes
                return
            default: break
            }
            place += 8 + length + length % 2
        }
        return nil
    }
}
