import Glibc
import Transports

/// The device's side of a pseudo-terminal.
final class TerminalEnd {
    let path: String
    private var descriptor: Int32

    init() {
        var ends: (near: Int32, far: Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 128)
        precondition(
            openpty(&ends.near, &ends.far, &name, nil, nil) == 0, "the system gives no pseudo-terminal")
        close(ends.far)
        descriptor = ends.near
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { hangUp() }

    func send(_ bytes: [UInt8]) {
        precondition(Glibc.write(descriptor, bytes, bytes.count) == bytes.count, "the line took less")
    }

    func receive(_ count: Int) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let got = Glibc.read(descriptor, &buffer, count)
        return Array(buffer.prefix(max(0, got)))
    }

    /// What unplugging does to the near side: reads end, writes fail.
    func hangUp() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }
}

/// The device's side of a TCP connection on the loopback interface.
final class SocketEnd {
    let address: String
    private let listener: Int32
    private var connection: Int32 = -1

    init() {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var inet = sockaddr_in()
        inet.sin_family = sa_family_t(AF_INET)
        inet.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        withUnsafeMutablePointer(to: &inet) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = bind(listener, pointer, size)
                _ = listen(listener, 1)
                _ = getsockname(listener, pointer, &size)
            }
        }
        address = "127.0.0.1:\(UInt16(bigEndian: inet.sin_port))"
    }

    deinit {
        hangUp()
        close(listener)
    }

    func accept() { connection = Glibc.accept(listener, nil, nil) }

    func send(_ bytes: [UInt8]) {
        precondition(
            Glibc.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count,
            "the line took less")
    }

    func receive(_ count: Int) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let got = recv(connection, &buffer, count, 0)
        return Array(buffer.prefix(max(0, got)))
    }

    func hangUp() {
        if connection >= 0 { close(connection) }
        connection = -1
    }

    /// Closes so that the other side gets a reset instead of an end.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        hangUp()
    }
}
