public import Signals

/// One stream that a page shows.
public struct PageStream: Sendable {
    public var description: StreamDescription
    /// Of the device in the rig.
    public var device: String

    public init(_ description: StreamDescription, device: String) {
        self.description = description
        self.device = device
    }
}

/// How one stream is doing.
public struct PageHealth: Encodable, Sendable, Equatable {
    /// Frames that arrived.
    public var received: UInt64
    /// Frames that did not come, or for which there was no room.
    public var lost: UInt64
    /// Frames that should have come by now and may be lost, when nothing has told yet.
    public var owed: String?
    public var away: Bool
    /// Parts per million of the device's clock against the host's; nil while it is not known.
    public var driftPpm: Double?
    /// How full the fullest way from the device is, 0 … 1.
    public var ringFill: Double
    /// Deviations of the arrivals, in milliseconds: 99th percentile; nil while it is not known.
    public var jitterMs: Double?

    public init(
        received: UInt64, lost: UInt64, owed: String? = nil, away: Bool, driftPpm: Double? = nil, ringFill: Double = 0,
        jitterMs: Double? = nil
    ) {
        self.received = received
        self.lost = lost
        self.owed = owed
        self.away = away
        self.driftPpm = driftPpm
        self.ringFill = ringFill
        self.jitterMs = jitterMs
    }
}

/// Where samples and events come from while a rig runs: the page's own ends of rings, which nobody else reads.
public protocol PageSource: AnyObject, Sendable {
    /// Hands over what has come since the last call. For one thread at a time.
    /// - Parameters:
    ///   - samples: what a stream, by its place in the list of streams, has delivered: a header, and its words, lent for the call.
    ///   - event: a line of the event log.
    func take(samples: (Int, SampleRingItem, UnsafeBufferPointer<Float>) -> Void, event: (String) -> Void)
    /// In the order of the streams.
    func health() -> [PageHealth]
    /// Times and loads so far.
    func metrics() -> PageMetrics
    /// Why devices are away, in words.
    func absences() -> [String]
}
