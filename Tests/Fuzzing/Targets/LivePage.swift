import LivePage

extension FuzzTarget {
    /// What a browser, or anybody else, sends to the live page first: a request that is served has one of the two methods, a path without
    /// anything decoded, and one name of the host; what is refused stays refused, and is so as early as it can be.
    public static let pageRequests = FuzzTarget(
        name: "page-requests",
        check: { bytes throws(FuzzFinding) in
            let access = PageAccess(address: "127.0.0.1", port: 8577, names: ["rig.example"], token: "0123456789abcdef")
            switch WebRequest.step(bytes) {
            case .incomplete:
                try require(bytes.count <= WebRequest.longestHead, "it waits for more than \(WebRequest.longestHead) bytes")
            case .refused: break
            case .whole(let request, let count):
                try require(count <= min(bytes.count, WebRequest.longestHead), "a request of \(count) bytes")
                try require(request.path.hasPrefix("/") && !request.path.contains("?"), "the path “\(request.path)”")
                try require(request.headers.count <= WebRequest.mostHeaders, "\(request.headers.count) headers")
                let texts = request.headers.flatMap { [$0.name, $0.value] } + [request.path]
                try require(
                    texts.allSatisfy { $0.utf8.allSatisfy { ($0 >= 0x20 || $0 == 0x09) && $0 < 0x7F } },
                    "a control character")
                // Cut before its end it is no request yet, and what follows it changes nothing.
                try require(
                    WebRequest.step(UnsafeRawBufferPointer(rebasing: bytes.prefix(count - 1))) == .incomplete,
                    "it was whole before its end")
                try require(
                    WebRequest.step(UnsafeRawBufferPointer(rebasing: bytes.prefix(count))) == .whole(request, bytes: count),
                    "what follows it changes it")
                if access.refusal(request) == nil {
                    let host = request.header("host")?.lowercased() ?? ""
                    let known = ["localhost:8577", "127.0.0.1:8577", "rig.example", "rig.example:8577"]
                    try require(known.contains(host), "the host “\(host)” got in")
                    try require(
                        request.headers.contains { $0.value.contains("0123456789abcdef") }, "somebody without the token got in")
                }
            }
        },
        seeds: {
            [
                "GET /live HTTP/1.1\r\nHost: 127.0.0.1:8577\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://127.0.0.1:8577\r\nCookie: larmor-8577=0123456789abcdef\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\n\r\n",
                "HEAD /metrics?x HTTP/1.0\r\nHost: rig.example\r\nAuthorization: Bearer 0123456789abcdef\r\nContent-Length: 0\r\n\r\nrest",
                "GET /../../etc/passwd HTTP/1.1\r\nhost:localhost:8577\r\n\r\n",
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
            ].map { Array($0.utf8) }
        })

    /// What a page sends over its WebSocket: the same messages however the network cuts them, none longer than the limit, and nothing
    /// after a close.
    public static let pageMessages = FuzzTarget(
        name: "page-messages",
        check: { bytes throws(FuzzFinding) in
            let whole = FuzzTarget.messages(of: bytes, step: max(1, bytes.count))
            for step in [1, 7] {
                try require(
                    FuzzTarget.messages(of: bytes, step: step) == whole, "cut every \(step) bytes it says something else")
            }
            for (index, message) in whole.enumerated() {
                switch message {
                case .text(let text):
                    try require(text.utf8.count <= WebSocketMessages.longestMessage, "a message above the limit")
                case .ping(let body): try require(body.count <= 125, "a long ping")
                case .pong: break
                case .close(let code):
                    try require(index == whole.count - 1, "it goes on after a close")
                    try require((1000...4999).contains(code) && code != 1005 && code != 1006, "the code \(code)")
                }
            }
        },
        seeds: {
            func frame(_ head: [UInt8], _ text: String) -> [UInt8] {
                head + [1, 2, 3, 4] + Array(text.utf8).enumerated().map { $1 ^ UInt8($0 & 3 + 1) }
            }
            return [
                frame([0x81, 0x8A], "do 1 start"),
                frame([0x01, 0x82], "do") + frame([0x89, 0x81], "x") + frame([0x80, 0x83], " 1 "),
                frame([0x81, 0xFE, 0, 130], String(repeating: "m", count: 130)) + frame([0x88, 0x82], "\u{3}\u{68}"),
                frame([0x8A, 0x80], "") + frame([0x81, 0x87], "drawn 5"),
            ]
        })

    private static func messages(of bytes: UnsafeRawBufferPointer, step: Int) -> [WebSocketMessages.Message] {
        var messages = WebSocketMessages()
        var found: [WebSocketMessages.Message] = []
        var place = 0
        while place < bytes.count {
            let end = min(place + step, bytes.count)
            messages.append(bytes[place..<end])
            place = end
            while let message = messages.next() { found.append(message) }
        }
        return found
    }
}
