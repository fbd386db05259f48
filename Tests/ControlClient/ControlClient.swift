import Foundation
import Glibc

/// A client of the remote control as any program is one: bytes there, bytes back.
public final class ControlClient {
    private let descriptor: Int32
    /// What came and was not asked for yet.
    private var received: [UInt8] = []
    /// Whether the other side has ended.
    public private(set) var isEnded = false

    /// Connects to 127.0.0.1; nil when nobody is there.
    public init?(port: UInt16) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
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

    /// Says that nothing more will come.
    public func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// The next answer, without its line end: "OK", "ERROR …" or JSON; nil when none came in time or the connection has ended.
    public func answer(seconds: Double = 10) -> String? {
        let end = Date().addingTimeInterval(seconds)
        while true {
            if received.starts(with: Array("OK".utf8)) {
                received.removeFirst(2)
                return "OK"
            }
            if let line = received.firstIndex(of: 0x0A) {
                let text = String(decoding: received[..<line], as: UTF8.self)
                received.removeFirst(line + 1)
                return text
            }
            guard !isEnded, read(until: end) else { return nil }
        }
    }

    /// Sends a line and waits for its answer.
    public func ask(_ line: String, seconds: Double = 60) -> String? {
        send(line + "\n")
        return answer(seconds: seconds)
    }

    /// Whether the other side ends the connection in time.
    public func waitsForEnd(seconds: Double = 10) -> Bool {
        let end = Date().addingTimeInterval(seconds)
        while !isEnded, read(until: end) {}
        return isEnded
    }

    /// - Returns: false when nothing came in time.
    private func read(until end: Date) -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let left = max(0, end.timeIntervalSinceNow)
        guard Glibc.poll(&poll, 1, Int32(left * 1000)) > 0 else { return false }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 { received += buffer[..<count] } else { isEnded = true }
        return true
    }
}
