import CLinux
import Glibc
import Signals

/// The one place where file descriptors are waited for, read and written.
///
/// EINTR is retried, "would block" is a value, and a descriptor that is hung up or readable-but-empty is a device that is gone.
///
/// A class, so that a read copies one reference and not a name and a waker.
final class DescriptorIO {
    /// −1 once closed: the number may belong to another file by then.
    private(set) var descriptor: Int32
    let port: String
    let waker: Waker?
    /// A socket is written so that a peer that went away is an error and no signal.
    let isSocket: Bool
    private let readiness: ReadinessWait

    /// - Throws: ``TransportError`` when the system has no descriptor left.
    init(descriptor: Int32, port: String, waker: Waker?, isSocket: Bool = false) throws(TransportError) {
        readiness = try ReadinessWait(for: descriptor, waker: waker, port: port)
        self.descriptor = descriptor
        self.port = port
        self.waker = waker
        self.isSocket = isSocket
    }

    /// Whoever opened the descriptor closes it.
    func forget() {
        readiness.close()
        descriptor = -1
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, timeout: Double) throws(TransportError) -> TransportRead {
        try checkOpen()
        try waker?.checkRunning(port)
        if timeout <= 0 {
            // A terminal's read brings up what its driver still holds; epoll may say "nothing" before that. What the read leaves
            // open, nothing or gone, epoll tells.
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 { return .bytes(count) }
        }
        guard case .ready(let events) = try readiness.wait(timeout: timeout) else { return .nothing }
        // Bytes that arrived before the hang-up are still delivered.
        if events & EPOLLIN.rawValue != 0 {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 { return .bytes(count) }
            if count == 0 {
                throw TransportError(.gone, port: port, detail: "the device is gone (end of its bytes)")
            }
            if errno == EAGAIN || errno == EINTR { return .nothing }
            throw .system("read", port: port, errno: errno)
        }
        throw TransportError(.gone, port: port, detail: "the device is gone (hung up)", errorNumber: EIO)
    }

    func write(_ bytes: UnsafeRawBufferPointer, timeout: Double) throws(TransportError) {
        try checkOpen()
        var rest = bytes
        let end = Self.now() + timeout
        while !rest.isEmpty {
            let count =
                isSocket
                ? send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                : Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                continue
            }
            if count < 0, errno == EINTR { continue }
            guard count < 0, errno == EAGAIN else { throw .system("write", port: port, errno: count < 0 ? errno : EIO) }
            let left = end - Self.now()
            guard left > 0 else {
                throw TransportError(
                    .timeout, port: port, detail: "\(rest.count) of \(bytes.count) bytes could not be sent in \(timeout) s")
            }
            var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = Glibc.poll(&poll, 1, Int32(min(left * 1000, 100)) + 1)
            if poll.revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 {
                throw TransportError(.gone, port: port, detail: "the device is gone (hung up)", errorNumber: EIO)
            }
        }
    }

    private func checkOpen() throws(TransportError) {
        guard descriptor < 0 else { return }
        throw TransportError(.gone, port: port, detail: "it was closed", errorNumber: EBADF)
    }

    private static func now() -> Double {
        Double(HostTime.now().nanoseconds) * 1e-9
    }
}
