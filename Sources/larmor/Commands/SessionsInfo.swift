import ArgumentParser
import Foundation
import Overview
import Sessions
import Signals

struct SessionsInfo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Shows what a session, or a file of XDF, EDF, BDF or BrainVision, holds.",
        discussion: """
            Types of channels, montage, reference and mains are shown where the rig file or the file itself tells them. What devices told \
            of themselves ("headset started 1") and texts that are no markers are counted apart from markers.
            Seconds count from a session's start; those of the picture from its earliest stamp, as those of exports.
            --plot draws every stream with its gaps and markers, EEG traces and the spectrogram of sound; events of devices have a row \
            of their own.
            Example: larmor sessions info demo/sessions/live --plot overview.svg
            """)

    @Argument(help: "A session folder, or a file of XDF, EDF, BDF or BrainVision (.vhdr).")
    var path: String

    @Option(help: "Draw the recording to this file, .svg or .png.")
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
        /// Absent where nobody has said anything of them.
        var channelSummary: ChannelSummary?
    }

    private struct Info: Encodable {
        var streams: [Stream]
        /// Those of devices and notes of gaps not counted.
        var markers: Int
        /// Samples of streams of words that are no markers.
        var texts: Int
        var deviceEvents: Int
        var problems: [String]
        /// What rules of the rig file found, by device; absent where it has none.
        var found: [String: String]?
    }

    /// XDF is described as its streams stand in the file, text included; other formats by tracks.
    private func describe() throws -> Info {
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        let file = isFolder.boolValue ? path + "/" + SessionWriter.recordingName : path
        guard XDFReader.isXDF(file) else {
            let recording = try Recording(contentsOf: path)
            let streams = recording.tracks.map { track in
                Stream(
                    name: track.name, type: track.type, channels: track.channels, rateHz: track.rate, samples: track.samples,
                    firstS: track.samples > 0 ? track.start : nil, lastS: track.lastTime, channelSummary: ChannelSummary(track))
            }
            let kinds = recording.markerCounts
            return Info(
                streams: streams, markers: kinds.markers, texts: kinds.texts, deviceEvents: kinds.deviceEvents,
                problems: recording.remarks)
        }
        // A session's by its folder: a link in place of its recording leads out of it.
        let options = XDFReader.Options(keepsValues: false)
        let recording =
            isFolder.boolValue ? try XDFReader(session: path, options: options) : try XDFReader(path: file, options: options)
        let manifest = isFolder.boolValue ? try? SessionManifest(folder: path) : nil
        // Seconds count from the session's start, as `annotate --at` has them; else from the first sample of all.
        let numbers = recording.streams.filter { $0.format != .string }
        let first = (numbers.isEmpty ? recording.streams : numbers).compactMap(\.firstStamp).filter(\.isFinite).min()
        let start = manifest?.anchor.host.seconds ?? recording.timeZero ?? recording.anchor?.monotonic ?? first ?? 0
        let streams = recording.streams.map {
            Stream(
                name: $0.name, type: $0.type, channels: $0.channels, rateHz: $0.nominalRate, samples: $0.samples,
                firstS: $0.firstStamp.map { $0 - start }, lastS: $0.lastStamp.map { $0 - start },
                channelSummary: ChannelSummary($0))
        }
        let kinds = recording.markerCounts
        let absences = manifest?.absences ?? []
        let found = (manifest?.devices ?? []).compactMap { device in device.foundBy.map { (device.name, $0) } }
        return Info(
            streams: streams, markers: kinds.markers, texts: kinds.texts, deviceEvents: kinds.deviceEvents,
            problems: recording.problems.map(\.description) + absences,
            found: found.isEmpty ? nil : Dictionary(found) { first, _ in first })
    }

    private func draw(_ file: String) throws {
        let name = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
        let picture = SessionOverview(try Recording(contentsOf: path), title: name)
        try PictureFile.write(picture.svg, to: file, inputs: [path])
    }

    func validate() throws {
        if let plot { try PictureFile.check(plot, "--plot") }
    }

    func run() throws {
        try reportingFailures {
            try PictureFile.prepare(plot, inputs: [path])
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
            Console.result(table.text)
            for stream in info.streams {
                if let summary = stream.channelSummary { Console.result("\(stream.name)  \(summary.text)") }
            }
            Console.result("markers  \(info.markers)\ntexts    \(info.texts)\ndevice events  \(info.deviceEvents)")
            for (device, text) in (info.found ?? [:]).sorted(by: { $0.key < $1.key }) {
                Console.result("found    \(device) by \(text)")
            }
            for problem in info.problems { Console.result("problem  \(problem)") }
        }
    }
}
