import Synchronization

/// Where a device's thread takes its time and its pauses from: the machine's clock, or in tests one that moves only when told.
public protocol HostClock: Sendable {
    /// Never earlier than before.
    func now() -> HostTime
    /// Lets the calling thread pause.
    func sleep(_ seconds: Double)
}

/// `CLOCK_MONOTONIC`. Allocates nothing, takes no lock: allowed on the real-time path.
public struct MonotonicClock: HostClock {
    public init() {}
    public func now() -> HostTime { .now() }
    public func sleep(_ seconds: Double) { WorkerThread.sleep(seconds) }
}

/// A clock for tests, which moves only when somebody sleeps by it.
package final class VirtualClock: HostClock {
    private let nanoseconds: Atomic<Int64>

    /// - Parameter seconds: where it stands at first.
    package init(seconds: Double = 1000) { nanoseconds = Atomic(HostTime(seconds: seconds).nanoseconds) }

    package func now() -> HostTime { HostTime(nanoseconds: nanoseconds.load(ordering: .relaxed)) }

    package func sleep(_ seconds: Double) {
        guard seconds > 0 else { return }
        nanoseconds.store((now() + seconds).nanoseconds, ordering: .relaxed)
    }

    /// Moves on to a time that lies ahead.
    package func sleep(until time: HostTime) { sleep(time - now()) }
}
