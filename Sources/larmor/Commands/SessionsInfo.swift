import ArgumentParser
import Foundation
import Overview
import Sessions

struct SessionsInfo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Shows what a session, or a file of XDF, EDF, BDF or BrainVision, holds.",
        discussion: """
            --plot draws every stream with its gaps and markers, EEG traces and the spectrogram of sound.
            Example: larmor sessions info demo/sessions/live --plot overview.svg
            """)

    @Argument(help: "A session folder, or a file of XDF, EDF, BDF or BrainVision (.vhdr).")
    var path: String

    @Option(help: "Draw the recording to this SVG file.")
    var plot: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Stream: Encodable {
        var name: String
        var type: String
        var channels: Int
        var rateHz: Double
        var samples: Int
        var firstS: Double?
        var lastS: Double?
    }

    private struct Info: Encodable {
        var streams: [Stream]
        var markers: Int
        var problems: [String]
    }

    /// XDF is described as its streams stand in the file, text and raw stamps included; other formats by tracks.
    private func describe() throws -> Info {
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        let file = isFolder.boolValue ? path + "/" + SessionWriter.recordingName : path
        guard XDFReader.isXDF(file) else {
            let recording = try Recording(contentsOf: path)
            let streams = recording.tracks.map { track in
                Stream(
                    name: track.name, type: track.type, channels: track.channels, rateHz: track.rate, samples: track.samples,
                    firstS: track.samples > 0 ? track.start : nil, lastS: track.lastTime)
            }
            return Info(streams: streams, markers: recording.markers.count, problems: recording.remarks)
        }
        let recording = try XDFReader(path: file, keepsValues: false)
        let streams = recording.streams.map {
            Stream(
                name: $0.name, type: $0.type, channels: $0.channels, rateHz: $0.nominalRate, samples: $0.samples,
                firstS: $0.stamps.first, lastS: $0.stamps.last)
        }
        let markers = recording.streams.filter { $0.format == .string }.reduce(0) { $0 + $1.samples }
        let absences = isFolder.boolValue ? (try? SessionManifest(folder: path))?.absences ?? [] : []
        return Info(streams: streams, markers: markers, problems: recording.problems.map(\.description) + absences)
    }

    private func draw(_ file: String) throws {
        let name = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
        let picture = SessionOverview(try Recording(contentsOf: path), title: name)
        do {
            try picture.svg.write(toFile: file, atomically: true, encoding: .utf8)
        } catch {
            throw SessionError(path: file, reason: .unsupported("it cannot be written: \(error.localizedDescription)"))
        }
    }

    func run() throws {
        try reportingFailures {
            let info = try describe()
            if let plot { try draw(plot) }
            if json { return try Console.json(info) }
            var table = TextTable("stream", "type", "channels", "rate Hz", "samples", "first s", "last s")
            for stream in info.streams {
                table.add(
                    stream.name, stream.type, "\(stream.channels)", Console.number(stream.rateHz, digits: 1),
                    "\(stream.samples)", stream.firstS.map { Console.number($0, digits: 3) } ?? "–",
                    stream.lastS.map { Console.number($0, digits: 3) } ?? "–")
            }
            Console.result(table.text + "\nmarkers  \(info.markers)")
            for problem in info.problems { Console.result("problem  \(problem)") }
        }
    }
}
