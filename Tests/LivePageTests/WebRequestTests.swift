import LivePage
import Testing

@Suite struct WebRequestTests {
    private func step(_ text: String) -> WebRequest.Step { WebRequest.step(Array(text.utf8)) }

    private func status(_ text: String) -> Int? {
        guard case .refused(let status) = step(text) else { return nil }
        return status.rawValue
    }

    @Test func `a request is read when it is whole, and says how long it was`() throws {
        let text = "GET /live?x=1 HTTP/1.1\r\nHost: localhost:1\r\nX-Empty:\r\nCookie:  a=b \r\n\r\n"
        for count in 1..<text.utf8.count - 1 { #expect(WebRequest.step(Array(text.utf8.prefix(count))) == .incomplete) }
        guard case .whole(let request, let bytes) = step(text + "GET /more") else {
            Issue.record("not read")
            return
        }
        #expect(bytes == text.utf8.count && request.path == "/live" && request.method == .get && request.isCurrent)
        #expect(request.header("host") == "localhost:1" && request.header("cookie") == "a=b" && request.header("x-empty") == "")
    }

    @Test(arguments: [
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400), ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\u{0}\r\n\r\n", 400), ("GET /é HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\n\r\n", 405), ("OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", 413),
        ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400), ("\u{16}\u{3}\u{1}", 400),
    ]) func `what no page asks for is refused with its status`(text: String, code: Int) { #expect(status(text) == code) }

    @Test func `heads, targets and numbers of headers have limits`() {
        #expect(status("GET /" + String(repeating: "a", count: 1100) + " HTTP/1.1\r\nHost: a\r\n\r\n") == 414)
        #expect(status("GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "a", count: 9000)) == 431)
        let many = (0..<70).map { "X\($0): 1\r\n" }.joined()
        #expect(status("GET / HTTP/1.1\r\nHost: a\r\n" + many + "\r\n") == 431)
    }
}

@Suite struct WebSocketMessagesTests {
    private static let key: [UInt8] = [1, 2, 3, 4]
    private func frame(_ head: [UInt8], _ body: [UInt8]) -> [UInt8] {
        head + Self.key + body.enumerated().map { $1 ^ Self.key[$0 & 3] }
    }

    private func all(_ bytes: [UInt8], step: Int) -> [WebSocketMessages.Message] {
        var messages = WebSocketMessages()
        var found: [WebSocketMessages.Message] = []
        for begin in stride(from: 0, to: bytes.count, by: step) {
            messages.append(bytes[begin..<min(begin + step, bytes.count)])
            while let message = messages.next() { found.append(message) }
        }
        return found
    }

    @Test func `messages are the same however they are cut`() {
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 300)
        let bytes =
            frame([0x81, 0x85], Array("Hello".utf8)) + frame([0x01, 0x83], Array("Hel".utf8)) + frame([0x89, 0x81], [9])
            + frame([0x80, 0x82], Array("lo".utf8)) + frame([0x81, 0xFE, 1, 44], long) + frame([0x8A, 0x80], [])
            + frame([0x88, 0x82], [3, 0xE8]) + frame([0x81, 0x81], [65])
        for step in [1, 3, 1000] {
            #expect(
                all(bytes, step: step) == [
                    .text("Hello"), .ping([9]), .text("Hello"), .text(String(repeating: "x", count: 300)), .pong,
                    .close(code: 1000),
                ])
        }
    }

    @Test func `what breaks the protocol closes with the code that says why`() {
        let cases: [([UInt8], UInt16)] = [
            ([0x81, 0x05, 1, 2, 3, 4, 5], 1002), (frame([0xC1, 0x81], [65]), 1002), (frame([0x83, 0x81], [65]), 1002),
            (frame([0x82, 0x81], [65]), 1003), (frame([0x80, 0x81], [65]), 1002), (frame([0x09, 0x81], [65]), 1002),
            (frame([0x81, 0xFE, 0, 5], [1, 2, 3, 4, 5]), 1002), ([0x81, 0xFE, 0x10, 0x01], 1009),
            ([0x81, 0xFF, 0, 0, 0, 1, 0, 0, 0, 0], 1009), (frame([0x81, 0x81], [0xFF]), 1007),
            (frame([0x01, 0x81], [65]) + frame([0x01, 0x81], [65]), 1002), (frame([0x88, 0x82], [0, 5]), 1002),
            (frame([0x01, 0xFE, 0x10, 0], [UInt8](repeating: 65, count: 4096)) + frame([0x80, 0x81], [65]), 1009),
        ]
        for (bytes, code) in cases { #expect(all(bytes, step: 1000) == [.close(code: code)], "\(bytes.prefix(8))") }
    }
}
