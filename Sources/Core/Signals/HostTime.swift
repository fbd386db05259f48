import Glibc

/// A moment on the host's monotonic clock, in nanoseconds since an arbitrary start (usually boot).
///
/// The pipeline reads no clock of its own: every stage takes these stamps from the data, so that a replay that carries the
/// same stamps gives the same decisions. A session stores one anchor from this clock to UTC (``WallClockAnchor``).
public struct HostTime: Hashable, Comparable, Sendable, Codable, BitwiseCopyable {
    /// Nanoseconds of `CLOCK_MONOTONIC`.
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    public init(seconds: Double) { self.nanoseconds = Int64((seconds * 1e9).rounded()) }

    /// The stamp in seconds, for arithmetic and for formats that carry seconds (XDF).
    public var seconds: Double { Double(nanoseconds) * 1e-9 }

    /// Reads `CLOCK_MONOTONIC`. Allocates nothing, takes no lock: allowed on the real-time path.
    public static func now() -> HostTime { HostTime(nanoseconds: read(CLOCK_MONOTONIC)) }

    public static func < (a: HostTime, b: HostTime) -> Bool { a.nanoseconds < b.nanoseconds }

    public static func + (time: HostTime, seconds: Double) -> HostTime {
        HostTime(nanoseconds: time.nanoseconds + Int64((seconds * 1e9).rounded()))
    }

    /// The distance in seconds; negative when `b` is later.
    public static func - (a: HostTime, b: HostTime) -> Double { Double(a.nanoseconds - b.nanoseconds) * 1e-9 }

    static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// One moment read on both clocks: how a session's monotonic stamps become calendar time.
public struct WallClockAnchor: Hashable, Sendable, Codable {
    public var host: HostTime
    /// Nanoseconds since 1970-01-01 UTC at `host`.
    public var utcNanoseconds: Int64

    public init(host: HostTime, utcNanoseconds: Int64) {
        self.host = host
        self.utcNanoseconds = utcNanoseconds
    }

    /// Reads both clocks, the monotonic one before and after, and takes its middle.
    public static func now() -> WallClockAnchor {
        let before = HostTime.read(CLOCK_MONOTONIC)
        let utc = HostTime.read(CLOCK_REALTIME)
        let after = HostTime.read(CLOCK_MONOTONIC)
        return WallClockAnchor(
            host: HostTime(nanoseconds: before + (after - before) / 2), utcNanoseconds: utc)
    }
}
