import Glibc
import Signals

/// What the thread of a ``PageServer`` does, turn by turn.
final class PageLoop {
    private let server: PageServer
    private var connections: [PageConnection] = []
    private var numbers = 0
    private var nextTick = HostTime.now()
    private var failedTokens = 0
    private var forgiveness = HostTime.now()
    private let site: PageSite

    /// Clients that are told that there is no room; more are let go without a word.
    private static let mostRefused = 32
    /// Wrong tokens in ten seconds, of all clients together; then the right one must wait, too.
    private static let mostFailedTokens = 20

    init(_ server: PageServer) {
        self.server = server
        site = PageSite(server)
    }

    func run() {
        while true {
            let now = HostTime.now()
            server.wait(
                for: connections, seconds: min(1, nextTick - now),
                accepts: connections.count < PageServer.mostConnections + Self.mostRefused)
            let (replies, isStopped) = server.takeReplies()
            for (number, text) in replies {
                connections.first { $0.number == number && $0.isViewer }?.put(WebSocketFrame.text(text))
            }
            if isStopped { return leave() }
            for connection in connections {
                connection.read()
                connection.write()
                serve(connection)
            }
            accept()
            tick()
            let after = HostTime.now()
            for connection in connections where !connection.isViewer && !connection.isClosing && after > connection.deadline {
                connection.close(
                    with: connection.input.isEmpty ? [] : WebResponse(.requestTimeout).bytes(hasBody: true, isLast: true))
            }
            connections.removeAll { $0.isOver(at: after) }
        }
    }

    private func leave() {
        for connection in connections where connection.isViewer { connection.close(with: WebSocketFrame.close(1001)) }
        connections = []
    }

    private func accept() {
        // So many in one turn: those who connect again and again keep nobody waiting.
        for _ in 0..<64 {
            guard let descriptor = server.accept() else { return }
            numbers += 1
            let connection = PageConnection(descriptor, number: numbers)
            if connections.count >= PageServer.mostConnections {
                guard connections.count < PageServer.mostConnections + Self.mostRefused else { continue }
                let answer = WebResponse(.unavailable, "there are \(PageServer.mostConnections) clients already")
                connection.close(with: answer.bytes(hasBody: true, isLast: true))
            }
            connections.append(connection)
        }
    }

    // MARK: What clients say

    private func serve(_ connection: PageConnection) {
        guard !connection.isGone, !connection.isClosing else { return }
        if connection.isViewer { return hear(connection) }
        while !connection.isClosing, !connection.isViewer, !connection.input.isEmpty, connection.isDrained {
            switch WebRequest.step(connection.input) {
            case .incomplete: return
            case .refused(let status): connection.close(with: WebResponse(status).bytes(hasBody: true, isLast: true))
            case .whole(let request, let count):
                connection.input.removeFirst(count)
                answer(request, connection)
                connection.deadline = .now() + PageConnection.idlePatience
            }
        }
        if connection.isViewer {
            connection.messages.append(connection.input)
            connection.input = []
            hear(connection)
        }
    }

    private func answer(_ request: WebRequest, _ connection: PageConnection) {
        let now = HostTime.now()
        if now > forgiveness { (failedTokens, forgiveness) = (0, now + 10) }
        var answer: WebResponse
        if failedTokens >= Self.mostFailedTokens, server.access.needsToken {
            answer = WebResponse(.tooManyRequests, "too many wrong tokens; try again in ten seconds")
        } else {
            switch site.answer(to: request) {
            case .upgrade(let accept, let isSubject):
                connection.becomeViewer(isSubject: isSubject)
                connection.put(
                    Array(
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \(accept)\r\n\r\n"
                            .utf8))
                return
            case .response(let response): answer = response
            }
        }
        if answer.status == .unauthorised, request.header("authorization") != nil || request.header("cookie") != nil {
            failedTokens += 1
        }
        let isLast = !request.isCurrent || request.hasWord("close", in: "connection") || answer.status.rawValue >= 400
        let bytes = answer.bytes(hasBody: request.method == .get, isLast: isLast)
        if isLast { connection.close(with: bytes) } else { connection.put(bytes) }
    }

    private func hear(_ connection: PageConnection) {
        while let message = connection.messages.next() {
            guard connection.mayTell(at: .now()) else { return connection.close(with: WebSocketFrame.close(1008)) }
            switch message {
            case .pong: break
            case .ping(let body): connection.put(WebSocketFrame.pong(body))
            case .close(let code): return connection.close(with: WebSocketFrame.close(code))
            case .text(let text): take(text, connection)
            }
        }
    }

    /// `drawn N`: messages of samples that were drawn. `do ID COMMAND`: asks for a command; the answer has the number.
    private func take(_ text: String, _ connection: PageConnection) {
        let words = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        if words.count == 2, words[0] == "drawn", let count = Int(words[1]), (0...connection.given).contains(count) {
            connection.drawn = max(connection.drawn, count)
            return
        }
        guard !connection.isSubject, words.count == 3, words[0] == "do", let id = UInt32(words[1]) else {
            return connection.close(with: WebSocketFrame.close(1008))
        }
        let (server, number) = (server, connection.number)
        server.hub.control(String(words[2])) { isDone, text in
            server.reply(
                "{\"type\":\"reply\",\"id\":\(id),\"done\":\(isDone),\"text\":\(PageText.json(text))}", to: number)
        }
    }

    // MARK: Updates

    private func tick() {
        let now = HostTime.now()
        guard now >= nextTick else { return }
        nextTick = max(nextTick + 1 / PageServer.updates, now + 0.005)
        let viewers = connections.filter { $0.isViewer && !$0.isClosing }
        let watching = viewers.filter { !$0.isSubject }
        let tick = server.hub.tick(
            at: now, isSeen: !watching.isEmpty, clients: viewers.count, skipped: server.skippedUpdates)
        let samples = tick.samples.isEmpty ? [] : WebSocketFrame.binary(tick.samples)
        let state = tick.state.map(WebSocketFrame.text)
        var greeting: [UInt8]?
        for viewer in viewers {
            // One that does not take what it was sent gets the next state, when it does.
            guard viewer.isQuick else {
                server.countSkipped()
                continue
            }
            if viewer.generation != tick.generation {
                viewer.generation = tick.generation
                let text = greeting ?? WebSocketFrame.text(viewer.isSubject ? site.subjectHello : server.hub.hello())
                if !viewer.isSubject { greeting = text }
                viewer.put(text)
            }
            if viewer.place < tick.events { tell(viewer) }
            guard !viewer.isSubject else { continue }
            if let state { viewer.put(state) }
            if !samples.isEmpty, viewer.isDrained {
                viewer.put(samples)
                viewer.given += 1
            }
        }
        server.noteProcessorTime()
    }

    private func tell(_ viewer: PageConnection) {
        let (lines, gone, next) = server.hub.events(from: viewer.place, promptsOnly: viewer.isSubject)
        let missed = viewer.place > 0 ? gone : 0
        viewer.place = next
        guard !lines.isEmpty else { return }
        viewer.put(
            WebSocketFrame.text("{\"type\":\"events\",\"missed\":\(missed),\"events\":[\(lines.joined(separator: ","))]}"))
    }
}
