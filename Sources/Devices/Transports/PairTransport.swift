import Glibc

/// Bytes that another thread of this very program sends: the transport of a device that is made of software.
public final class PairTransport: Transport {
    public let backend = "this program"
    public let framing = TransportFraming.stream
    public let port: String
    private let io: DescriptorIO

    /// - Parameters:
    ///   - sender: the other end; one transport can be opened for each.
    ///   - port: a name for messages.
    ///   - waker: ends a wait when the device is to stop.
    /// - Throws: ``TransportError`` when the system has no descriptor left.
    public init(_ sender: PairSender, port: String, waker: Waker?) throws(TransportError) {
        self.port = port
        let copy = fcntl(sender.receivingEnd, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw .system("fcntl", port: port, errno: errno) }
        do throws(TransportError) {
            io = try DescriptorIO(descriptor: copy, port: port, waker: waker, isSocket: true)
        } catch {
            Glibc.close(copy)
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
        throw TransportError(.unsupported, port: port, detail: "nothing listens to what is written to it")
    }

    public func close() {
        guard io.descriptor >= 0 else { return }
        Glibc.close(io.descriptor)
        io.forget()
    }
}

/// The end of a ``PairTransport`` that is written to. Any thread may use it.
public final class PairSender: Sendable {
    let receivingEnd: Int32
    private let sendingEnd: Int32

    /// - Throws: ``TransportError`` when the system has no descriptor left.
    public init() throws(TransportError) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw .system("socketpair", port: "pair", errno: errno) }
        receivingEnd = ends[0]
        sendingEnd = ends[1]
    }

    deinit {
        close(receivingEnd)
        close(sendingEnd)
    }

    /// Sends all bytes, or none that would block.
    /// - Returns: false when they could not be sent whole.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool {
        Glibc.send(sendingEnd, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }
}
