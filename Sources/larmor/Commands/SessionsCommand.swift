import ArgumentParser
import Foundation
import Sessions

struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "Lists, describes, verifies, repairs, exports and imports recordings.",
        discussion: "Example: larmor sessions verify demo/sessions/live",
        subcommands: [
            SessionsList.self, SessionsInfo.self, SessionsVerify.self, SessionsRepair.self, SessionsExport.self,
            SessionsImport.self,
        ])
}

struct SessionsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The sessions in a folder.",
        discussion: "Example: larmor sessions list sessions")

    @Argument(help: "A folder of session folders.")
    var folder = "sessions"

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Entry: Encodable {
        var session: String
        var created: String
        var state: String
        var rig: String
        var devices: [String]
        var subject: String?
    }

    private struct Listing: Encodable { var sessions: [Entry] }

    func run() throws {
        try reportingFailures {
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
                throw SessionError(path: folder, reason: .system(call: "open", code: ENOENT))
            }
            let entries = names.sorted().compactMap { name -> Entry? in
                guard let manifest = try? SessionManifest(folder: folder + "/" + name) else { return nil }
                return Entry(
                    session: folder + "/" + name, created: manifest.created.ISO8601Format(),
                    state: manifest.state.rawValue, rig: manifest.rigName,
                    devices: manifest.devices.map(\.name),
                    subject: manifest.subject)
            }
            if json { return try Console.json(Listing(sessions: entries)) }
            var table = TextTable("session", "created", "state", "rig", "devices")
            for entry in entries {
                table.add(
                    entry.session, entry.created, entry.state, entry.rig,
                    entry.devices.joined(separator: ", "))
            }
            Console.result(entries.isEmpty ? "No session is in \(folder)." : table.text)
        }
    }
}

struct SessionsInfo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "What a session, or a file of XDF, EDF, BDF or BrainVision, holds.",
        discussion: "Example: larmor sessions info demo/sessions/live/recording.xdf")

    @Argument(help: "A session folder, or a file of XDF, EDF, BDF or BrainVision (.vhdr).")
    var path: String

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
        return Info(streams: streams, markers: markers, problems: recording.problems.map(\.description))
    }

    func run() throws {
        try reportingFailures {
            let info = try describe()
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

struct SessionsVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Says exactly what a session holds and what is missing, cut or changed.",
        discussion: """
            Exit code 1 says that something is wrong.
            Example: larmor sessions verify demo/sessions/live
            """)

    @Argument(help: "The session folder.")
    var session: String

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var ok: Bool
        var complete: Bool
        var streams: [SessionVerification.Stream]
        var wires: [SessionVerification.Wire]
        var events: Int
        var markers: Int
        var problems: [String]
    }

    func run() throws {
        try reportingFailures {
            let found = try SessionVerification(folder: session)
            if json {
                try Console.json(
                    Result(
                        ok: found.ok, complete: found.complete, streams: found.streams, wires: found.wires,
                        events: found.events, markers: found.markers, problems: found.problems))
            } else {
                show(found)
            }
            if !found.ok { throw ExitCode(1) }
        }
    }

    private func show(_ found: SessionVerification) {
        var table = TextTable("stream", "samples", "from s", "to s", "gaps", "missing")
        for stream in found.streams {
            table.add(
                stream.name, "\(stream.samples)", stream.firstS.map { Console.number($0, digits: 3) } ?? "–",
                stream.lastS.map { Console.number($0, digits: 3) } ?? "–", "\(stream.gaps.count)",
                "\(stream.gaps.reduce(0) { $0 + $1.count })")
        }
        Console.result(table.text)
        var wires = TextTable("wire log", "records", "bytes", "to s")
        for wire in found.wires {
            wires.add(
                wire.device, "\(wire.records)", "\(wire.bytes)",
                wire.lastS.map { Console.number($0, digits: 3) } ?? "–")
        }
        Console.result("\n" + wires.text + "\n\nevents   \(found.events)")
        for problem in found.problems { Console.result("problem  \(problem)") }
        Console.result(found.ok ? "whole    nothing is missing, cut or changed" : "")
    }
}

struct SessionsRepair: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair", abstract: "Cuts the torn tails off a session that was not closed, and closes it.",
        discussion: """
            What is cut is kept beside the file as NAME.cut.
            Example: larmor sessions repair sessions/cut
            """)

    @Argument(help: "The session folder.")
    var session: String

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        try reportingFailures {
            let repair = try SessionRepair(folder: session)
            if json { return try Console.json(repair) }
            for cut in repair.cuts { Console.result("cut      \(cut.file): \(cut.bytes) bytes") }
            for text in repair.remaining { Console.result("stays    \(text)") }
            Console.result("closed   \(session)")
        }
    }
}
