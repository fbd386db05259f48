/// Time during which this program was there to hear a device.
///
/// A thread that asks for a wait of a tenth of a second may be woken a second later, because the machine was busy or asleep. That
/// second is the machine's, not the device's: of each wait no more counts than was asked for, and a little for the wake-up. So a
/// device that is given two seconds to answer has them, whatever else runs. Allocates nothing.
package struct AttendedTime {
    /// Seconds of lateness that still count: a wake-up on an idle machine takes less.
    package static let grace = 0.01

    /// Seconds that were attended since the beginning.
    package private(set) var seconds = 0.0

    package init() {}

    /// The same on a clock of its own that begins with 0, for what compares moments.
    package var moment: HostTime { HostTime(seconds: seconds) }

    /// A wait is over.
    /// - Parameters:
    ///   - elapsed: seconds that it took.
    ///   - asked: seconds that it was to take at most.
    package mutating func add(_ elapsed: Double, asked: Double) {
        seconds += max(0, min(elapsed, asked + Self.grace))
    }

    /// Waits, and counts what that took.
    /// - Parameters:
    ///   - asked: seconds that `wait` takes at most, by what it is told.
    ///   - clock: what the wait is measured by.
    package mutating func add<Result, Failure: Error>(
        asked: Double, by clock: any HostClock = MonotonicClock(), _ wait: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let begin = clock.now()
        defer { add(clock.now() - begin, asked: asked) }
        return try wait()
    }
}
