public import Signals
public import Transports

/// The experimenter's console as a device: sentences that are shown and markers that are typed become streams beside those of the
/// other devices, with a wire log of their own, and a replay gives them again at their places.
public final class ConsoleDriver: Driver {
    /// The device's name in sessions; a rig's devices cannot have it.
    public static let name = "console"
    /// Name of the driver; no rig can ask for it.
    public static let driver = "console"

    public let longestSilence: Double? = nil
    public let readSize = 4096
    private let feed: ConsoleFeed
    private let waker: Waker

    /// - Parameters:
    ///   - feed: where prompts and typed lines come from.
    ///   - waker: ends a wait when the console is to stop.
    public init(_ feed: ConsoleFeed, waker: Waker) {
        self.feed = feed
        self.waker = waker
    }

    public func open(tap: WireTap) throws(TransportError) -> OpenedDevice {
        OpenedDevice(
            transport: try PairTransport(feed.sender, port: Self.name, waker: waker),
            configuration: .console(ConsoleConfiguration(name: Self.name)))
    }

    public func start(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {}

    public func stop(_ device: OpenedDevice, tap: WireTap) {}
}

/// Where prompts and markers are put in. Any thread may use it.
///
/// What is put in gets its stamp when the console's thread has it, some ten microseconds later.
public final class ConsoleFeed: Sendable {
    let sender: PairSender

    /// - Throws: `TransportError` when the system has no descriptor left.
    public init() throws(TransportError) { sender = try PairSender() }

    /// A sentence has just been shown.
    /// - Returns: false when the console's thread has not kept up: it was not recorded.
    @discardableResult
    public func prompt(_ text: String) -> Bool { sender.send(ConsoleLine.bytes(.prompt, text)) }

    /// Somebody has just typed a marker.
    /// - Returns: as for ``prompt(_:)``.
    @discardableResult
    public func marker(_ text: String) -> Bool { sender.send(ConsoleLine.bytes(.marker, text)) }
}
