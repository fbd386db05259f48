package import Glibc
import Signals

/// A stream connection to "host:port".
public final class TCPTransport: Transport {
    public let backend = "TCP"
    public let framing = TransportFraming.stream
    public let port: String
    private var descriptor: Int32
    private let io: DescriptorIO

    /// - Parameters:
    ///   - address: "host:port".
    ///   - waker: ends a wait when the device is to stop.
    ///   - timeout: seconds until the connection must stand.
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
            let cause = code == EAI_SYSTEM ? String(cString: strerror(errno)) : String(cString: gai_strerror(code))
            throw TransportError(.absent, port: address, detail: "the host has no address (\(cause))")
        }
        defer { freeaddrinfo(found) }
        descriptor = try Self.connect(toOneOf: found, port: address, timeout: timeout)
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

    /// Tries a host's addresses in the resolver's order: "localhost" is ::1 first on many machines, and its server listens on 127.0.0.1.
    /// - Throws: the last one's error, except that one that was reached and refused tells more than one that cannot be reached.
    package static func connect(
        toOneOf found: UnsafeMutablePointer<addrinfo>, port: String, timeout: Double
    ) throws(TransportError) -> Int32 {
        var failure: TransportError?
        var next: UnsafeMutablePointer<addrinfo>? = found
        while let address = next {
            do {
                return try connect(address.pointee, port: port, timeout: timeout)
            } catch {
                if failure == nil || failure?.errorNumber != ECONNREFUSED { failure = error }
            }
            next = address.pointee.ai_next
        }
        throw failure ?? .system("connect", port: port, errno: EHOSTUNREACH)
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
            // An interrupted connect goes on by itself, as one that does not wait.
            if failure == EINPROGRESS || failure == EINTR { failure = outcome(of: descriptor, timeout: timeout) }
        }
        guard failure == 0 else {
            Glibc.close(descriptor)
            throw .system("connect", port: port, errno: failure)
        }
        return descriptor
    }

    /// Waits for a connection that is being made.
    /// - Returns: 0, or the system's number of what went wrong.
    private static func outcome(of descriptor: Int32, timeout: Double) -> Int32 {
        let end = HostTime.now() + timeout
        while true {
            let left = max(0, end - HostTime.now())
            var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            switch Glibc.poll(&poll, 1, Int32((left * 1000).rounded(.up))) {
            case 1:
                var failure: Int32 = 0
                var size = socklen_t(4)
                guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 else { return errno }
                return failure
            case 0: return ETIMEDOUT
            // A signal is no time-out: the rest of the time is waited for.
            default: if errno != EINTR { return errno }
            }
        }
    }
}

extension String {
    /// "[::1]" without its brackets.
    fileprivate var trimmingBrackets: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }
}
