import Glibc
import Signals

/// One client of a ``PageServer``; for the server's thread. Nothing here waits.
final class PageConnection {
    /// What the client is to the server.
    enum Role: Equatable {
        /// It asks for files and is answered.
        case visitor
        /// It is shown everything, or to a subject the prompts alone.
        case viewer(isSubject: Bool)
    }

    let descriptor: Int32
    /// In answers that come later.
    let number: Int
    private(set) var role = Role.visitor
    var input: [UInt8] = []
    var messages = WebSocketMessages()
    private var output: [UInt8] = []
    private var sent = 0
    /// Nothing more of it is read; it goes when it has its answer.
    private(set) var isClosing = false
    private(set) var isGone = false
    /// It must have said something until then, or taken its last answer.
    var deadline: HostTime
    /// Of the greeting that it has.
    var generation = -1
    /// Place in the log behind what it has.
    var place = 0
    /// Messages of samples that it got, and that it has said it has drawn.
    var given = 0
    var drawn = 0
    private var pace = MessagePace()

    /// Seconds for a request to be whole, and for a connection without one.
    static let requestPatience = 10.0
    static let idlePatience = 30.0
    private static let lingering = 2.0
    /// Bytes of answers that may wait for a client that does not read.
    private static let mostOutput = 1 << 20
    /// Messages of samples that may be under way to a viewer: a second of them. Then it is passed over until it has drawn some.
    static let mostUnderWay = 30

    init(_ descriptor: Int32, number: Int) {
        self.descriptor = descriptor
        self.number = number
        deadline = .now() + Self.requestPatience
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        // A viewer that is cut off without a word goes after ten minutes.
        setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &one, 4)
        var patience: Int32 = 600_000
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &patience, 4)
        // What lies in the system's buffers is old when it is drawn.
        var size: Int32 = 1 << 17
        setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, 4)
    }

    deinit { Glibc.close(descriptor) }

    var isViewer: Bool { role != .visitor }
    var isSubject: Bool { role == .viewer(isSubject: true) }
    /// Whether all that it was sent has gone to the system.
    var isDrained: Bool { sent == output.count }
    /// Whether it draws what it gets.
    var isQuick: Bool { isDrained && given - drawn < Self.mostUnderWay }

    /// What it is waited for.
    var events: Int16 { Int16((hasRoom ? POLLIN : 0) | (isDrained ? 0 : POLLOUT)) }
    /// A visitor that sends more than it is answered is not read for a while.
    private var hasRoom: Bool { isViewer || isClosing || input.count <= WebRequest.longestHead }

    func becomeViewer(isSubject: Bool) { role = .viewer(isSubject: isSubject) }

    /// Reads some of what there is; the rest comes with the next turn.
    func read() {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
            while !isGone, hasRoom {
                let count = recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
                if count > 0 {
                    if isClosing { return }
                    if isViewer { messages.append(buffer[..<count]) } else { input += buffer[..<count] }
                    if isViewer || count < buffer.count { return }
                } else if count == 0 {
                    isGone = true
                } else if errno != EINTR {
                    if errno != EAGAIN { isGone = true }
                    return
                }
            }
        }
    }

    func put(_ bytes: [UInt8]) {
        guard !isGone else { return }
        if isDrained {
            output = bytes
            sent = 0
        } else {
            output += bytes
        }
        if output.count - sent > Self.mostOutput { isGone = true }
        write()
    }

    func write() {
        while !isDrained, !isGone {
            let count = output.withUnsafeBytes {
                send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count >= 0 {
                sent += count
            } else if errno != EINTR {
                if errno != EAGAIN { isGone = true }
                return
            }
        }
        if isClosing, isDrained { shutdown(descriptor, Int32(SHUT_WR)) }
    }

    /// Sends a last answer and takes nothing more.
    func close(with bytes: [UInt8]) {
        isClosing = true
        deadline = .now() + Self.lingering
        put(bytes)
    }

    /// Whether it may be let go.
    func isOver(at now: HostTime) -> Bool {
        if isGone { return true }
        return (isClosing || !isViewer) && now > deadline
    }

    /// Counts a message of the client.
    /// - Returns: false when they come too fast.
    func mayTell(at now: HostTime) -> Bool { pace.allows(at: now) }
}

/// How many messages a client may send: 50 a second, 100 at once.
private struct MessagePace {
    private var left = 100.0
    private var last = HostTime.now()

    mutating func allows(at now: HostTime) -> Bool {
        left = min(100, left + max(0, now - last) * 50)
        last = now
        guard left >= 1 else { return false }
        left -= 1
        return true
    }
}
