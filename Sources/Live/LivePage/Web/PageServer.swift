import CLinux
import Glibc
import Signals
import Synchronization

/// Serves the page, its stream of updates and its metrics: HTTP and WebSockets, on one thread, with limits for all that a client may do.
///
/// Thirty times a second it takes what is new from the ``PageHub`` and sends it to every viewer that has drawn what it got before. One that
/// has not is passed over and counted: nobody waits for it.
public final class PageServer: Sendable {
    /// Where `larmor serve` is by default.
    public static let usualPort: UInt16 = 8577
    public static let loopback = "127.0.0.1"
    /// Updates a second.
    static let updates = 30.0
    /// Clients at a time.
    public static let mostConnections = 256

    public let port: UInt16
    /// Processor time of the server's thread, in seconds.
    public var processorSeconds: Double { Double(usedNanoseconds.load(ordering: .relaxed)) * 1e-9 }
    /// Updates that were not sent to a viewer, because it was slow.
    public var skippedUpdates: UInt64 { skipped.load(ordering: .relaxed) }

    let hub: PageHub
    let access: PageAccess
    private let listener: Int32
    private let wakeEnds: (read: Int32, write: Int32)
    private let shared = Mutex(Shared())
    private let thread = Mutex<WorkerThread?>(nil)
    private let usedNanoseconds = Atomic<Int64>(0)
    private let skipped = Atomic<UInt64>(0)

    private struct Shared {
        var replies: [(connection: Int, text: String)] = []
        var isStopped = false
    }

    /// Listens at once.
    /// - Parameters:
    ///   - address: IPv4, in numbers.
    ///   - port: 0 takes a free one.
    ///   - names: further names under which the page may be asked for.
    ///   - token: that is needed to see it; nil for none.
    /// - Throws: ``PageServerError``, `ThreadError`.
    public init(
        _ hub: PageHub, address: String = PageServer.loopback, port: UInt16, names: [String] = [], token: String? = nil
    ) throws {
        self.hub = hub
        (listener, self.port) = try Self.listen(address, port, hasToken: token != nil)
        access = PageAccess(address: address, port: self.port, names: names, token: token)
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_NONBLOCK | O_CLOEXEC) == 0 else {
            let code = errno
            close(listener)
            throw PageServerError.system(address: address, port: port, call: "pipe", code: code)
        }
        wakeEnds = (ends[0], ends[1])
        let thread = try WorkerThread("page") { [self] in PageLoop(self).run() }
        self.thread.withLock { $0 = thread }
    }

    deinit {
        close(listener)
        close(wakeEnds.read)
        close(wakeEnds.write)
    }

    private static func listen(
        _ address: String, _ port: UInt16, hasToken: Bool
    ) throws(PageServerError) -> (Int32, UInt16) {
        var inet = sockaddr_in()
        inet.sin_family = sa_family_t(AF_INET)
        inet.sin_port = port.bigEndian
        guard inet_pton(AF_INET, address, &inet.sin_addr) == 1 else { throw .address(address) }
        guard hasToken || UInt32(bigEndian: inet.sin_addr.s_addr) >> 24 == 127 else { throw .tokenNeeded(address) }
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let listener = socket(AF_INET, kind, 0)
        guard listener >= 0 else { throw .system(address: address, port: port, call: "socket", code: errno) }
        var one: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, 4)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let call: String? = withUnsafeMutablePointer(to: &inet) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> String? in
                if bind(listener, pointer, size) != 0 { return "bind" }
                if Glibc.listen(listener, 256) != 0 { return "listen" }
                return getsockname(listener, pointer, &size) == 0 ? nil : "getsockname"
            }
        }
        if let call {
            let code = errno
            close(listener)
            throw .system(address: address, port: port, call: call, code: code)
        }
        return (listener, UInt16(bigEndian: inet.sin_port))
    }

    /// Says good-bye to every client. A second call does nothing.
    public func stop() {
        shared.withLock { $0.isStopped = true }
        wake()
        let thread = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        thread?.join()
    }

    // MARK: For the loop

    /// An answer that goes out with the loop's next turn; any thread.
    func reply(_ text: String, to connection: Int) {
        shared.withLock { $0.replies.append((connection, text)) }
        wake()
    }

    func takeReplies() -> (replies: [(connection: Int, text: String)], isStopped: Bool) {
        shared.withLock { shared in
            defer { shared.replies = [] }
            return (shared.replies, shared.isStopped)
        }
    }

    private func wake() {
        var one: UInt8 = 1
        _ = write(wakeEnds.write, &one, 1)
    }

    func countSkipped() { skipped.wrappingAdd(1, ordering: .relaxed) }

    func noteProcessorTime() {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        usedNanoseconds.store(Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec), ordering: .relaxed)
    }

    /// Sleeps until a client or the owner has something to say, or so many seconds.
    func wait(for connections: [PageConnection], seconds: Double, accepts: Bool) {
        var polls = [
            pollfd(fd: wakeEnds.read, events: Int16(POLLIN), revents: 0),
            pollfd(fd: accepts ? listener : -1, events: Int16(POLLIN), revents: 0),
        ]
        polls.reserveCapacity(connections.count + 2)
        for connection in connections {
            polls.append(pollfd(fd: connection.descriptor, events: connection.events, revents: 0))
        }
        // A hang-up is told whatever is asked for: one that is not read yet would spin.
        for index in polls.indices where polls[index].events == 0 { polls[index].fd = -1 }
        poll(&polls, nfds_t(polls.count), Int32(max(0, (seconds * 1000).rounded(.up))))
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            while read(wakeEnds.read, buffer.baseAddress, buffer.count) == buffer.count {}
        }
    }

    /// The next client that waits; nil for none, or without a descriptor left.
    func accept() -> Int32? {
        let descriptor = accept4(listener, nil, nil, Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue))
        return descriptor >= 0 ? descriptor : nil
    }
}
