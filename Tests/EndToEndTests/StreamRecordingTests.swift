import Foundation
import LSLStand
import RealTime
import Testing

private struct Report: Decodable {
    struct Stream: Decodable {
        var name: String
        var backend: String
        var received: Int
        var lost: Int
        var reconnections: Int
    }
    var streams: [Stream]

    func stream(_ name: String) throws -> Stream { try #require(streams.first { $0.name == name }) }
}

private struct Replayed: Decodable { var identical: Bool? }

/// What pyxdf reads of a recording, with its own clock synchronisation and no dejittering.
private struct Found: Decodable {
    struct Stream: Decodable {
        var labels: [String]
        var units: [String]
        var stamps: [Double]
        var numbers: [[Double]]?
        var texts: [[String]]?
        var offsets: [[Double]]
    }
    var streams: [String: Stream]

    static let script = """
        import json, sys, pyxdf
        streams, _ = pyxdf.load_xdf(sys.argv[1], synchronize_clocks=True, dejitter_timestamps=False)
        found = {}
        for s in streams:
            info = s["info"]
            channels = (info["desc"][0] or {}).get("channels")
            channels = channels[0]["channel"] if channels else []
            text = info["channel_format"][0] == "string"
            series = s["time_series"] if text else s["time_series"].tolist()
            offset = s["footer"]["info"].get("clock_offsets")
            times, values = s["clock_times"], s["clock_values"]
            found[info["name"][0]] = {"labels": [c["label"][0] or "" for c in channels],
                "units": [c["unit"][0] or "" for c in channels], "stamps": list(map(float, s["time_stamps"])),
                "texts" if text else "numbers": series, "offsets": [[float(a), float(b)] for a, b in zip(times, values)]}
        print(json.dumps({"streams": found}))
        """

    init(recording: String) throws {
        let peer = try PythonPeer(Self.script, recording)
        let line = try #require(peer.line(), "pyxdf cannot read \(recording)")
        self = try JSONDecoder().decode(Found.self, from: Data(line.utf8))
    }

    func stream(_ name: String) throws -> Stream { try #require(streams[name]) }
}

/// Markers in an event log.
private struct Marker: Decodable {
    var event: String
    var stream: String?
    var texts: [String]?
    var at_s: Double?
    var time_s: Double

    static func all(_ session: String) throws -> [Marker] { try all(log: session + "/events.jsonl") }

    static func all(log: String) throws -> [Marker] {
        let text = try String(contentsOfFile: log, encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONDecoder().decode(Marker.self, from: Data($0.utf8)) }
            .filter { $0.event == "marker" }
    }
}

private struct Manifest: Decodable {
    struct Anchor: Decodable { var host: Host }
    struct Host: Decodable { var nanoseconds: Int64 }
    var anchor: Anchor

    init(session: String) throws {
        self = try JSONDecoder().decode(
            Manifest.self, from: Data(contentsOf: URL(fileURLWithPath: session + "/session.json")))
    }
}

/// Streams with texts and clocks of their own, recorded by the program and read by pyxdf.
@Suite(.serialized, .enabled(if: LSLStand.isThere, "needs LARMOR_PYTHON with pylsl and pyxdf"))
struct StreamRecordingTests {
    private let folder: String
    private var session: String { folder + "/session" }

    init() throws { folder = try temporaryFolder("streams") }

    private func writeRig(_ text: String) throws -> String {
        try text.write(toFile: folder + "/rig.toml", atomically: true, encoding: .utf8)
        return folder + "/rig.toml"
    }

    /// How far stamps stray from the line that fits them best, in seconds.
    private func straying(_ stamps: [Double]) -> Double {
        let (middle, mean) = (Double(stamps.count - 1) / 2, stamps.reduce(0, +) / Double(stamps.count))
        var (square, product) = (0.0, 0.0)
        for (index, stamp) in stamps.enumerated() {
            square += (Double(index) - middle) * (Double(index) - middle)
            product += (Double(index) - middle) * (stamp - mean)
        }
        return stamps.enumerated().map { abs($1 - mean - product / square * (Double($0) - middle)) }.max() ?? 0
    }

    @Test func `channels have the rig's names in XDF, in EDF and in the event log, and a replay says the same`() throws {
        let rig = try writeRig(
            """
            [[device]]
            name = "amplifier"
            driver = "rda"
            simulator = "rda"
            channels = ["Fp1", "Fp2", "Cz", "Pz"]
            [device.simulation]
            channels = 4
            rate = 1000
            [[monitor]]
            stream = "amplifier.eeg"
            measure = "rms"
            window_s = 0.5
            above = 1e-12
            """)
        let names = ["Fp1", "Fp2", "Cz", "Pz"]
        let result = try Larmor.run("record", rig, "--seconds", "2", "--output", session, "--json")
        #expect(result.status == 0, "\(result.messages)")
        #expect(try Found(recording: session + "/recording.xdf").stream("amplifier.eeg").labels == names)
        // Every channel is above a picovolt.
        let log = try String(contentsOfFile: session + "/events.jsonl", encoding: .utf8)
        #expect(names.allSatisfy { log.contains("\"channel\":\"\($0)\"") })
        #expect(try Larmor.run("replay", session, "--speed", "max", "--json").json(Replayed.self).identical == true)
        let exported = try Larmor.run("sessions", "export", session, "--format", "edf", "--output", folder + "/edf")
        #expect(exported.status == 0, "\(exported.messages)")
        let file = try #require(
            try FileManager.default.contentsOfDirectory(atPath: folder + "/edf").first { $0.hasSuffix(".edf") })
        let header = try Data(contentsOf: URL(fileURLWithPath: folder + "/edf/" + file)).prefix(256 + 5 * 16).suffix(5 * 16)
        #expect(names.allSatisfy { String(decoding: header, as: UTF8.self).contains($0) })
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `RDA markers are texts at their points, in XDF and in the event log, and replay to the same bytes`() throws {
        let rig = try writeRig(
            """
            [[device]]
            name = "amplifier"
            driver = "rda"
            simulator = "rda"
            [device.simulation]
            channels = 4
            rate = 1000
            marker_every = 5
            """)
        let recorder = try RunningLarmor(["record", rig, "--output", session, "--json"])
        let watch = Stopwatch(programs: [recorder.pid])
        #expect(waitUntil(every: 0.5) { recordedSamples("amplifier.markers", session) > 15 })
        let lost = watch.lost
        recorder.interrupt()
        let result = recorder.wait()
        #expect(result.status == 0, "\(result.messages)")
        let found = try Found(recording: session + "/recording.xdf")
        let markers = try found.stream("amplifier.markers")
        let eeg = try found.stream("amplifier.eeg")
        #expect(markers.labels == ["type", "description", "point", "length", "channel"])
        let texts = try #require(markers.texts)
        #expect(texts.count > 10)
        // RDAFirmware: every fifth block of 20 points, in its middle; descriptions count up from 1.
        for (index, text) in texts.enumerated() {
            let point = 100 * index + 90
            #expect(text == ["Stimulus", "S  \(index % 9 + 1)", "\(point)", "1", "-1"])
            // The marker has the stamp of its point.
            #expect(abs(markers.stamps[index] - eeg.stamps[point]) < 1e-3)
        }
        let events = try Marker.all(session)
        #expect(events.map(\.texts) == texts && events.allSatisfy { $0.stream == "amplifier.markers" })
        #expect(events.allSatisfy { abs(($0.at_s ?? 99) - $0.time_s) < 0.1 + lost })
        let replay = try Larmor.run("replay", session, "--speed", "max", "--json").json(Replayed.self)
        #expect(replay.identical == true)
        let verified = try Larmor.run("sessions", "verify", session, "--json")
        #expect(verified.status == 0, "\(verified.output)")

        // From XDF: the same texts at the same points, and as markers of a session that was imported from the file.
        let again = try replayedFromXDF(session)
        #expect(again.map(\.texts) == texts && again.allSatisfy { $0.stream == "amplifier.markers" })
        // A clock's line through the file's stamps gives the stamp of the point, as far as the stamps lie on a line: the ones that were
        // made while this machine was busy do not.
        let stray = straying(eeg.stamps)
        let begin = try Manifest(session: session).anchor.host.nanoseconds
        for (marker, stamp) in zip(again, markers.stamps) {
            #expect(abs((marker.at_s ?? 99) + Double(begin) * 1e-9 - stamp) < 2e-3 + stray)
        }
        let imported = try Larmor.run("sessions", "import", session + "/recording.xdf", "--output", folder + "/imported")
        #expect(imported.status == 0, "\(imported.messages)")
        // An imported stream of texts stays one.
        let foreign = try replayedFromXDF(folder + "/imported").filter { $0.stream == "amplifier.markers" }
        #expect(foreign.map(\.texts) == texts)
        try FileManager.default.removeItem(atPath: folder)
    }

    /// Markers of the event log of a replay from `recording.xdf`.
    private func replayedFromXDF(_ session: String) throws -> [Marker] {
        let log = folder + "/from-xdf.jsonl"
        let result = try Larmor.run("replay", session, "--from-xdf", "--output", log, "--json")
        #expect(result.status == 0, "\(result.messages)")
        return try Marker.all(log: log)
    }

    @Test func `LSL streams are recorded sample for sample with the sender's stamps and clock, and replay to the same bytes`()
        throws
    {
        let number = ProcessInfo.processInfo.processIdentifier
        let eeg = try PythonSender("larmor-e2e-\(number)-eeg", units: ["microvolts", "microvolts"])
        let markers = try PythonSender("larmor-e2e-\(number)-markers", type: "Markers", rate: 0, format: "string", units: [""])
        let rig = try writeRig(
            """
            [[device]]
            name = "amplifier"
            driver = "lsl"
            port = "\(eeg.name)"
            [[device]]
            name = "stimulus"
            driver = "lsl"
            [device.settings]
            name = "\(markers.name)"
            type = "Markers"
            """)
        let recorder = try RunningLarmor(["record", rig, "--output", session, "--json"])
        let watch = Stopwatch(programs: [recorder.pid])
        eeg.push(250)
        let stamp = eeg.begin + 0.5
        try markers.push(texts: ["müde, \"S  1\""], at: stamp)
        eeg.skip(250)
        eeg.push(50)
        #expect(
            waitUntil(every: 0.5) {
                recordedSamples("amplifier.eeg", session) == 300 && recordedSamples("stimulus.markers", session) == 1
            })
        let lost = watch.lost
        recorder.interrupt()
        let result = recorder.wait()
        let report = try result.json(Report.self)
        #expect(try report.stream("amplifier.eeg").backend == "Lab Streaming Layer", "\(result.messages)")
        #expect(try report.stream("amplifier.eeg").received == 300)
        #expect(try report.stream("amplifier.eeg").lost == 250)

        let found = try Found(recording: session + "/recording.xdf")
        let stream = try found.stream("amplifier.eeg")
        #expect(stream.labels == ["c1", "c2"] && stream.units == ["volts", "volts"])
        let samples = Array(0..<250) + Array(500..<550)
        let counts: [Int] = samples.flatMap { [2 * $0, 2 * $0 + 1] }
        let expected: [Float] = counts.map { Float(Double($0) * 1e-6) }
        let found32: [Float]? = stream.numbers?.flatMap { $0 }.map { Float($0) }
        #expect(found32 == expected)
        // One machine: the sender's stamps and the corrected ones differ by the offset's error only.
        #expect(!stream.offsets.isEmpty && stream.offsets.allSatisfy { abs($0[1]) < 5e-3 + lost })
        #expect(zip(stream.stamps, samples).allSatisfy { abs($0 - eeg.begin - Double($1) / 250) < 5e-3 + lost })
        let texts = try found.stream("stimulus.markers")
        #expect(texts.texts == [["müde, \"S  1\""]] && abs((texts.stamps.first ?? 0) - stamp) < 5e-3 + lost)
        #expect(try Marker.all(session).map(\.texts) == [["müde, \"S  1\""]])
        let again = try replayedFromXDF(session)
        #expect(again.map(\.texts) == [["müde, \"S  1\""]] && again.map(\.stream) == ["stimulus.markers"])
        let live = try Marker.all(session)
        #expect(abs((again.first?.at_s ?? 99) - (live.first?.at_s ?? 0)) < 5e-3 + lost)
        let replay = try Larmor.run("replay", session, "--speed", "max", "--json").json(Replayed.self)
        #expect(replay.identical == true)
        let verified = try Larmor.run("sessions", "verify", session, "--json")
        #expect(verified.status == 0, "\(verified.output)")
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `LSL doubles and integers are recorded as they were sent, and a jump of stamps is an event`() throws {
        struct Exact: Decodable {
            var formats: [String: String]
            var units: [String: String]
            var numbers: [String: [String]]
        }
        let number = ProcessInfo.processInfo.processIdentifier
        let formats = ["double64", "int64", "int32"]
        let senders = try formats.map {
            try PythonSender("larmor-e2e-\(number)-\($0)", format: $0, units: ["microvolts"])
        }
        let devices = zip(formats, senders).map { format, sender in
            "[[device]]\nname = \"\(format)\"\ndriver = \"lsl\"\nport = \"\(sender.name)\"\n"
        }
        let rig = try writeRig(devices.joined())
        let recorder = try RunningLarmor(["record", rig, "--output", session, "--json"])
        // All three are open once the manifest is there.
        #expect(isBegun(session))
        for sender in senders { sender.push(150) }
        senders[0].push(50, jump: 15)
        senders[0].push(50)
        let counts = ["double64.eeg": 250, "int64.eeg": 150, "int32.eeg": 150]
        #expect(waitUntil(every: 0.5) { counts.allSatisfy { recordedSamples($0.key, session) == $0.value } })
        // A sender that nobody needs any more is ended.
        withExtendedLifetime(senders) {}
        recorder.interrupt()
        let result = recorder.wait()
        #expect(result.status == 0, "\(result.messages)")
        let report = try result.json(Report.self)
        #expect(try report.stream("double64.eeg").received == 250, "\(result.messages)")
        #expect(report.streams.allSatisfy { $0.lost == 0 })

        let peer = try PythonPeer(
            """
            import json, sys, pyxdf
            streams, _ = pyxdf.load_xdf(sys.argv[1], synchronize_clocks=True, dejitter_timestamps=False)
            streams = {s["info"]["name"][0]: s for s in streams if s["info"]["channel_format"][0] != "string"}
            print(json.dumps(dict(formats={n: s["info"]["channel_format"][0] for n, s in streams.items()},
                units={n: s["info"]["desc"][0]["channels"][0]["channel"][0]["unit"][0] for n, s in streams.items()},
                numbers={n: [repr(v.item()) for v in s["time_series"].ravel()] for n, s in streams.items()})))
            """, session + "/recording.xdf")
        let found = try JSONDecoder().decode(Exact.self, from: Data(try #require(peer.line()).utf8))
        #expect(found.formats == Dictionary(uniqueKeysWithValues: formats.map { ("\($0).eeg", $0) }))
        #expect(found.units.values.allSatisfy { $0 == "microvolts" } && found.units.count == 3)
        #expect(found.numbers["double64.eeg"]?.compactMap(Double.init) == (0..<250).map { Double($0) + 1.0 / 3 })
        #expect(found.numbers["int64.eeg"]?.compactMap { Int64($0) } == (0..<150).map { 9_007_199_254_740_993 + $0 })
        #expect(found.numbers["int32.eeg"]?.compactMap { Int64($0) } == (0..<150).map { 16_777_217 + $0 })

        struct Line: Decodable { var event: String, device: String?, kind: String?, value: UInt64? }
        let log = try String(contentsOfFile: session + "/events.jsonl", encoding: .utf8).split(separator: "\n")
        let jumps = try log.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }.filter { $0.kind == "stamp_jump" }
        #expect(jumps.map(\.value) == [15_000, 15_000] && jumps.allSatisfy { $0.device == "double64" })
        let replay = try Larmor.run("replay", session, "--speed", "max", "--json").json(Replayed.self)
        #expect(replay.identical == true)
        _ = try replayedFromXDF(session)
        // Nothing is wrong but that the senders had ended before the recording did.
        let verified = try Larmor.run("sessions", "verify", session, "--json")
        #expect(verified.status == 1 && verified.output.contains("did not come back"), "\(verified.output)")
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `devices lists LSL streams, and says what to install where liblsl is missing`() throws {
        struct Listing: Decodable {
            struct Device: Decodable { var kind: String, port: String, drivers: [String] }
            var devices: [Device]
        }
        let number = ProcessInfo.processInfo.processIdentifier
        let sender = try PythonSender("larmor-e2e-\(number)-listed", units: ["uV"])
        let listed = try Larmor.run("devices", "--json")
        let found = try listed.json(Listing.self).devices.filter { $0.port.contains(sender.name) }
        #expect(found.map(\.kind) == ["lsl"] && found.map(\.drivers) == [["lsl"]])
        let none = try Larmor.run("devices", "--no-lsl", "--json")
        #expect(try !none.json(Listing.self).devices.contains { $0.kind == "lsl" })
        // A rig needs the library: one line says where it was looked for and what to do.
        let rig = try writeRig("[[device]]\nname = \"a\"\ndriver = \"lsl\"\nport = \"x\"\n")
        let missing = try RunningLarmor(
            ["record", rig, "--output", session], environment: ["LARMOR_LIBLSL": "/nowhere/liblsl.so"]
        ).wait()
        #expect(missing.status != 0)
        #expect(
            missing.messages.contains("LARMOR_LIBLSL names /nowhere/liblsl.so") && missing.messages.contains("install liblsl"))
        try FileManager.default.removeItem(atPath: folder)
    }
}
