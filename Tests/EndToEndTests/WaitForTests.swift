import Foundation
import RealTime
import Testing

private struct Report: Decodable {
    struct Stream: Decodable { var name: String, received: Int }
    var streams: [Stream]
}

/// `--wait-for`.
@Suite(.serialized) struct WaitForTests {
    private let folder: String

    init() throws { folder = try temporaryFolder("wait") }

    private func rig(_ address: String) throws -> String {
        try "[[device]]\nname = \"amplifier\"\ndriver = \"rda\"\nport = \"\(address)\"\n".write(
            toFile: folder + "/rig.toml", atomically: true, encoding: .utf8)
        return folder + "/rig.toml"
    }

    /// A port that nobody has.
    private func freePort() throws -> String {
        let simulator = try RunningLarmor(["simulate", "rda", "--port", "0", "--json"])
        struct Announcement: Decodable { var address: String }
        #expect(waitUntil { simulator.output.contains("address") })
        let line = try #require(simulator.output.split(separator: "\n").first)
        simulator.interrupt()
        _ = simulator.wait()
        return try JSONDecoder().decode(Announcement.self, from: Data(line.utf8)).address
    }

    @Test func `a device that comes late is waited for`() throws {
        let address = try freePort()
        let session = folder + "/session"
        let recorder = try RunningLarmor(
            ["record", try rig(address), "--wait-for", "60", "--seconds", "1", "--output", session, "--json"])
        #expect(waitUntil { recorder.messages.contains("waiting for amplifier: \(address)") })
        let simulator = try RunningLarmor(["simulate", "rda", "--port", String(address.split(separator: ":")[1])])
        let result = recorder.wait()
        simulator.interrupt()
        _ = simulator.wait()
        #expect(result.status == 0, "\(result.messages)")
        #expect(try result.json(Report.self).streams.first?.received ?? 0 > 0)
        #expect(try Larmor.run("sessions", "verify", session).status == 0)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test(arguments: ["record", "recognize"])
    func `what is still missing after the time is named, with exit code 69, and nothing is left`(command: String) throws {
        let address = try freePort()
        let session = folder + "/session"
        let result = try Larmor.run(
            command, try rig(address), "--wait-for", "0.5", command == "record" ? "--output" : "--record", session)
        #expect(result.status == 69)
        #expect(result.messages.contains("still missing after 0.5 s: amplifier"), "\(result.messages)")
        #expect(result.messages.contains(address))
        #expect(!FileManager.default.fileExists(atPath: session))
        #expect(try Larmor.run(command, folder + "/rig.toml", "--wait-for", "0").status == 64)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `waiting ends with Ctrl-C`() throws {
        let recorder = try RunningLarmor([
            "record", try rig(try freePort()), "--wait-for", "600", "--output", folder + "/session",
        ])
        #expect(waitUntil { recorder.messages.contains("waiting for amplifier") })
        recorder.interrupt()
        #expect(recorder.wait().status == 130)
        try FileManager.default.removeItem(atPath: folder)
    }
}
