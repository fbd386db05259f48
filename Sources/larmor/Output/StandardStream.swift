import Glibc
import Synchronization

/// Standard output or standard error. A reader that went away, a full disk or a closed terminal is an answer here, and ends nothing.
final class StandardStream: Sendable {
    static let output = StandardStream(STDOUT_FILENO)
    static let error = StandardStream(STDERR_FILENO)

    private struct State {
        var failure: Int32?
        /// It will not take anything any more.
        var isOver = false
        /// A terminal that is held, or a reader that does not read: it is asked, not waited for, until it takes something again.
        var isHeld = false
    }

    private let descriptor: Int32
    private let state = Mutex(State())

    /// Bytes that a pipe takes whole or not at all, once it says that it is ready.
    private static let piece = 4096

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// The system's number of the first write that failed; nil while all were whole.
    var failure: Int32? { state.withLock { $0.failure } }

    /// Writes bytes, or as many of them as can be written. For threads of commands, not for the data's.
    /// - Parameter patience: seconds to wait for a stream that takes nothing at the moment; nil for as long as it takes, or until the
    ///   command is asked to stop.
    func write(_ bytes: [UInt8], patience: Double?) {
        state.withLock { state in
            guard !state.isOver else { return }
            var written = 0
            while written < bytes.count {
                guard isReady(patience: state.isHeld ? 0 : patience) else {
                    state.isHeld = true
                    if patience == nil { state.failure = state.failure ?? EAGAIN }
                    return
                }
                state.isHeld = false
                let count = bytes.withUnsafeBytes {
                    Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, min(Self.piece, bytes.count - written))
                }
                if count >= 0 {
                    written += count
                    continue
                }
                let code = errno
                if code == EINTR || code == EAGAIN { continue }
                state.failure = state.failure ?? code
                // Room on a disk may come back; a reader or a terminal does not.
                state.isOver = code == EPIPE || code == EIO || code == EBADF
                return
            }
        }
    }

    /// Whether it takes bytes, or fails at once.
    private func isReady(patience: Double?) -> Bool {
        let begin = ContinuousClock.now
        while true {
            var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let wait: Int32 = patience == 0 ? 0 : 100
            if Glibc.poll(&poll, 1, wait) > 0 { return true }
            let waited = (ContinuousClock.now - begin) / .seconds(1)
            if waited >= patience ?? (StopRequest.isRequested ? 2 : .infinity) { return false }
        }
    }
}
