/// What part of a session is replayed, from which of its files and how fast.
public struct ReplayOptions: Sendable {
    /// Recorded seconds per second; nil for as fast as it goes.
    public var speed: Double?
    /// Seconds from the session's start at which the graph begins, with nothing heard before; nil for the beginning.
    public var from: Double?
    /// Seconds from the session's start at which it ends; nil for the end.
    public var to: Double?
    /// The only device whose items reach the graph; nil for all.
    public var device: String?
    /// Takes the samples of `recording.xdf` even where there are wire logs.
    public var usesXDF = false
    /// Begins again at the end until it is stopped.
    public var loops = false

    public init() {}

    /// Whether everything that was recorded is replayed once.
    var isWhole: Bool { from == nil && to == nil && device == nil }
}
