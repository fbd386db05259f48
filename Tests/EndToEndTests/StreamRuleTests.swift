import Foundation
import LSLStand
import RealTime
import Testing

private struct Report: Decodable {
    struct Stream: Decodable { var name: String, received: Int }
    var streams: [Stream]
}
private struct Replayed: Decodable { var identical: Bool? }
private struct Manifest: Decodable {
    struct Device: Decodable { var name: String, driver: String, foundBy: String? }
    var devices: [Device]
}

/// A device of a rig file that stands for every LSL stream that fits its rule.
@Suite(.serialized, .enabled(if: LSLStand.isThere, "needs LARMOR_PYTHON with pylsl"))
struct StreamRuleTests {
    private let folder: String
    private let stem = "larmor-rule-\(ProcessInfo.processInfo.processIdentifier)"
    private var session: String { folder + "/session" }

    init() throws { folder = try temporaryFolder("rules") }

    private func rig(_ rule: String, _ more: String = "") throws -> String {
        let text = """
            [[device]]
            name = "lab"
            driver = "lsl"
            [device.settings]
            match = \"\"\"\(rule)\"\"\"
            \(more)
            """
        try text.write(toFile: folder + "/rig.toml", atomically: true, encoding: .utf8)
        return folder + "/rig.toml"
    }

    @Test func `every stream that fits is a device of its own, the others are left alone, and a replay is the same`() throws {
        let first = try PythonSender("\(stem)-in first", units: ["microvolts", "microvolts"])
        let second = try PythonSender("\(stem)-in.2", type: "Markers", rate: 0, format: "string", units: [""])
        let other = try PythonSender("\(stem)-out", units: ["microvolts"])
        let file = try rig(
            "starts-with(name,'\(stem)-in')",
            """
            [[monitor]]
            stream = "lab-\(stem)-in-first.eeg"
            measure = "mean"
            above = 1e-9
            """)
        let recorder = try RunningLarmor(["record", file, "--output", session, "--json"])
        #expect(waitUntil { FileManager.default.fileExists(atPath: session + "/session.json") })
        first.push(300)
        try second.push(texts: ["go"], at: first.begin + 0.2)
        usleep(1_000_000)
        recorder.interrupt()
        let result = recorder.wait()
        // A sender that nobody needs any more is ended.
        withExtendedLifetime((first, second, other)) {}
        #expect(result.status == 0, "\(result.messages)")
        let names = ["lab-\(stem)-in-first", "lab-\(stem)-in-2"].sorted()
        let streams = try result.json(Report.self).streams
        #expect(Set(streams.map(\.name)) == ["lab-\(stem)-in-first.eeg", "lab-\(stem)-in-2.markers"])
        #expect(streams.first { $0.name == "lab-\(stem)-in-first.eeg" }?.received == 300, "\(streams)")
        // Told at the start, and kept.
        for name in names { #expect(result.messages.contains(" found \(name): “\(stem)-in"), "\(result.messages)") }
        let data = try Data(contentsOf: URL(fileURLWithPath: session + "/session.json"))
        let devices = try JSONDecoder().decode(Manifest.self, from: data).devices
        #expect(devices.map(\.name).sorted() == names && devices.allSatisfy { $0.driver == "lsl" })
        #expect(devices.allSatisfy { $0.foundBy?.contains("starts-with(name,'\(stem)-in') → “\(stem)-in") == true })
        #expect(try Larmor.run("sessions", "verify", session).status == 0)
        let info = try Larmor.run("sessions", "info", session).output
        for name in names { #expect(info.contains("found    \(name) by starts-with(name,'\(stem)-in') → "), "\(info)") }
        #expect(try Larmor.run("replay", session, "--json").json(Replayed.self).identical == true)
        let log = try String(contentsOfFile: session + "/events.jsonl", encoding: .utf8)
        #expect(log.contains("\"event\":\"monitor\""))
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `a pattern of names waits for a stream that comes late`() throws {
        let file = try rig("\(stem)-l?te*")
        let recorder = try RunningLarmor(["record", file, "--wait-for", "60", "--output", session, "--json"])
        #expect(waitUntil { recorder.messages.contains("waiting for lab") }, "\(recorder.messages)")
        let sender = try PythonSender("\(stem)-late one", units: ["microvolts"])
        #expect(waitUntil { FileManager.default.fileExists(atPath: session + "/session.json") })
        sender.push(100)
        usleep(500_000)
        recorder.interrupt()
        let result = recorder.wait()
        withExtendedLifetime(sender) {}
        #expect(try result.json(Report.self).streams.map(\.received) == [100], "\(result.messages)")
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `a rule that fits nothing is an error that names it; a check goes on with the rest`() throws {
        let file = try rig("type='there is none \(stem)'")
        let result = try Larmor.run("record", file, "--output", session)
        #expect(result.status == 69 && result.messages.contains("there is none \(stem)"), "\(result.messages)")
        #expect(!FileManager.default.fileExists(atPath: session))
        let checked = try Larmor.run("check", file, "--seconds", "2")
        #expect(checked.status == 1 && checked.output.contains("lab: "), "\(checked.output)")
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `streams that nothing but their outlets tells apart are recorded both`() throws {
        let twins = try (0..<2).map { _ in try PythonSender("\(stem)-twin", units: ["microvolts"]) }
        let recorder = try RunningLarmor(["record", try rig("name='\(stem)-twin'"), "--output", session, "--json"])
        #expect(waitUntil { FileManager.default.fileExists(atPath: session + "/session.json") })
        twins[0].push(100)
        twins[1].push(150)
        usleep(500_000)
        recorder.interrupt()
        let result = recorder.wait()
        withExtendedLifetime(twins) {}
        let streams = try result.json(Report.self).streams
        #expect(streams.map(\.name) == ["lab-\(stem)-twin.eeg", "lab-\(stem)-twin-2.eeg"], "\(result.messages)")
        #expect(streams.map(\.received).sorted() == [100, 150])
        try FileManager.default.removeItem(atPath: folder)
    }
}
