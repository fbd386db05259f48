import ControlClient
import Foundation
import LSLStand
import RealTime
import Testing

private struct Verification: Decodable { var ok: Bool, complete: Bool }
private struct Replayed: Decodable { var identical: Bool? }
private struct Report: Decodable {
    struct Stream: Decodable { var name: String, received: Int }
    var session: String?
    var streams: [Stream]
}
private struct Status: Decodable {
    struct Stream: Decodable { var name: String, received: Int, lost: Int, away: Bool }
    var state: String
    var session: String?
    var seconds: Double
    var bytes: Int
    var freeBytes: Int?
    var streams: [Stream]
    var note: String?
    var error: String?

    init(_ line: String?) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(Status.self, from: Data(try #require(line).utf8))
    }
}

/// Recordings that another program begins and ends, over LabRecorder's remote control.
@Suite(.serialized) struct RemoteControlTests {
    private let folder: String
    private var rig: String { folder + "/rig.toml" }

    init() throws {
        folder = try temporaryFolder("control")
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
    }

    /// A recorder that runs, and a client of it.
    private func recorder(_ arguments: String..., rig: String? = nil) throws -> (RunningLarmor, ControlClient, UInt16) {
        let running = try RunningLarmor(
            ["record", rig ?? self.rig, "--control", "0"] + arguments, folder: folder)
        var port: UInt16?
        waitUntil {
            port = running.messages.firstMatch(of: /remote control at 127\.0\.0\.1:(\d+)/).flatMap { UInt16($0.1) }
            return port != nil || !running.isRunning
        }
        let found = try #require(port, "\(running.messages)")
        return (running, try #require(ControlClient(port: found)), found)
    }

    private func isWhole(_ session: String) throws -> Bool {
        let found = try Larmor.run("sessions", "verify", session, "--json").json(Verification.self)
        return found.ok && found.complete
    }

    private func markers(_ session: String) throws -> [String] {
        struct Line: Decodable { var event: String, stream: String?, texts: [String]? }
        let log = try String(contentsOfFile: session + "/events.jsonl", encoding: .utf8)
        return try log.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
            .filter { $0.stream == "console.markers" }.compactMap { $0.texts?.joined() }
    }

    @Test func `the lines of LabRecorder's example lead to whole sessions at the templated path, several in one process`()
        throws
    {
        let (running, client, _) = try recorder("--json")
        // README of LabRecorder at 8419550, with a root of this machine.
        let root = folder + "/Data/"
        client.send("select all\n")
        client.send(
            "filename {root:\(root)} {template:exp%n\\%p_block_%b.xdf} {run:2} {participant:P003} {task:MemoryGuided}\n")
        client.send("start\n")
        #expect((0..<3).map { _ in client.answer(seconds: 60) } == ["OK", "OK", "OK"], "\(running.messages)")
        let session = folder + "/Data/exp002/P003_block_MemoryGuided"
        var status = try Status(client.ask("status"))
        #expect(status.state == "recording" && status.session == session && status.error == nil)
        #expect(client.ask("start")?.hasPrefix("ERROR a recording runs already") == true)
        #expect(client.ask("update")?.hasPrefix("ERROR a recording runs") == true)
        #expect(client.ask("marker stimulus on") == "OK")
        #expect(client.ask("marker " + String(repeating: "x", count: 300))?.hasPrefix("ERROR the marker has 300 bytes") == true)
        let streams = try #require(client.ask("streams"))
        #expect(streams.contains("\"headset.eeg\"") && streams.contains("\"console.markers\""))
        #expect(
            waitUntil {
                guard let now = try? Status(client.ask("status")) else { return false }
                status = now
                return now.bytes > 5000 && now.seconds > 0 && (now.streams.first?.received ?? 0) > 500
            }, "\(status)")
        #expect((status.freeBytes ?? 0) > 0 && status.streams.allSatisfy { !$0.away })
        // Both in one packet: the marker is there although the end follows at once.
        client.send("marker the last one\nstop\n")
        #expect((0..<2).map { _ in client.answer(seconds: 60) } == ["OK", "OK"], "\(running.messages)")
        #expect(try isWhole(session))
        #expect(client.ask("stop") == "ERROR no recording runs")
        #expect(client.ask("marker late")?.hasPrefix("ERROR no recording runs") == true)
        #expect(try markers(session) == ["stimulus on", "the last one"])
        #expect(try Larmor.run("replay", session, "--json").json(Replayed.self).identical == true)
        // The file that the template names is there for whoever reads it.
        let file = session + ".xdf"
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: file) == "P003_block_MemoryGuided/recording.xdf")
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)).starts(with: Array("XDF:".utf8)))

        // The same once more: nothing is overwritten.
        let before = try Data(contentsOf: URL(fileURLWithPath: session + "/recording.xdf"))
        #expect(client.ask("start") == "OK", "\(running.messages)")
        status = try Status(client.ask("status"))
        #expect(status.session == folder + "/Data/exp003/P003_block_MemoryGuided" && status.note?.contains("run 3") == true)
        usleep(700_000)
        #expect(client.ask("stop") == "OK")
        #expect(try isWhole(folder + "/Data/exp003/P003_block_MemoryGuided"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: session + "/recording.xdf")) == before)

        // A third one runs when the process is asked to end.
        #expect(client.ask("filename {template:last} {participant:}") == "OK")
        #expect(client.ask("start") == "OK", "\(running.messages)")
        usleep(700_000)
        running.interrupt()
        let result = running.wait()
        #expect(result.status == 0, "\(result.messages)")
        #expect(try isWhole(folder + "/Data/last"))
        // A report for each.
        let reports = try result.output.split(separator: "\n").map { line in
            try JSONDecoder().decode(Report.self, from: Data(line.utf8))
        }
        #expect(
            reports.map(\.session)
                == ["exp002/P003_block_MemoryGuided", "exp003/P003_block_MemoryGuided", "last"].map { folder + "/Data/" + $0 })
        #expect(reports.allSatisfy { ($0.streams.first?.received ?? 0) > 0 })
        #expect(try subject(session) == "P003" && subject(folder + "/Data/last") == "of the rig")
        try FileManager.default.removeItem(atPath: folder)
    }

    private func subject(_ session: String) throws -> String? {
        struct Manifest: Decodable { var subject: String? }
        let data = try Data(contentsOf: URL(fileURLWithPath: session + "/session.json"))
        return try JSONDecoder().decode(Manifest.self, from: data).subject
    }

    @Test(.enabled(if: LSLStand.python != nil, "needs LARMOR_PYTHON"))
    func `LabRecorder's own example in Python records`() throws {
        let (running, client, port) = try recorder()
        let root = folder + "/Data"
        let example = """
            import socket, sys
            s = socket.create_connection(("localhost", int(sys.argv[1])))
            s.sendall(b"select all\\n")
            s.sendall(b"filename {root:" + sys.argv[2].encode() + b"} {template:exp%n\\\\%p_block_%b.xdf} {run:2} {participant:P003} {task:MemoryGuided}\\n")
            s.sendall(b"start\\n")
            """
        // It ends without reading an answer.
        let peer = try PythonPeer(example, "\(port)", root)
        while peer.line() != nil {}
        let session = root + "/exp002/P003_block_MemoryGuided"
        #expect(waitUntil { running.messages.contains("recording to \(session)") }, "\(running.messages)")
        usleep(700_000)
        #expect(client.ask("stop") == "OK")
        #expect(try isWhole(session))
        running.interrupt()
        #expect(running.wait().status == 0)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `what cannot be recorded is answered with the reason, and recording goes on working`() throws {
        let (running, client, _) = try recorder()
        #expect(client.ask("filename {root:/proc/none}")?.contains("cannot be written") == true)
        #expect(client.ask("start")?.contains("cannot be written") == true)
        #expect(client.ask("filename {root:\(folder)} {template:../outside}") == "OK")
        #expect(client.ask("start")?.contains("leads out of its root") == true)
        #expect(client.ask("filename {root:C:\\Data}")?.contains("expected an absolute path") == true)
        #expect(client.ask("start")?.contains("the last filename was refused") == true)
        #expect(client.ask("filename {root:} {template:}") == "OK")
        let browser = try #require(ControlClient(port: recorderPort(running)))
        browser.send("GET /start HTTP/1.1\r\nHost: localhost\r\n\r\nstart\n")
        #expect(browser.answer()?.hasPrefix("ERROR this is no web server") == true && browser.waitsForEnd())
        #expect(try Status(client.ask("status")).state == "ready")
        // Nothing was named: as without remote control.
        #expect(client.ask("start") == "OK", "\(running.messages)")
        let session = try #require(try Status(client.ask("status")).session)
        #expect(session.hasPrefix(folder + "/sessions/20"))
        usleep(500_000)
        #expect(client.ask("stop") == "OK")
        #expect(try isWhole(session))
        // No recording in a recording.
        #expect(client.ask("filename {root:\(session)} {template:inside}") == "OK")
        #expect(client.ask("start")?.hasPrefix("ERROR") == true)
        running.interrupt()
        #expect(running.wait().status == 0)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `a disk that is too full is the answer to a start, and nothing is left there`() throws {
        let full = folder + "/full.toml"
        let text = try String(contentsOfFile: rig, encoding: .utf8) + "\nminimum_free_mb = 1000000000\n"
        try text.write(toFile: full, atomically: true, encoding: .utf8)
        let (running, client, _) = try recorder(rig: full)
        #expect(client.ask("filename {root:\(folder)/Data} {template:a/b}") == "OK")
        let answer = client.ask("start")
        #expect(answer?.hasPrefix("ERROR") == true && answer?.contains("\(folder)/Data/a/b") == true, "\(answer ?? "")")
        #expect(!FileManager.default.fileExists(atPath: folder + "/Data/a/b"))
        #expect(waitUntil { (try? Status(client.ask("status")))?.state == "ready" })
        running.interrupt()
        #expect(running.wait().status == 0)
        try FileManager.default.removeItem(atPath: folder)
    }

    private func recorderPort(_ running: RunningLarmor) throws -> UInt16 {
        let found = running.messages.firstMatch(of: /127\.0\.0\.1:(\d+)/).flatMap { UInt16($0.1) }
        return try #require(found)
    }

    @Test func `a device that is gone is the reason why a start is refused, and is used again when it is back`() throws {
        let simulator = try RunningLarmor(["simulate", "rda", "--port", "0", "--json"])
        struct Announcement: Decodable { var address: String }
        #expect(waitUntil { simulator.output.contains("address") })
        let line = try #require(simulator.output.split(separator: "\n").first)
        let address = try JSONDecoder().decode(Announcement.self, from: Data(line.utf8)).address
        let rda = folder + "/rda.toml"
        try "[[device]]\nname = \"amplifier\"\ndriver = \"rda\"\nport = \"\(address)\"\n".write(
            toFile: rda, atomically: true, encoding: .utf8)
        let (running, client, _) = try recorder(rig: rda)
        simulator.interrupt()
        _ = simulator.wait()
        let answer = client.ask("start")
        #expect(answer?.hasPrefix("ERROR") == true && answer?.contains("amplifier") == true, "\(answer ?? "")")
        #expect(waitUntil { (try? Status(client.ask("status")))?.state == "unavailable" })
        #expect(try Status(client.ask("status")).error?.isEmpty == false)
        let port = try #require(address.split(separator: ":").last)
        let again = try RunningLarmor(["simulate", "rda", "--port", String(port)])
        #expect(waitUntil { (try? Status(client.ask("status")))?.state == "ready" }, "\(running.messages)")
        #expect(client.ask("start") == "OK", "\(running.messages)")
        usleep(500_000)
        #expect(client.ask("stop") == "OK")
        running.interrupt()
        #expect(running.wait().status == 0)
        again.interrupt()
        _ = again.wait()
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `options that would do nothing are refused, and so is a port that is taken`() throws {
        for option in [["--seconds", "3"], ["--output", "x"], ["--prompts", "x"]] {
            let result = try RunningLarmor(["record", rig, "--control"] + option).wait()
            #expect(result.status == 64 && result.messages.contains(option[0]), "\(result.messages)")
        }
        let (running, _, port) = try recorder()
        let second = try Larmor.run("record", rig, "--control", "\(port)")
        #expect(second.status == 69 && second.messages.contains("another program"), "\(second.messages)")
        running.interrupt()
        #expect(running.wait().status == 0)
    }
}
