import Glibc

/// A stream connection to "host:port".
public final class TCPTransport: Transport {
    public let backend = "TCP"
    public let framing = TransportFraming.stream
    public let port: String
    private var descriptor: Int32
    private let io: DescriptorIO

    /// - Parameter timeout: seconds until the connection must stand.
    /// - Throws: ``TransportError`` (absent, timeout, unsupported for a name that is not "host:port").
    public init(_ address: String, waker: Waker?, timeout: Double = 2) throws(TransportError) {
        port = address
        guard let colon = address.lastIndex(of: ":"), UInt16(address[address.index(after: colon)...]) != nil else {
            throw TransportError(
                .unsupported, port: address, detail: "expected host:port", remedy: "for example 127.0.0.1:7373")
        }
        let host = String(address[..<colon]).trimmingBrackets
        let service = String(address[address.index(after: colon)...])
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, service, &hints, &found)
        guard code == 0, let found else {
            throw TransportError(
                .absent, port: address, detail: "the host has no address (\(String(cString: gai_strerror(code))))")
        }
        defer { freeaddrinfo(found) }
        descriptor = try Self.connect(found.pointee, port: address, timeout: timeout)
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        do throws(TransportError) {
            io = try DescriptorIO(descriptor: descriptor, port: address, waker: waker, isSocket: true)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    deinit { close() }

    public func read(
        into buffer: UnsafeMutableRawBufferPointer, timeout: Double
    ) throws(TransportError) -> TransportRead {
        try io.read(into: buffer, timeout: timeout)
    }

    public func write(_ bytes: UnsafeRawBufferPointer, timeout: Double) throws(TransportError) {
        try io.write(bytes, timeout: timeout)
    }

    public func close() {
        guard descriptor >= 0 else { return }
        shutdown(descriptor, Int32(SHUT_RDWR))
        Glibc.close(descriptor)
        descriptor = -1
        io.forget()
    }

    private static func connect(
        _ address: addrinfo, port: String, timeout: Double
    ) throws(TransportError) -> Int32 {
        let flags = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.ai_family, flags, 0)
        guard descriptor >= 0 else { throw .system("socket", port: port, errno: errno) }
        var failure: Int32 = 0
        if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) != 0 {
            failure = errno
            if failure == EINPROGRESS {
                var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                if Glibc.poll(&poll, 1, Int32(timeout * 1000)) == 1 {
                    var size = socklen_t(4)
                    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size)
                } else {
                    failure = ETIMEDOUT
                }
            }
        }
        guard failure == 0 else {
            Glibc.close(descriptor)
            throw .system("connect", port: port, errno: failure)
        }
        return descriptor
    }
}

extension String {
    /// "[::1]" without its brackets.
    fileprivate var trimmingBrackets: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }
}
