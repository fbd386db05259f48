import Failures
import Foundation
import LivePage
import PageClient
import RealTime
import Signals
import Synchronization
import Testing

/// The server with clients of every kind.
@Suite(.serialized) final class PageServerTests {
    private let source = PageTestSource()
    private let asked = Log()
    private let hub: PageHub
    private let server: PageServer
    private var port: UInt16 { server.port }

    final class Log: Sendable {
        private let entries = Mutex<[String]>([])
        func add(_ text: String) { entries.withLock { $0.append(text) } }
        var all: [String] { entries.withLock { $0 } }
    }

    init() throws {
        hub = PageHub(title: "bench", mode: .control, status: { "{\"state\":\"ready\"}" }) { [asked] command, reply in
            asked.add(command)
            reply(command != "stop", command == "stop" ? "no recording “runs”" : "")
        }
        hub.begin([PageTestSource.eeg()], start: PageTestSource.start, source: source)
        server = try PageServer(hub, port: 0)
    }

    deinit { server.stop() }

    private func client() throws -> PageClient { try #require(PageClient(port: port)) }

    private func viewer(_ path: String = "/live") throws -> PageClient {
        let client = try client()
        #expect(client.upgrade(path, port: port)?.status == 101)
        return client
    }

    /// Blocks of samples, until there are so many columns.
    private func columns(_ client: PageClient, _ count: Int) -> [SampleMessage] {
        var messages: [SampleMessage] = []
        while messages.flatMap(\.blocks).reduce(0, { $0 + $1.columns }) < count, let message = client.message() {
            if case .binary(let bytes) = message, let samples = SampleMessage(bytes) { messages.append(samples) }
        }
        return messages
    }

    @Test func `every file of the page comes whole, on one connection, with nothing of another origin in it`() throws {
        let client = try client()
        let page = try #require(client.get("/", port: port))
        #expect(
            page.status == 200 && page.text.hasSuffix("</html>\n")
                && page.headers["content-type"]?.hasPrefix("text/html") == true)
        #expect(page.headers["content-security-policy"]?.contains("default-src 'none'") == true)
        var waiting = ["/", "/subject"]
        var seen: Set<String> = []
        while let path = waiting.popLast() {
            guard seen.insert(path).inserted else { continue }
            let file = try #require(client.get(path, port: port), "\(path)")
            #expect(file.status == 200 && file.body.count > 100 && file.body.last == 0x0A, "\(path)")
            #expect(!file.text.contains("http://") && !file.text.contains("https://"), "\(path)")
            for match in file.text.matches(of: /(?:src|href|from) ?=? ?"(\/[a-z]+\.[a-z]+)"/) {
                waiting.append(String(match.1))
            }
        }
        #expect(seen.count >= 13, "\(seen)")
        let head = try #require(client.get("/main.js", port: port, method: "HEAD"))
        #expect(head.status == 200 && head.body.isEmpty && Int(head.headers["content-length"] ?? "") ?? 0 > 1000)
    }

    @Test func `a viewer is greeted, and gets samples as they were measured, states and the log`() throws {
        let viewer = try viewer()
        let hello = try #require(viewer.text(holding: "\"type\":\"hello\""))
        #expect(
            hello.contains("\"name\":\"headset.eeg\"") && hello.contains("\"mode\":\"control\"")
                && hello.contains("\"title\":\"bench\""))
        source.put(from: 0, frames: 50) { Float($1 * 10 + $0) }
        source.put(from: 50, frames: 50) { Float($1 * 10 + $0) }
        let messages = columns(viewer, 100)
        let blocks = messages.flatMap(\.blocks)
        #expect(blocks.allSatisfy { $0.stream == 0 && $0.channels == 2 && $0.width == 1 && $0.period == 0.004 })
        var expected: [Float] = []
        for frame in 0..<100 { expected += [Float(frame * 10), Float(frame * 10 + 1)] }
        #expect(blocks.flatMap(\.values) == expected)
        #expect(abs(blocks[0].time) < 1e-9 && abs(messages.last!.newest - 0.4) < 1e-9)
        source.put(event: "{\"event\":\"gap\",\"time_s\":1.5}")
        #expect(viewer.text(holding: "\"events\":[{\"event\":\"gap\",\"time_s\":1.5}]") != nil)
        let state = try #require(viewer.text(holding: "\"lost\":2"))
        #expect(state.contains("\"drift_ppm\":12.5") && state.contains("\"recording\":{\"state\":\"ready\"}"))
    }

    @Test func `a channel that is railed, flat or full of mains is named within a second of samples`() throws {
        let viewer = try viewer()
        hub.begin([PageTestSource.eeg(channels: 4)], start: PageTestSource.start, source: source)
        source.put(from: 0, frames: 250, channels: 4) { channel, frame in
            let hum = 40e-6 * sin(2 * Double.pi * 50 * Double(frame) / 250)
            let alpha = 20e-6 * sin(2 * Double.pi * 10 * Double(frame) / 250)
            return [Float(alpha), 0.1875, 0.02, Float(0.02 + hum)][channel]
        }
        let state = try #require(viewer.text(holding: "\"fault\":\"railed\""))
        #expect(state.contains("\"fault\":\"flat\"") && state.contains("\"fault\":\"mains 50 Hz\""))
        #expect(state.matches(of: /"fault"/).count == 3, "the alpha rhythm is no fault")
        let ranges = state.matches(of: /"range":([0-9.e-]+)/).compactMap { Double($0.1) }
        #expect(abs(ranges[0] - 40e-6) < 1e-6, "\(ranges)")
    }

    @Test func `fast streams come as the least and the greatest of every few samples, none of which is made up`() throws {
        hub.begin(
            [
                PageStream(
                    StreamDescription(
                        name: "m.audio", kind: .audio, channels: [.init(label: "a", unit: .fullScale)], nominalRate: 16000,
                        device: "t"), device: "m")
            ], start: PageTestSource.start, source: source)
        let viewer = try viewer()
        _ = viewer.text(holding: "hello")
        func value(_ frame: Int) -> Float { Float(sin(Double(frame) * 0.7) + Double(frame) * 1e-5) }
        for block in 0..<20 { source.put(from: block * 160, frames: 160, channels: 1, rate: 16000) { value($1) } }
        let blocks = columns(viewer, 200).flatMap(\.blocks)
        let values = blocks.flatMap(\.values)
        #expect(blocks.allSatisfy { $0.width == 2 } && abs(Double(blocks[0].period) - 0.001) < 1e-9)
        for column in 0..<200 {
            let samples = (column * 16..<column * 16 + 16).map(value)
            #expect(values[2 * column] == samples.min()! && values[2 * column + 1] == samples.max()!, "\(column)")
        }
    }

    @Test func `a hole is a new block at its own time`() throws {
        let viewer = try viewer()
        _ = viewer.text(holding: "hello")
        source.put(from: 0, frames: 10) { _, frame in Float(frame) }
        source.put(from: 35, frames: 10, missing: 25) { _, frame in Float(frame) }
        let blocks = columns(viewer, 20).flatMap(\.blocks)
        #expect(blocks.map(\.columns) == [10, 10] && abs(blocks[1].time - 35.0 / 250) < 1e-9)
    }

    @Test func `strangers are refused: a foreign Host or Origin, a path that is none, a body, a method`() throws {
        func status(_ path: String, _ headers: [(String, String)] = [], _ method: String = "GET") throws -> Int? {
            try client().get(path, port: port, headers: headers, method: method)?.status
        }
        for host in ["evil.example", "evil.example:\(port)", "127.0.0.1", "127.0.0.1:1", "192.168.1.5:\(port)", ""] {
            #expect(try status("/", [("Host", host)]) == 403, "\(host)")
        }
        #expect(try status("/", [("Host", "LocalHost:\(port)")]) == 200)
        for origin in ["http://evil.example", "null", "http://localhost:\(port)", "http://127.0.0.1:1", "file://"] {
            #expect(try client().upgrade(port: port, headers: [("Origin", origin)])?.status == 403, "\(origin)")
        }
        #expect(try client().upgrade(port: port, headers: [("Origin", "http://127.0.0.1:\(port)")])?.status == 101)
        for path in [
            "/../etc/passwd", "/%2e%2e/etc/passwd", "//etc/passwd", "/etc/passwd", "/main.js/", "/MAIN.JS", "/./main.js",
            "/sessions",
        ] {
            #expect(try status(path) == 404, "\(path)")
        }
        #expect(try status("/", [], "POST") == 405)
        #expect(try status("/", [("Content-Length", "10")]) == 413)
        #expect(try status("/live") == 426)
        #expect(try status("/", [("X", String(repeating: "a", count: 9000))]) == 431)
    }

    @Test func `another address than the loopback needs a token, and without it nothing but the form is told`() throws {
        #expect { try PageServer(hub, address: "0.0.0.0", port: 0) } throws: {
            "\($0)".contains("--page-token-file") && ($0 as? any Failure)?.kind == .usage
        }
        #expect(throws: PageServerError.address("example.org")) {
            try PageServer(hub, address: "example.org", port: 0, token: "x")
        }
        let token = "0123456789abcdefABCDEF-_"
        let guarded = try PageServer(hub, address: "0.0.0.0", port: 0, names: ["rig.example"], token: token)
        defer { guarded.stop() }
        func get(_ path: String, _ headers: [(String, String)] = []) throws -> PageClient.Answer? {
            try #require(PageClient(port: guarded.port)).get(path, port: guarded.port, headers: headers)
        }
        for path in ["/", "/metrics", "/api/state", "/main.js", "/live", "/nothing"] {
            let answer = try #require(try get(path))
            #expect(answer.status == 401 && !answer.text.contains("larmor_") && !answer.text.contains("headset"), "\(path)")
        }
        #expect(try get("/")?.text.contains("token") == true)
        #expect(try get("/login.js")?.status == 200)
        for wrong in ["", "0123456789abcdefABCDEF-", token + "x", token.uppercased()] {
            #expect(try get("/", [("Authorization", "Bearer \(wrong)")])?.status == 401)
        }
        #expect(try get("/metrics", [("Authorization", "Bearer \(token)")])?.status == 200)
        let login = try #require(try get("/login", [("Authorization", "Bearer \(token)")]))
        let cookie = try #require(login.headers["set-cookie"])
        #expect(login.status == 204 && cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
        let pair = String(cookie.prefix { $0 != ";" })
        #expect(try get("/", [("Cookie", "other=1; \(pair)")])?.text.contains("trace-canvas") == true)
        #expect(try get("/", [("Cookie", pair), ("Host", "rig.example")])?.status == 200)
        #expect(try get("/", [("Cookie", pair), ("Host", "10.1.2.3:\(guarded.port)")])?.status == 200)
        #expect(try get("/", [("Cookie", pair), ("Host", "evil.example:\(guarded.port)")])?.status == 403)
        // Guessing is slow.
        for _ in 0..<20 { _ = try get("/", [("Authorization", "Bearer guess-guess-guess")]) }
        #expect(try get("/", [("Authorization", "Bearer \(token)")])?.status == 429)
    }

    @Test func `commands go through the door, and their answers come to who asked`() throws {
        let (first, second) = (try viewer(), try viewer())
        first.tell("do 1 start")
        second.tell("do 1 stop")
        #expect(first.text(holding: "\"reply\"") == "{\"type\":\"reply\",\"id\":1,\"done\":true,\"text\":\"\"}")
        #expect(second.text(holding: "\"reply\"")?.contains("\"done\":false,\"text\":\"no recording “runs”\"") == true)
        #expect(Set(asked.all) == ["start", "stop"])
    }

    @Test func `a subject sees prompts and nothing else, and may ask for nothing`() throws {
        source.put(event: "{\"event\":\"word\",\"time_s\":1,\"text\":\"secret\"}")
        source.put(event: "{\"event\":\"marker\",\"time_s\":1,\"stream\":\"console.prompts\",\"texts\":[\"say yes\"]}")
        let subject = try viewer("/subject/live")
        #expect(subject.message() == .text("{\"type\":\"hello\",\"mode\":\"subject\"}"))
        let events = try #require(subject.text(holding: "events"))
        #expect(events.contains("say yes") && !events.contains("secret"))
        source.put(from: 0, frames: 50) { _, _ in 1 }
        #expect(subject.message(seconds: 0.5) == nil)
        subject.tell("do 1 start")
        #expect(subject.message() == .close(1008) && asked.all.isEmpty)
    }

    @Test func `a message that is too long, unmasked or no command closes the connection alone`() throws {
        let cases: [([UInt8], UInt16)] = [
            (PageClient.frame(1, Array(repeating: 65, count: 4097)), 1009),
            (PageClient.frame(1, Array("do 1 start".utf8), isMasked: false), 1002), (PageClient.frame(2, [1]), 1003),
            (PageClient.frame(1, Array("start".utf8)), 1008), (PageClient.frame(1, Array("drawn 5000".utf8)), 1008),
        ]
        let quiet = try viewer()
        for (bytes, code) in cases {
            let client = try viewer()
            client.send(bytes)
            var last: PageClient.Message?
            while let message = client.message(seconds: 5) { last = message }
            #expect(last == .close(code) && client.isEnded)
        }
        let flood = try viewer()
        for _ in 0..<200 { flood.tell("do 1 marker x") }
        var last: PageClient.Message?
        while let message = flood.message(seconds: 5) { last = message }
        #expect(last == .close(1008) && asked.all.count <= 110)
        quiet.send(PageClient.frame(9, [1, 2]))
        var isAnswered = false
        while !isAnswered, let message = quiet.message() { isAnswered = message == .pong([1, 2]) }
        #expect(isAnswered)
    }

    @Test func `a viewer that does not read is passed over, and is up to date at once when it reads again`() throws {
        let (slow, quick) = (try #require(PageClient(port: port, receiveBuffer: 4096)), try viewer())
        #expect(slow.upgrade(port: port)?.status == 101)
        let end = Mutex(false)
        let producer = try WorkerThread("producer") { [source] in
            var frame = 0
            while !end.withLock({ $0 }) {
                source.put(from: frame, frames: 10) { _, frame in Float(frame) }
                frame += 10
                WorkerThread.sleep(0.01)
            }
        }
        defer {
            end.withLock { $0 = true }
            producer.join()
        }
        // The quick one says what it has drawn and gets all; the other one neither reads nor says anything.
        var drawn = 0
        let deadline = Date().addingTimeInterval(30)
        while server.skippedUpdates < 60, Date() < deadline, let message = quick.message() {
            guard case .binary = message else { continue }
            drawn += 1
            if drawn % 5 == 0 { quick.tell("drawn \(drawn)") }
        }
        #expect(server.skippedUpdates >= 60 && drawn > 60)
        // It reads what lies on the way, a second of it at most, says so, and is where the quick one is.
        var backlog = 0
        while backlog < 30, let message = slow.message(seconds: 2) { if case .binary = message { backlog += 1 } }
        #expect(backlog == 30)
        #expect(slow.message(seconds: 0.3) == nil, "no more than a second was kept for it")
        slow.tell("drawn 30")
        func newest(_ client: PageClient) -> Double? {
            while let message = client.message() {
                if case .binary(let bytes) = message { return SampleMessage(bytes)?.newest }
            }
            return nil
        }
        let caughtUp = try #require(newest(slow))
        // What the quick one has not read meanwhile is older.
        #expect(caughtUp >= (newest(quick) ?? .infinity) - 0.05)
    }

    @Test func `two hundred viewers all get their updates, and more clients than there is room for are told so`() throws {
        let viewers = try (0..<200).map { _ in try viewer() }
        for viewer in viewers { #expect(viewer.text(holding: "hello") != nil) }
        source.put(from: 0, frames: 25) { _, frame in Float(frame) }
        for viewer in viewers { #expect(columns(viewer, 25).flatMap(\.blocks).reduce(0) { $0 + $1.columns } == 25) }
        let state = try #require(viewers[199].text(holding: "\"clients\":200"))
        #expect(state.contains("\"running\":true"))
        let others = try (0..<(PageServer.mostConnections - 200)).map { _ in try client() }
        let more = try client()
        more.send("GET / HTTP/1.1\r\n")
        #expect(more.answer()?.status == 503)
        withExtendedLifetime((viewers, others)) {}
    }

    @Test func `metrics are in Prometheus' text, with quoted names`() throws {
        let answer = try #require(try client().get("/metrics", port: port))
        #expect(answer.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
        #expect(answer.text.contains("larmor_frames_lost_total{device=\"headset\",stream=\"headset.eeg\"} 2\n"))
        #expect(
            answer.text.contains("larmor_latency_seconds_bucket{kind=\"computing\",stage=\"a \\\"b\\\"\",le=\"0.001\"} 1\n"))
        #expect(
            answer.text.contains("le=\"+Inf\"} 3\n")
                && answer.text.contains("larmor_latency_seconds_sum{kind=\"computing\",stage=\"a \\\"b\\\"\"} 0.006\n"))
        for line in answer.text.split(separator: "\n") where !line.hasPrefix("#") {
            #expect(line.wholeMatch(of: /[a-z_]+(\{([a-z]+="([^"\\]|\\.)*",?)+\})? [0-9.e+-]+/) != nil, "\(line)")
        }
        #expect(try client().get("/api/state", port: port)?.text.contains("\"running\":true") == true)
    }

    @Test func `thirty updates a second of 32 channels take less than a twentieth of a core`() throws {
        hub.begin([PageTestSource.eeg(channels: 32)], start: PageTestSource.start, source: source)
        let viewer = try viewer()
        var drawn = 0
        let begin = ContinuousClock.now
        let before = server.processorSeconds
        var frame = 0
        while ContinuousClock.now - begin < .seconds(3) {
            let due = Int((ContinuousClock.now - begin) / .milliseconds(40)) * 10
            if frame < due {
                source.put(from: frame, frames: due - frame, channels: 32) { Float($1 % 100) * 1e-6 * Float($0) }
                frame = due
            }
            guard case .binary? = viewer.message() else { continue }
            drawn += 1
            if drawn % 5 == 0 { viewer.tell("drawn \(drawn)") }
        }
        let share = (server.processorSeconds - before) / 3
        #expect(drawn >= 60 && share < 0.05, "\(drawn) updates, \(share * 100) % of a core")
        print("page server: \(drawn) updates in 3 s, \(share * 100) % of a core at 32 channels")
    }
}
