import CLinux
import Glibc
import MagneticFilm
import Signals

/// Serves films over TCP on the loopback interface; one host at a time, each with films in their initial state.
public final class FilmServer {
    /// "127.0.0.1:PORT".
    public let address: String
    private let listener: Int32
    private let makeFilm: () throws -> FilmFirmware

    /// - Parameter port: 0 takes a free one.
    /// - Throws: ``SimulatorError`` when the port is taken.
    public init(port: UInt16, makeFilm: @escaping () throws -> FilmFirmware) throws(SimulatorError) {
        self.makeFilm = makeFilm
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var one: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, 4)
        var socketAddress = sockaddr_in()
        socketAddress.sin_family = sa_family_t(AF_INET)
        socketAddress.sin_port = port.bigEndian
        socketAddress.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let bound = withUnsafeMutablePointer(to: &socketAddress) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) == 0 && listen(listener, 4) == 0
                    && getsockname(listener, address, &size) == 0
            }
        }
        guard bound else {
            let cause = String(cString: strerror(errno))
            close(listener)
            throw SimulatorError("127.0.0.1:\(port) cannot be served: \(cause)", remedy: "choose another --port")
        }
        address = "127.0.0.1:\(UInt16(bigEndian: socketAddress.sin_port))"
    }

    deinit { close(listener) }

    public func serve(until isDone: () -> Bool) throws {
        while !isDone() {
            var poll = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            guard Glibc.poll(&poll, 1, 50) > 0 else { continue }
            let connection = accept4(listener, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
            guard connection >= 0 else { continue }
            defer { close(connection) }
            var one: Int32 = 1
            setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
            try serve(connection, isDone)
        }
    }

    private func serve(_ connection: Int32, _ isDone: () -> Bool) throws {
        let film = try makeFilm()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var isOpen = true
        while isOpen, !isDone() {
            var poll = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
            guard Glibc.poll(&poll, 1, 50) > 0 else { continue }
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { return }
            let time = UInt64(HostTime.now().nanoseconds)
            buffer[0..<count].withUnsafeBytes { bytes in
                film.receive(bytes, time: time) { frame in
                    if isOpen { isOpen = Self.send(connection, frame) }
                }
            }
        }
    }

    private static func send(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    connection, $0.baseAddress.unsafelyUnwrapped + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 {
                if errno == EINTR { continue }
                return false
            }
            sent += count
        }
        return true
    }
}
