import Glibc
import Signals

/// The one place where file descriptors are polled, read and written.
///
/// EINTR is retried, "would block" is a value, and a descriptor that is hung up or readable-but-empty is a device that is gone.
///
/// A class, so that a read copies one reference and not a name and a waker.
final class DescriptorIO {
    /// −1 once closed: the number may belong to another file by then.
    var descriptor: Int32
    let port: String
    let waker: Waker?
    /// A socket is written so that a peer that went away is an error and no signal.
    let isSocket: Bool

    init(descriptor: Int32, port: String, waker: Waker?, isSocket: Bool = false) {
        self.descriptor = descriptor
        self.port = port
        self.waker = waker
        self.isSocket = isSocket
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, timeout: Double) throws(TransportError) -> TransportRead {
        try checkOpen()
        try waker?.checkRunning(port)
        guard let events = try wait(for: Int16(POLLIN), timeout: timeout) else { return .nothing }
        // Bytes that arrived before the hang-up are still delivered.
        if events & Int16(POLLIN) != 0 {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 { return .bytes(count) }
            if count == 0 {
                throw TransportError(.gone, port: port, detail: "the device is gone (end of its bytes)")
            }
            if errno == EAGAIN || errno == EINTR { return .nothing }
            throw .system("read", port: port, errno: errno)
        }
        if events & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 {
            throw TransportError(.gone, port: port, detail: "the device is gone (hung up)", errorNumber: EIO)
        }
        return .nothing
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

    /// - Returns: the events on the descriptor; nil after the time or a call of the waker.
    private func wait(for events: Int16, timeout: Double) throws(TransportError) -> Int16? {
        var polls = (
            pollfd(fd: descriptor, events: events, revents: 0),
            pollfd(fd: waker?.descriptor ?? -1, events: Int16(POLLIN), revents: 0)
        )
        let result = withUnsafeMutablePointer(to: &polls) {
            $0.withMemoryRebound(to: pollfd.self, capacity: 2) { poll($0, 2, Int32((timeout * 1000).rounded(.up))) }
        }
        if result < 0 {
            if errno == EINTR { return nil }
            throw .system("poll", port: port, errno: errno)
        }
        if polls.1.revents != 0 { waker?.clear() }
        return polls.0.revents == 0 ? nil : polls.0.revents
    }

    private static func now() -> Double {
        Double(HostTime.now().nanoseconds) * 1e-9
    }
}
