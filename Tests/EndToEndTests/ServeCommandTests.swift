import Foundation
import PageBrowser
import PageClient
import RealTime
import Testing

private struct Announcement: Decodable { var address: String, tokenRequired: Bool }
private struct Verification: Decodable { var ok: Bool, complete: Bool }
private struct Replayed: Decodable { var identical: Bool? }

/// The live page of the real program, by a plain client and in Chromium.
@Suite(.serialized) struct ServeCommandTests {
    private let folder: String
    private var rig: String { folder + "/rig.toml" }

    init() throws {
        folder = try temporaryFolder("serve")
        let text = """
            name = "bench"
            [[device]]
            name = "headset"
            driver = "thinkgear"
            simulator = "thinkgear"
            """
        try text.write(toFile: rig, atomically: true, encoding: .utf8)
    }

    private func serving(_ arguments: String...) throws -> (RunningLarmor, UInt16) {
        let running = try RunningLarmor(arguments, folder: folder)
        var port: UInt16?
        waitUntil {
            port = running.messages.firstMatch(of: /page at http:\/\/[\d.]+:(\d+)\//).flatMap { UInt16($0.1) }
            return port != nil || !running.isRunning
        }
        return (running, try #require(port, "\(running.messages)"))
    }

    private func viewer(_ port: UInt16) throws -> PageClient {
        let client = try #require(PageClient(port: port))
        #expect(client.upgrade(port: port)?.status == 101)
        return client
    }

    /// Asks, and waits for the answer; what came meanwhile goes to `other`.
    private func ask(
        _ client: PageClient, _ id: Int, _ command: String, _ drawn: inout Int, other: (String) -> Void = { _ in }
    ) -> String? {
        // A page may send 50 messages a second.
        usleep(100_000)
        client.tell("do \(id) \(command)")
        let end = Date().addingTimeInterval(60)
        while Date() < end, let message = client.message(seconds: 60) {
            switch message {
            case .binary:
                drawn += 1
                client.tell("drawn \(drawn)")
            case .text(let text) where text.contains("\"type\":\"reply\",\"id\":\(id),"): return text
            case .text(let text): other(text)
            default: return nil
            }
        }
        return nil
    }

    @Test func `the page begins and ends a recording, sees its events as the log has them, and chooses no folder`() throws {
        let (running, port) = try serving("serve", rig, "--port", "0", "--json")
        let client = try viewer(port)
        let hello = try #require(client.text(holding: "\"headset.eeg\""))
        #expect(hello.contains("\"mode\":\"control\"") && hello.contains("\"title\":\"bench\""))
        var drawn = 0
        var texts: [String] = []
        func does(_ id: Int, _ command: String) -> String? { ask(client, id, command, &drawn) { texts.append($0) } }
        waitUntil { does(1, "status")?.contains("\\\"state\\\":\\\"ready\\\"") == true }
        for command in [
            "filename {root:/tmp} {task:x}", "filename {template:../../x}", "filename {task:../../x}", "nonsense",
            "marker early",
        ] {
            #expect(does(2, command)?.contains("\"done\":false") == true, "\(command)")
        }
        // After a name that was refused nothing is recorded until another one is given, or taken back.
        #expect(does(2, "start")?.contains("the last filename was refused") == true)
        #expect(does(2, "filename {task:}")?.contains("\"done\":true") == true)
        #expect(does(3, "start")?.contains("\"done\":true") == true, "\(running.messages)")
        #expect(does(4, "start")?.contains("a recording runs already") == true)
        #expect(does(5, "marker from the page")?.contains("\"done\":true") == true)
        let before = drawn
        #expect(
            waitUntil {
                _ = does(6, "status"); return drawn > before + 30
            })
        let metrics = try #require(PageClient(port: port)?.get("/metrics", port: port)?.text)
        #expect(metrics.contains("larmor_frames_received_total{device=\"headset\",stream=\"headset.eeg\"}"))
        #expect(metrics.contains("larmor_latency_seconds_count{kind=\"pipeline\"}"))
        #expect(does(7, "stop")?.contains("\"done\":true") == true, "\(running.messages)")
        running.interrupt()
        let result = running.wait()
        #expect(result.status == 0, "\(result.messages)")
        let lines = result.output.split(separator: "\n")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let announcement = try decoder.decode(Announcement.self, from: Data(try #require(lines.first).utf8))
        #expect(announcement.address == "http://127.0.0.1:\(port)/" && !announcement.tokenRequired)
        #expect(lines.count == 2 && lines[1].contains("\"latencies\":[") && lines[1].contains("\"jitter_ms\":"))
        // The recording is whole, and the page's events are lines of its log.
        let sessions = try FileManager.default.contentsOfDirectory(atPath: folder + "/sessions").filter {
            !$0.hasPrefix(".") && !$0.hasPrefix("catalog")
        }
        let session = folder + "/sessions/" + (try #require(sessions.first))
        let verified = try Larmor.run("sessions", "verify", session, "--json").json(Verification.self)
        #expect(verified.ok && verified.complete)
        #expect(try Larmor.run("replay", session, "--json").json(Replayed.self).identical == true)
        let log = try String(contentsOfFile: session + "/events.jsonl", encoding: .utf8).split(separator: "\n").map(String.init)
        let marker = try #require(log.first { $0.contains("from the page") })
        #expect(texts.contains { $0.contains("\"type\":\"events\"") && $0.contains(marker) })

        // The same page for the recording, with a jump in it.
        let (replaying, place) = try serving("replay", session, "--page", "0")
        let late = try viewer(place)
        #expect(late.text(holding: "\"mode\":\"replay\"") != nil)
        drawn = 0
        #expect(
            waitUntil {
                _ = ask(late, 1, "status", &drawn); return drawn > 20
            })
        #expect(ask(late, 2, "seek 1e9", &drawn)?.contains("\"done\":false") == true)
        #expect(ask(late, 3, "seek 0", &drawn)?.contains("\"done\":true") == true)
        #expect(late.text(holding: "\"type\":\"hello\"") != nil, "it begins again")
        replaying.interrupt()
        _ = replaying.wait()
    }

    @Test func `other addresses need a token, which is in its file alone`() throws {
        let refused = try Larmor.run("serve", rig, "--port", "0", "--page-address", "0.0.0.0")
        #expect(refused.status == 64 && refused.messages.contains("--page-token-file"), "\(refused.messages)")
        #expect(try Larmor.run("serve", rig, "--port", "0", "--page-name", "rig.example").status == 64)
        #expect(try Larmor.run("recognize", rig, "--page-address", "127.0.0.2").status == 64)
        let file = folder + "/token"
        let (running, port) = try serving("serve", rig, "--port", "0", "--page-address", "0.0.0.0", "--page-token-file", file)
        let token = try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(token.count == 43)
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
        let client = try #require(PageClient(port: port))
        #expect(client.get("/api/state", port: port)?.status == 401)
        let other = try #require(PageClient(port: port))
        #expect(other.get("/api/state", port: port, headers: [("Authorization", "Bearer \(token)")])?.status == 200)
        running.interrupt()
        let result = running.wait()
        #expect(!result.messages.contains(token) && !result.output.contains(token))
        #expect(result.messages.contains("TLS"))
        chmod(file, 0o644)
        let open = try Larmor.run("serve", rig, "--port", "0", "--page-address", "0.0.0.0", "--page-token-file", file)
        #expect(open.status == 65 && open.messages.contains("others may read the token") && !open.messages.contains(token))
    }

    @Test(.enabled(if: Browser.path != nil, "needs Chromium, which apt-get install chromium brings"))
    func `a whole recording by keyboard, in a browser: what the page says of it is true`() throws {
        let (running, port) = try serving("serve", rig, "--port", "0")
        let browser = try Browser()
        try browser.open("http://127.0.0.1:\(port)/")
        let state = "document.getElementById('state').textContent"
        #expect(try browser.waits(for: "\(state) === 'ready' && larmor.streams[0]?.end > 200"), "\(running.messages)")
        try browser.press("r")
        #expect(
            try browser.waits(for: "\(state) === 'recording' && larmor.state.recording.bytes > 5000"), "\(running.messages)")
        try browser.press("1")
        #expect(try browser.waits(for: "larmor.traces.marks.some((mark) => mark.text === '1')", seconds: 10))
        let session = try browser.text("larmor.state.recording.session")
        #expect(try browser.text("document.getElementById('file').textContent") == session)
        let said = try browser.number("larmor.state.recording.bytes")
        let names = ["recording.xdf", "events.jsonl", "wire/headset.wire", "wire/console.wire"]
        let bytes = try names.reduce(0.0) {
            $0 + ((try FileManager.default.attributesOfItem(atPath: session + "/" + $1)[.size] as? NSNumber)?.doubleValue ?? 0)
        }
        #expect(bytes >= said && bytes - said < 40_000, "the page says \(said), the files have \(bytes) bytes")
        try browser.press("s")
        try browser.press("s")
        #expect(try browser.waits(for: "\(state) === 'ready'"), "\(running.messages)")
        #expect(browser.errors.isEmpty, "\(browser.errors)")
        running.interrupt()
        #expect(running.wait().status == 0)
        #expect(try Larmor.run("sessions", "verify", session, "--json").json(Verification.self).complete)
    }
}
