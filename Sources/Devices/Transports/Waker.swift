import CLinux
import Glibc
import Synchronization

/// Ends another thread's wait in ``Transport/read(into:timeout:)`` early: something is to be sent, or to be stopped.
public final class Waker: Sendable {
    /// Readable after ``wake()``.
    let descriptor: Int32
    private let writeEnd: Int32
    private let stopped = Atomic<Bool>(false)

    /// - Throws: ``TransportError`` when the system has no descriptor left.
    public init() throws(TransportError) {
        var ends: [Int32] = [-1, -1]
        // At once: between two calls another thread may start a program, which would inherit them.
        guard pipe2(&ends, O_NONBLOCK | O_CLOEXEC) == 0 else { throw .system("pipe", port: "waker", errno: errno) }
        descriptor = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(descriptor)
        close(writeEnd)
    }

    /// Allocates nothing and takes no lock: allowed on the real-time path. A full pipe is awake already.
    public func wake() {
        var one: UInt8 = 1
        _ = write(writeEnd, &one, 1)
    }

    /// Ends every wait from now on with ``TransportError/Code/cancelled``, also those of a device that is being opened.
    public func stop() {
        stopped.store(true, ordering: .releasing)
        wake()
    }

    /// Throws once ``stop()`` was called.
    func checkRunning(_ port: String) throws(TransportError) {
        guard stopped.load(ordering: .acquiring) else { return }
        throw TransportError(.cancelled, port: port, detail: "the run is being stopped")
    }

    func clear() {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            while read(descriptor, buffer.baseAddress, buffer.count) == buffer.count {}
        }
    }
}
