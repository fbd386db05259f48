import CLinux
import Glibc
import Signals

/// One client of a ``ControlServer``; for the server's thread. Nothing here waits.
final class ControlConnection {
    let descriptor: Int32
    /// In requests and their answers.
    let number: Int
    private var lines = ControlLines()
    private var output: [UInt8] = []
    /// A command of this client is being done: the next one waits for it.
    var isWaiting = false
    /// The client sends nothing more.
    private var hasEnded = false
    /// Nobody reads the answers any more. What was sent before is still done: a script may end right after its last line.
    private var isDeaf = false
    /// No line of it is taken any more.
    private var isClosing = false
    /// It has until then to hear why.
    private var deadline: HostTime?
    private var hasHungUp = false
    private var pace = LinePace(perSecond: ControlServer.linesPerSecond, burst: ControlServer.burst)

    /// Bytes of answers that may wait for a client that does not read; more lines of it are taken when they have gone.
    private static let mostOutput = 1 << 16
    /// Seconds.
    private static let lingering = 1.0

    init(_ descriptor: Int32, number: Int) {
        self.descriptor = descriptor
        self.number = number
    }

    deinit { close(descriptor) }

    /// Whether it was told to go.
    var isRefused: Bool { isClosing }

    /// What it is waited for.
    var events: Int16 {
        var events: Int32 = 0
        if !hasEnded, isClosing || lines.room > 0 { events |= POLLIN }
        if !output.isEmpty { events |= POLLOUT }
        return Int16(events)
    }

    /// Whether it may be let go.
    func isOver(at now: HostTime) -> Bool {
        if isWaiting { return false }
        if isClosing { return hasEnded && (output.isEmpty || isDeaf) || deadline.map { now > $0 } ?? false }
        return hasEnded && isDone && (output.isEmpty || isDeaf)
    }

    /// No line waits; set by ``next(at:)``.
    private var isDone = false

    /// Whether lines wait because too many came at once.
    var isPaused: Bool { !isWaiting && !isClosing && !isDone && !pace.allows }

    /// Reads all that there is and room for: an answer to a client that is gone would make the system forget the rest.
    func read() {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
            while !hasEnded {
                let most = isClosing ? buffer.count : min(buffer.count, lines.room)
                guard most > 0 else { return }
                let count = recv(descriptor, buffer.baseAddress, most, Int32(MSG_DONTWAIT))
                if count > 0 {
                    if !isClosing {
                        lines.append(buffer[..<count])
                        isDone = false
                    }
                } else if count == 0 {
                    hasEnded = true
                    isDone = false
                } else if errno != EINTR {
                    if errno != EAGAIN {
                        hasEnded = true
                        isDeaf = true
                    }
                    return
                }
                // Whoever sends without end is not read without end.
                if isClosing { return }
            }
        }
    }

    func write() {
        while !output.isEmpty, !isDeaf {
            let count = output.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count >= 0 {
                output.removeFirst(count)
            } else if errno != EINTR {
                if errno != EAGAIN { isDeaf = true }
                break
            }
        }
        if isDeaf { output = [] }
        // A socket that is closed with unread bytes in it is reset, and the last answer with it.
        if isClosing, output.isEmpty, !hasHungUp {
            shutdown(descriptor, Int32(SHUT_WR))
            hasHungUp = true
        }
    }

    /// The next line of the client, if it is its turn.
    func next(at now: HostTime) -> ControlLines.Piece? {
        pace.refill(at: now)
        guard !isWaiting, !isClosing, output.count < Self.mostOutput, pace.allows else { return nil }
        if let piece = lines.next() {
            pace.count()
            return piece
        }
        if hasEnded, !isDone, let rest = lines.unfinished {
            put(.refused("“\(rest)” has no line end, so it was not done"))
        }
        isDone = true
        return nil
    }

    func put(_ reply: ControlReply) {
        if !isDeaf { output += reply.bytes }
        write()
    }

    /// Sends a last answer and takes nothing more.
    func refuse(_ reason: String) {
        isClosing = true
        deadline = .now() + Self.lingering
        put(.refused(reason))
    }
}

/// How many lines may be taken now.
private struct LinePace {
    let perSecond: Double
    let burst: Double
    private var left: Double
    private var last = HostTime.now()

    init(perSecond: Double, burst: Double) {
        self.perSecond = perSecond
        self.burst = burst
        left = burst
    }

    var allows: Bool { left >= 1 }

    mutating func count() { left -= 1 }

    mutating func refill(at now: HostTime) {
        left = min(burst, left + max(0, now - last) * perSecond)
        last = now
    }
}
