import Synchronization

/// The one door through which recordings are begun and ended: whoever stands outside, a socket or a page, asks here, and the owner of the
/// recording does one request after the other.
///
/// Any thread may ask. Nobody is waited for: the answer comes to the closure of whoever asked, on the thread that gives it.
public final class ControlDoor: Sendable {
    /// A command that waits for the owner.
    public struct Request: Sendable {
        public let command: ControlCommand
        fileprivate let reply: @Sendable (ControlReply) -> Void
    }

    private struct Shared {
        var requests: [Request] = []
        var isClosed = false
    }

    private let shared = Mutex(Shared())
    private let answer: @Sendable (ControlCommand) -> ControlReply?

    /// - Parameter answer: the answer that is known at once; nil for commands that the owner does. It must not wait.
    public init(answer: @escaping @Sendable (ControlCommand) -> ControlReply?) { self.answer = answer }

    /// Asks for a command.
    /// - Parameter reply: is called exactly once.
    public func ask(_ command: ControlCommand, reply: @escaping @Sendable (ControlReply) -> Void) {
        if let known = known(command) { reply(known) } else { queue(command, reply: reply) }
    }

    /// The answer that is known at once; nil for commands that the owner does.
    func known(_ command: ControlCommand) -> ControlReply? { answer(command) }

    /// Leaves a command to the owner.
    func queue(_ command: ControlCommand, reply: @escaping @Sendable (ControlReply) -> Void) {
        let isClosed = shared.withLock { shared in
            if !shared.isClosed { shared.requests.append(Request(command: command, reply: reply)) }
            return shared.isClosed
        }
        if isClosed { reply(Self.ended) }
    }

    /// The owner: the next command to do; every one must be answered by ``reply(_:to:)``.
    public func nextRequest() -> Request? {
        shared.withLock { $0.requests.isEmpty ? nil : $0.requests.removeFirst() }
    }

    /// The owner.
    public func reply(_ reply: ControlReply, to request: Request) { request.reply(reply) }

    /// Refuses what still waits and all that comes later.
    public func close() {
        let waiting = shared.withLock { shared in
            defer { shared.requests = [] }
            shared.isClosed = true
            return shared.requests
        }
        for request in waiting { request.reply(Self.ended) }
    }

    private static let ended = ControlReply.refused("the recorder ends")
}
