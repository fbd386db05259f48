/// A point as the store has it.
public struct StoredPoint: Sendable, Equatable {
    public enum State: String, Sendable, Codable { case waiting, running, done, failed }

    public var point: SweepPoint
    public var state: State
    /// Ended ones, and the one that runs.
    public var attempts: Int
    /// Of the last attempt that ended by itself.
    public var exitCode: Int32?
    /// Why the last attempt failed.
    public var failure: String?
    /// Last lines of the last attempt that failed.
    public var standardError: String?
    /// The JSON that the command printed.
    public var result: String?
    /// The number at the objective's path.
    public var value: Double?
    /// Of the last attempt.
    public var seconds: Double?
    /// The machine that it ran on.
    public var host: String?
}

/// How many points are in which state.
public struct SweepCounts: Sendable, Equatable {
    public var waiting = 0
    public var running = 0
    public var done = 0
    public var failed = 0

    public init() {}

    public var all: Int { waiting + running + done + failed }
    public var ended: Int { done + failed }
}
