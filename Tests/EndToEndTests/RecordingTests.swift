import Foundation
import RealTime
import Testing

/// What `record --json` and `sessions verify --json` print, as far as the tests look at it.
private struct Report: Decodable {
    struct Stream: Decodable {
        var name: String
        var backend: String
        var received: Int
        var lost: Int
        var reconnections: Int
    }
    var streams: [Stream]
    var session: String?

    func stream(_ name: String) throws -> Stream { try #require(streams.first { $0.name == name }) }
}

private struct Verification: Decodable {
    struct Stream: Decodable {
        var name: String
        var samples: Int
        var lastS: Double?
        var gaps: [Gap]
    }
    struct Gap: Decodable { var first: Int, count: Int }
    struct Wire: Decodable { var device: String, lastS: Double? }
    var ok: Bool
    var complete: Bool
    var streams: [Stream]
    var wires: [Wire]
    var problems: [String]

    func stream(_ name: String) throws -> Stream { try #require(streams.first { $0.name == name }) }
}

private struct Replayed: Decodable { var identical: Bool?, sha256: String, events: Int }

/// The demo's rig on real system interfaces: libserialport on a stand-in FTDI port, ALSA, TCP on loopback.
@Suite(.serialized, .enabled(if: Larmor.hasStands, Larmor.standsComment))
struct RecordingTests {
    private let folder: String
    private var session: String { folder + "/session" }
    private let rig = rigs + "/demo.toml"

    init() throws { folder = try temporaryFolder("recording") }

    /// Lines of an event log that hold all of `words`.
    private func events(_ words: String...) -> [String] {
        let text = (try? String(contentsOfFile: session + "/events.jsonl", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init).filter { line in words.allSatisfy { line.contains($0) } }
    }

    @Test func `types, montage, reference and mains of a rig are recorded, shown and exported, and readings come alone`() throws
    {
        struct Info: Decodable {
            struct Summary: Decodable { var types: [String: Int], montage: String, reference: String, lineFrequencyHz: Double }
            struct Stream: Decodable { var name: String, rateHz: Double, samples: Int, channelSummary: Summary? }
            var streams: [Stream], markers: Int, deviceEvents: Int
        }
        let text = """
            [[device]]
            name = "headset"
            driver = "cyton"
            simulator = "cyton"
            channels = ["Fp1", "Fp2", "C3", "C4", "P7", "P8", "left", "right"]
            channel_types = ["eeg", "eeg", "eeg", "eeg", "eeg", "eeg", "eog", "eog"]
            montage = "standard_1020"
            reference = "SRB2"
            line_frequency_Hz = 50
            """
        try text.write(toFile: folder + "/rig.toml", atomically: true, encoding: .utf8)
        let result = try Larmor.run("record", folder + "/rig.toml", "--seconds", "2", "--output", session, "--json")
        #expect(result.status == 0, "\(result.messages)")
        let info = try Larmor.run("sessions", "info", session, "--json").json(Info.self)
        let eeg = try #require(info.streams.first { $0.name == "headset.eeg" })
        let summary = try #require(eeg.channelSummary)
        #expect(summary.types == ["eeg": 6, "eog": 2] && summary.montage == "standard_1020" && summary.reference == "SRB2")
        #expect(summary.lineFrequencyHz == 50 && info.markers == 0 && info.deviceEvents >= 2)
        let words = try Larmor.run("sessions", "info", session).output
        #expect(words.contains("headset.eeg  eeg 6, eog 2; montage standard_1020; reference SRB2; mains 50 Hz"))
        // One packet in ten has a reading.
        let readings = try #require(info.streams.first { $0.name == "headset.accelerometer" })
        #expect(readings.rateHz == 0 && readings.channelSummary == nil && abs(readings.samples - eeg.samples / 10) <= 1)
        #expect(try Larmor.run("replay", session, "--speed", "max", "--json").json(Replayed.self).identical == true)
        let export = try Larmor.run("sessions", "export", session, "--format", "edf", "--output", folder + "/edf")
        #expect(export.status == 0 && export.output.contains("skipped  headset.accelerometer"), "\(export.messages)")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/edf/headset.eeg.edf"))
        #expect(String(decoding: bytes[256..<272], as: UTF8.self) == "EEG Fp1         ")
        let motion = try Larmor.run(
            "sessions", "export", session, "--format", "edf", "--stream", "headset.accelerometer", "--rate", "25", "--output",
            folder + "/motion")
        #expect(motion.status == 0, "\(motion.messages)")
    }

    @Test func `all devices are recorded without loss, the session is whole and replays to the same bytes`() throws {
        let recorder = try RunningLarmor(["record", rig, "--seconds", "3", "--output", session, "--json"])
        let watch = Stopwatch(programs: [recorder.pid])
        let result = recorder.wait()
        let lost = watch.lost
        #expect(result.status == 0, "\(result.messages)")
        let text = try String(contentsOfFile: session + "/session.json", encoding: .utf8)
        #expect(text.contains("\"command\" : \"larmor record \(rig) --seconds 3") && text.contains("\"processor\""))
        let report = try result.json(Report.self)
        let eeg = try report.stream("headset.eeg")
        let audio = try report.stream("microphone.audio")
        #expect(eeg.backend == "libserialport")
        #expect(audio.backend == "ALSA")
        #expect(try report.stream("film.state").backend == "RigLink over TCP")
        // What the card and the lines hold is a second at least: no less may be lost where the program was not let run.
        #expect(report.streams.allSatisfy { $0.lost == 0 || lost > 1 }, "\(report.streams)")
        // 250 and 16,000 frames a second for three seconds; the sound server needs a moment to begin.
        #expect((700 - 250 * lost...800 + 250 * lost).contains(Double(eeg.received)))
        #expect((16_000 * (1 - lost)...16_000 * (3.125 + lost)).contains(Double(audio.received)))

        let found = try Larmor.run("sessions", "verify", session, "--json").json(Verification.self)
        #expect(found.ok && found.complete)
        #expect(try found.stream("headset.eeg").samples == eeg.received)
        #expect(try found.stream("microphone.audio").samples == audio.received)

        for speed in ["max", "max", "2"] {
            let replay = try Larmor.run("replay", session, "--speed", speed, "--json")
            #expect(replay.status == 0)
            #expect(try replay.json(Replayed.self).identical == true)
        }
        try FileManager.default.removeItem(atPath: folder)
    }

    private struct Line: Decodable { var stream: String, line: String, level: Int, counter: Int, at_s: Double, time_s: Double }

    @Test func `a pin's changes and a known delay are recorded, and a replay gives the same bytes`() throws {
        let file = folder + "/pins.toml"
        try """
        name = "pins"
        [[device]]
        name = "headset"
        driver = "cyton"
        simulator = "cyton"
        latency_ms = 40
        [device.settings]
        auxiliary = "digital"
        """.write(toFile: file, atomically: true, encoding: .utf8)
        let recorder = try RunningLarmor(["record", file, "--output", session, "--json"])
        let watch = Stopwatch(programs: [recorder.pid])
        #expect(waitUntil { events("\"event\":\"line\"").count >= 2 })
        let lost = watch.lost
        recorder.interrupt()
        let result = recorder.wait()
        #expect(result.status == 0, "\(result.messages)")
        let lines = try events("\"event\":\"line\"").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
        // The simulator's D18 turns every second: low from the 250th frame on, high from the 500th.
        #expect(lines.count >= 2 && lines.allSatisfy { $0.stream == "headset.digital" && $0.line == "D18" })
        #expect(lines.prefix(2).map(\.level) == [0, 1] && lines.prefix(2).map(\.counter) == [250, 500])
        // A change is seen when its packet has come, 40 ms or more after it was.
        for line in lines { #expect((0.039...0.2 + lost).contains(line.time_s - line.at_s), "\(line)") }
        #expect(try Larmor.run("replay", session, "--json").json(Replayed.self).identical == true)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `after kill -9 the session opens, lacks at most the last second, and repairs`() throws {
        let recorder = try RunningLarmor(["record", rig, "--output", session])
        #expect(waitUntil { !events("headset", "started").isEmpty })
        let watch = Stopwatch(programs: [recorder.pid])
        usleep(4_000_000)
        let lost = watch.lost
        recorder.kill()
        let killed = Date()
        _ = recorder.wait()
        // The part of the recorder that runs inside the stand-in follows within moments.
        #expect(waitUntil { processes(["record", session], below: 1).isEmpty })

        let manifest = try JSONDecoder().decode(
            [String: Anchor].self, from: JSONSerialization.data(withJSONObject: ["anchor": try anchor()]))
        let length = killed.timeIntervalSince1970 - Double(try #require(manifest["anchor"]).utcNanoseconds) * 1e-9
        let cut = try Larmor.run("sessions", "verify", session, "--json")
        #expect(cut.status == 1)
        let found = try cut.json(Verification.self)
        #expect(!found.complete && !found.problems.isEmpty)
        for wire in found.wires where wire.device != "film" {
            #expect(try #require(wire.lastS) > length - 1.2 - lost, "\(wire.device): \(wire.lastS ?? 0) of \(length) s")
        }
        #expect(try #require(found.stream("headset.eeg").lastS) > length - 1.2 - lost)
        #expect(try Larmor.run("replay", session, "--json").json(Replayed.self).events >= 3)

        #expect(try Larmor.run("sessions", "repair", session).status == 0)
        let repaired = try Larmor.run("sessions", "verify", session, "--json").json(Verification.self)
        #expect(repaired.ok && repaired.complete)
        #expect(try repaired.stream("headset.eeg").samples == found.stream("headset.eeg").samples)
        try FileManager.default.removeItem(atPath: folder)
    }

    private struct Anchor: Decodable { var utcNanoseconds: Int64 }

    private func anchor() throws -> Any {
        let data = try #require(FileManager.default.contents(atPath: session + "/session.json"))
        let manifest = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        return try #require(manifest["anchor"])
    }

    @Test func `an unplugged headset is an event, comes back, and costs the other devices nothing`() throws {
        let recorder = try RunningLarmor(["record", rig, "--output", session, "--json"])
        #expect(waitUntil { !events("headset", "started").isEmpty })
        let watch = Stopwatch(programs: [recorder.pid])
        usleep(1_500_000)
        let simulators = processes(["simulate", "cyton"], below: recorder.pid)
        #expect(simulators.count == 1)
        for pid in simulators { kill(pid, SIGKILL) }
        #expect(waitUntil { !events("headset", "lost").isEmpty })
        #expect(waitUntil { !events("headset", "reconnected").isEmpty })
        usleep(1_000_000)
        let lost = watch.lost
        recorder.interrupt()
        let result = recorder.wait()
        #expect(result.status == 0 || result.status == 130, "\(result.messages)")
        let report = try result.json(Report.self)
        #expect(try report.stream("headset.eeg").reconnections == 1)
        // The sound server's buffer holds a second.
        #expect(try report.stream("microphone.audio").lost == 0 || lost > 1)
        #expect(try report.stream("microphone.audio").reconnections == 0)
        // The hole is counted by the clock: at least the second that the simulator stays away.
        let found = try Larmor.run("sessions", "verify", session, "--json").json(Verification.self)
        let gap = try found.stream("headset.eeg").gaps.reduce(0) { $0 + $1.count }
        #expect(gap > 250)
        #expect(try report.stream("headset.eeg").lost == gap)
        #expect(try found.stream("microphone.audio").gaps.isEmpty || lost > 1)
        #expect(try Larmor.run("replay", session, "--json").json(Replayed.self).identical == true)
        try FileManager.default.removeItem(atPath: folder)
    }
}
