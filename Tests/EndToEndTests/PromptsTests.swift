import Foundation
import RealTime
import Testing

/// Recordings in which sentences are shown and markers typed, by the built program; read back by pyxdf.
struct PromptsTests {
    private let folder: String
    private var session: String { folder + "/session" }
    private var rig: String { folder + "/rig.toml" }
    private var list: String { folder + "/list.txt" }

    init() throws {
        folder = try temporaryFolder("prompts")
        let text = """
            name = "bench"
            [[device]]
            name = "headset"
            driver = "thinkgear"
            simulator = "thinkgear"
            [recording]
            subject = "of the rig"
            """
        try text.write(toFile: rig, atomically: true, encoding: .utf8)
        try "Say yes.\r\n\n  Ärger über „Öl“\nthe last one".write(toFile: list, atomically: true, encoding: .utf8)
    }

    private static let prompts = ["Say yes.", "Ärger über „Öl“", "the last one"]

    private struct Line: Decodable, Equatable {
        var event: String
        var timeS: Double
        var stream: String?
        var texts: [String]?
        var text: String? { texts?.joined() }
    }

    /// Markers of a stream of the console.
    private func lines(_ stream: String) throws -> [Line] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let text = try String(contentsOfFile: session + "/events.jsonl", encoding: .utf8)
        return try text.split(separator: "\n").map { try decoder.decode(Line.self, from: Data($0.utf8)) }
            .filter { $0.event == "marker" && $0.stream == "console." + stream }
    }

    private struct Replayed: Decodable { var identical: Bool? }
    private struct Listing: Decodable {
        struct Session: Decodable { var session: String, subjects: [String], note: String?, devices: [String] }
        var sessions: [Session]
    }

    @Test func `prompts by time are stamped in the event log, found by the list, and replayed to the same bytes`() throws {
        let recorder = try RunningLarmor([
            "record", rig, "--prompts", list, "--prompt-interval", "0.4", "--subject", "S07", "--note", "eyes open", "--output",
            session, "--json",
        ])
        let watch = Stopwatch(programs: [recorder.pid])
        let result = recorder.wait()
        let lost = watch.lost
        #expect(result.status == 0, "\(result.messages)")
        let shown = try lines("prompts")
        #expect(shown.map(\.text) == Self.prompts)
        for (before, after) in zip(shown, shown.dropFirst()) { #expect(after.timeS - before.timeS > 0.3 - lost) }
        #expect(try Larmor.run("sessions", "verify", session).status == 0)
        #expect(try Larmor.run("replay", session, "--json").json(Replayed.self).identical == true)
        let listed = try Larmor.run(
            "sessions", "list", folder, "--text", "arger ol", "--subject", "s07", "--catalog", folder + "/c.sqlite", "--json"
        ).json(Listing.self).sessions
        #expect(listed.map(\.session) == [session])
        #expect(listed.first?.note == "eyes open" && listed.first?.devices == ["headset", "console"])
    }

    @Test func `at Enter the next prompt is shown, a typed line is a marker`() throws {
        let input = Pipe()
        let running = try RunningLarmor(["record", rig, "--prompts", list, "--output", session], input: input)
        #expect(waitUntil { running.messages.contains("started") })
        for (typed, answer) in [
            ("\n", "1/3"), ("blink seen\n", "console.markers: blink seen"), ("\n", "2/3"), ("\n", "3/3"), ("\n", nil),
        ] as [(String, String?)] {
            try input.fileHandleForWriting.write(contentsOf: Data(typed.utf8))
            guard let answer else { break }
            #expect(waitUntil { running.messages.contains(answer) }, "\(answer)")
        }
        let result = running.wait()
        #expect(result.status == 0, "\(result.messages)")
        #expect(try lines("prompts").map(\.text) == Self.prompts)
        #expect(try lines("markers").map(\.text) == ["blink seen"])
        let marker = try #require(try lines("markers").first).timeS
        #expect(try lines("prompts")[0].timeS < marker && marker < lines("prompts")[1].timeS)
        #expect(try Larmor.run("replay", session, "--json").json(Replayed.self).identical == true)
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["LARMOR_PYTHON"] != nil, "LARMOR_PYTHON names no Python with pyxdf"))
    func `pyxdf reads the prompts as a stream of strings with the event log's times`() throws {
        let result = try Larmor.run("record", rig, "--prompts", list, "--prompt-interval", "0.3", "--output", session)
        #expect(result.status == 0, "\(result.messages)")
        let script = """
            import json, sys, pyxdf
            streams, header = pyxdf.load_xdf(sys.argv[1], synchronize_clocks=False, dejitter_timestamps=False)
            found = [s for s in streams if s["info"]["name"][0] == "console.prompts"][0]
            anchor = json.load(open(sys.argv[2]))["anchor"]["host"]["nanoseconds"] * 1e-9
            print(json.dumps({"type": found["info"]["type"][0], "texts": [t[0] for t in found["time_series"]],
                "times": [float(t) - anchor for t in found["time_stamps"]]}))
            """
        let reader = Process()
        let output = Pipe()
        reader.executableURL = URL(fileURLWithPath: ProcessInfo.processInfo.environment["LARMOR_PYTHON"] ?? "")
        reader.arguments = ["-W", "ignore", "-c", script, session + "/recording.xdf", session + "/session.json"]
        reader.standardOutput = output
        try reader.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        reader.waitUntilExit()
        struct Found: Decodable { var type: String, texts: [String], times: [Double] }
        let found = try JSONDecoder().decode(Found.self, from: Data(try #require(text.split(separator: "\n").last).utf8))
        #expect(found.type == "Markers" && found.texts == Self.prompts)
        for (time, line) in zip(found.times, try lines("prompts")) { #expect(abs(time - line.timeS) < 1e-6) }
    }

    @Test(arguments: [
        (Data(), "empty"), (Data("  \n\n".utf8), "empty"), (Data([0x61, 0x0A, 0xFF, 0xFE, 0x0A]), "list.txt:2"),
        (Data(repeating: 0x78, count: 241), "list.txt:1"), (Data("ok\na\u{7}b".utf8), "list.txt:2"),
    ])
    func `a bad list of prompts is refused with its line before anything is opened, exit code 65`(
        content: Data, named: String
    ) throws {
        try content.write(to: URL(fileURLWithPath: list))
        let result = try Larmor.run("record", rig, "--prompts", list, "--output", session)
        #expect(result.status == 65)
        #expect(result.messages.contains(named), "\(result.messages)")
        #expect(!FileManager.default.fileExists(atPath: session))
    }

    @Test func `a missing list has exit code 66, an interval without a list 64`() throws {
        #expect(try Larmor.run("record", rig, "--prompts", folder + "/none.txt").status == 66)
        #expect(try Larmor.run("record", rig, "--prompt-interval", "1").status == 64)
    }
}
