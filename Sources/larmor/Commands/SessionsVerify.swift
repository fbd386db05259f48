import ArgumentParser
import Replay
import Sessions

struct SessionsVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Says exactly what a session holds and what is missing, cut or changed.",
        discussion: """
            Exit code 1 says that something is wrong. "stamps" compares the times in recording.xdf, computed while it was \
            written, with those computed from the whole wire log, which exports use: the deviation of 99 % of them, and the largest. \
            Seconds count from the session's start. "markers" are samples of streams of markers; other words of streams are "texts", and \
            what devices told of themselves ("headset started 1") "device events".
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
        var texts: Int
        var deviceEvents: Int
        var annotations: Int
        var problems: [String]
    }

    func run() throws {
        try reportingFailures {
            let found = try SessionVerification(folder: session, clocks: SessionClocks(session: session).clocks)
            if json {
                try Console.json(
                    Result(
                        ok: found.ok, complete: found.complete, streams: found.streams, wires: found.wires,
                        events: found.events, markers: found.markers, texts: found.texts, deviceEvents: found.deviceEvents,
                        annotations: found.annotations, problems: found.problems))
            } else {
                show(found)
            }
            if !found.ok { throw ExitCode(1) }
        }
    }

    private func show(_ found: SessionVerification) {
        var table = TextTable("stream", "samples", "from s", "to s", "gaps", "missing", "open hole", "stamps ms")
        for stream in found.streams {
            table.add(
                stream.name, "\(stream.samples)", stream.firstS.map { Console.number($0, digits: 3) } ?? "–",
                stream.lastS.map { Console.number($0, digits: 3) } ?? "–", "\(stream.gaps.count)",
                "\(stream.gaps.reduce(0) { $0 + $1.count })", stream.openHole.map { "\($0)" } ?? "–",
                stream.stampErrorMs.map { Console.number($0.p99, digits: 2) + " / " + Console.number($0.worst, digits: 2) }
                    ?? "–")
        }
        Console.result(table.text)
        var wires = TextTable("wire log", "records", "bytes", "to s")
        for wire in found.wires {
            wires.add(
                wire.device, "\(wire.records)", "\(wire.bytes)",
                wire.lastS.map { Console.number($0, digits: 3) } ?? "–")
        }
        Console.result("\n" + wires.text + "\n\nevents   \(found.events)")
        Console.result(
            "markers  \(found.markers)\ntexts    \(found.texts)\ndevice events  \(found.deviceEvents)\n"
                + "annotations    \(found.annotations)")
        for problem in found.problems { Console.result("problem  \(problem)") }
        Console.result(found.ok ? "whole    nothing is missing, cut or changed" : "")
    }
}
