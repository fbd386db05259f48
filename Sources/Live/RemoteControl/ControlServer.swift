import CLinux
import Glibc
import Signals
import Synchronization

/// LabRecorder's remote control on 127.0.0.1: plain TCP, one command in a line, one answer to each.
///
/// It runs on a thread of its own, which never waits for a client and takes no lock that a device's thread takes. Commands of one client are
/// done in their order, one at a time; those that change something wait at the ``ControlDoor`` for the owner.
public final class ControlServer: Sendable {
    /// LabRecorder's.
    public static let usualPort: UInt16 = 22_345
    /// Clients at a time.
    public static let mostConnections = 16
    /// Lines a second of one client, and at once. Who sends faster is read more slowly.
    public static let linesPerSecond = 100.0
    static let burst = 200.0

    private struct Shared {
        var replies: [(connection: Int, reply: ControlReply)] = []
        var isStopped = false
    }

    public let port: UInt16
    private let listener: Int32
    private let wakeEnds: (read: Int32, write: Int32)
    private let shared = Mutex(Shared())
    private let thread = Mutex<WorkerThread?>(nil)
    private let door: ControlDoor

    /// Listens at once.
    /// - Parameters:
    ///   - port: 0 takes a free one.
    ///   - door: where commands are asked for.
    /// - Throws: ``ControlServerError``, `ThreadError`.
    public init(port: UInt16, door: ControlDoor) throws {
        self.door = door
        (listener, self.port) = try Self.listen(port)
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_NONBLOCK | O_CLOEXEC) == 0 else {
            let code = errno
            close(listener)
            throw ControlServerError(port: port, call: "pipe", code: code)
        }
        wakeEnds = (ends[0], ends[1])
        let thread = try WorkerThread("remote control") { [self] in serve() }
        self.thread.withLock { $0 = thread }
    }

    deinit {
        close(listener)
        close(wakeEnds.read)
        close(wakeEnds.write)
    }

    private static func listen(_ port: UInt16) throws(ControlServerError) -> (Int32, UInt16) {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let listener = socket(AF_INET, kind, 0)
        guard listener >= 0 else { throw ControlServerError(port: port, call: "socket", code: errno) }
        var one: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, 4)
        var inet = sockaddr_in()
        inet.sin_family = sa_family_t(AF_INET)
        inet.sin_port = port.bigEndian
        // This machine alone: whoever may connect may have recordings made.
        inet.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let call: String? = withUnsafeMutablePointer(to: &inet) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> String? in
                if bind(listener, pointer, size) != 0 { return "bind" }
                if Glibc.listen(listener, 8) != 0 { return "listen" }
                return getsockname(listener, pointer, &size) == 0 ? nil : "getsockname"
            }
        }
        if let call {
            let code = errno
            close(listener)
            throw ControlServerError(port: port, call: call, code: code)
        }
        return (listener, UInt16(bigEndian: inet.sin_port))
    }

    // MARK: The owner's side

    /// Closes every connection; the door is to be closed before. A second call does nothing.
    public func stop() {
        shared.withLock { $0.isStopped = true }
        wake()
        let thread = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        thread?.join()
    }

    private func wake() {
        var one: UInt8 = 1
        _ = write(wakeEnds.write, &one, 1)
    }

    // MARK: The server's thread

    private func serve() {
        var connections: [ControlConnection] = []
        var numbers = 0
        while true {
            wait(for: connections)
            let (replies, isStopped) = shared.withLock { shared in
                defer { shared.replies = [] }
                return (shared.replies, shared.isStopped)
            }
            for (number, reply) in replies {
                guard let connection = connections.first(where: { $0.number == number }) else { continue }
                connection.isWaiting = false
                connection.put(reply)
            }
            if isStopped { return leave(connections) }
            for connection in connections {
                connection.read()
                connection.write()
            }
            accept(into: &connections, &numbers)
            let now = HostTime.now()
            for connection in connections { take(connection, at: now) }
            connections.removeAll { $0.isOver(at: now) }
        }
    }

    /// Sleeps until a client, the owner or a limit has something to do.
    private func wait(for connections: [ControlConnection]) {
        var polls = [
            pollfd(fd: wakeEnds.read, events: Int16(POLLIN), revents: 0),
            pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
        ]
        for connection in connections {
            polls.append(pollfd(fd: connection.descriptor, events: connection.events, revents: 0))
        }
        // What waits for its turn, or is being let go, is looked at again by time.
        let hasMore = connections.contains { $0.isPaused || $0.isRefused }
        // A hang-up is told whatever is asked for: one that is not read yet would spin.
        for index in polls.indices where polls[index].events == 0 { polls[index].fd = -1 }
        poll(&polls, nfds_t(polls.count), hasMore ? 20 : -1)
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            while read(wakeEnds.read, buffer.baseAddress, buffer.count) == buffer.count {}
        }
    }

    private func accept(into connections: inout [ControlConnection], _ numbers: inout Int) {
        // So many in one turn: those who connect again and again keep nobody waiting.
        for _ in 0..<Self.mostConnections {
            let descriptor = accept4(listener, nil, nil, Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue))
            guard descriptor >= 0 else {
                // Without a descriptor left the listener stays ready: it is asked again after a while.
                if errno == EMFILE || errno == ENFILE { WorkerThread.sleep(0.05) }
                return
            }
            var one: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
            numbers += 1
            let connection = ControlConnection(descriptor, number: numbers)
            connection.read()
            if connections.count(where: { !$0.isRefused }) >= Self.mostConnections {
                guard connections.count < 2 * Self.mostConnections else { continue }
                connection.refuse("there are \(Self.mostConnections) clients already")
            }
            connections.append(connection)
        }
    }

    private func take(_ connection: ControlConnection, at now: HostTime) {
        while let piece = connection.next(at: now) {
            switch piece {
            case .foreign(let reason): connection.refuse(reason)
            case .line(let line):
                do throws(ControlRefusal) {
                    let command = try ControlCommand(line: line)
                    ask(command, of: connection)
                } catch {
                    connection.put(.refused(error.reason))
                }
            }
        }
    }

    private func ask(_ command: ControlCommand, of connection: ControlConnection) {
        if let reply = door.known(command) { return connection.put(reply) }
        connection.isWaiting = true
        door.queue(command) { [self, number = connection.number] reply in
            shared.withLock { $0.replies.append((number, reply)) }
            wake()
        }
    }

    private func leave(_ connections: [ControlConnection]) {
        for connection in connections {
            if connection.isWaiting { connection.put(.refused("the recorder ends")) }
            connection.write()
        }
    }
}
