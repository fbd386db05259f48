import Crypto
import Foundation
import Glibc

/// A client of the live page as any program is one: bytes there, bytes back.
public final class PageClient {
    private let descriptor: Int32
    private var received: [UInt8] = []
    /// Whether the other side has ended.
    public private(set) var isEnded = false

    /// An answer to a request.
    public struct Answer {
        public var status: Int
        /// Names in lower case.
        public var headers: [String: String]
        public var body: [UInt8]
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// A message over the WebSocket.
    public enum Message: Equatable {
        case text(String)
        case binary([UInt8])
        case pong([UInt8])
        case close(UInt16)
    }

    /// Connects to 127.0.0.1; nil when nobody is there.
    /// - Parameter receiveBuffer: bytes that the system keeps for a client that does not read; nil for the usual ones.
    public init?(port: UInt16, receiveBuffer: Int32? = nil) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if var size = receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4) }
        var inet = sockaddr_in()
        inet.sin_family = sa_family_t(AF_INET)
        inet.sin_port = port.bigEndian
        inet.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &inet) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if code != 0 { return nil }
    }

    deinit { close(descriptor) }

    public func send(_ text: String) { send(Array(text.utf8)) }

    public func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Asks for a path.
    /// - Parameter headers: beside Host, which is the server's address where it is not among them.
    public func get(_ path: String, port: UInt16, headers: [(String, String)] = [], method: String = "GET") -> Answer? {
        var text = "\(method) \(path) HTTP/1.1\r\n"
        let hasHost = headers.contains { $0.0.lowercased() == "host" }
        for (name, value) in (hasHost ? [] : [("Host", "127.0.0.1:\(port)")]) + headers { text += "\(name): \(value)\r\n" }
        send(text + "\r\n")
        return answer(hasBody: method == "GET")
    }

    /// The next answer; nil when none came in time.
    public func answer(hasBody: Bool = true, seconds: Double = 20) -> Answer? {
        let end = Date().addingTimeInterval(seconds)
        while true {
            if let head = received.firstRange(of: Array("\r\n\r\n".utf8)) {
                let lines = String(decoding: received[..<head.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
                var headers: [String: String] = [:]
                for line in lines.dropFirst() {
                    let pair = line.split(separator: ":", maxSplits: 1)
                    if pair.count == 2 { headers[pair[0].lowercased()] = pair[1].trimmingCharacters(in: .whitespaces) }
                }
                let length = hasBody ? headers["content-length"].flatMap(Int.init) ?? 0 : 0
                let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
                if received.count >= head.upperBound + length {
                    let body = Array(received[head.upperBound..<head.upperBound + length])
                    received.removeFirst(head.upperBound + length)
                    return Answer(status: status, headers: headers, body: body)
                }
            }
            guard !isEnded, read(until: end) else { return nil }
        }
    }

    /// Makes a WebSocket of the connection.
    /// - Returns: the answer: 101 where the server agreed, with the proof that RFC 6455 asks for.
    public func upgrade(_ path: String = "/live", port: UInt16, headers: [(String, String)] = []) -> Answer? {
        let key = Data((0..<16).map { UInt8($0) }).base64EncodedString()
        let answer = get(
            path, port: port,
            headers: [
                ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
                ("Sec-WebSocket-Key", key),
            ] + headers)
        guard let answer, answer.status == 101 else { return answer }
        let digest = Insecure.SHA1.hash(data: Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        return answer.headers["sec-websocket-accept"] == Data(digest).base64EncodedString() ? answer : nil
    }

    /// One frame of a client's: masked, as it must be.
    public static func frame(_ code: UInt8, _ body: [UInt8], isFinal: Bool = true, isMasked: Bool = true) -> [UInt8] {
        var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | code]
        let mask: UInt8 = isMasked ? 0x80 : 0
        if body.count <= 125 {
            bytes.append(mask | UInt8(body.count))
        } else {
            bytes += [mask | 126, UInt8(body.count >> 8), UInt8(body.count & 255)]
        }
        guard isMasked else { return bytes + body }
        let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        return bytes + key + body.enumerated().map { $1 ^ key[$0 & 3] }
    }

    public func tell(_ text: String) { send(Self.frame(1, Array(text.utf8))) }

    /// The next message; nil when none came in time or the connection has ended.
    public func message(seconds: Double = 20) -> Message? {
        let end = Date().addingTimeInterval(seconds)
        while true {
            if let message = takeMessage() { return message }
            guard !isEnded, read(until: end) else { return nil }
        }
    }

    private func takeMessage() -> Message? {
        guard received.count >= 2 else { return nil }
        var (head, length) = (2, Int(received[1] & 0x7F))
        if length == 126 {
            guard received.count >= 4 else { return nil }
            (head, length) = (4, Int(received[2]) << 8 | Int(received[3]))
        } else if length == 127 {
            guard received.count >= 10 else { return nil }
            (head, length) = (10, received[2..<10].reduce(0) { $0 << 8 | Int($1) })
        }
        guard received.count >= head + length else { return nil }
        let (code, body) = (received[0] & 0x0F, Array(received[head..<head + length]))
        received.removeFirst(head + length)
        switch code {
        case 1: return .text(String(decoding: body, as: UTF8.self))
        case 2: return .binary(body)
        case 10: return .pong(body)
        default: return .close(body.count >= 2 ? UInt16(body[0]) << 8 | UInt16(body[1]) : 0)
        }
    }

    /// The next text that holds some words.
    public func text(holding words: String, seconds: Double = 20) -> String? {
        let end = Date().addingTimeInterval(seconds)
        while Date() < end {
            guard let message = message(seconds: end.timeIntervalSinceNow) else { return nil }
            if case .text(let text) = message, text.contains(words) { return text }
        }
        return nil
    }

    private func read(until end: Date) -> Bool {
        let left = end.timeIntervalSinceNow
        guard left > 0 else { return false }
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, Int32(min(left, 60) * 1000) + 1) > 0 else { return false }
        return withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { received += buffer[..<count] } else { isEnded = true }
            return count > 0
        }
    }
}
