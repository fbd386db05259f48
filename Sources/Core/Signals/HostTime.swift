import Glibc

/// A moment on the host's monotonic clock, in nanoseconds since an arbitrary start (usually boot).
///
/// The pipeline reads no clock of its own: every stage takes these stamps from the data, so that a replay that carries the
/// same stamps gives the same decisions. A session stores one anchor from this clock to UTC (``WallClockAnchor``).
///
/// Arithmetic is total: stamps also come from files of others, and no number in them may end the program. A sum beyond the range
/// is the farthest moment on its side, and a step of NaN seconds is no step.
public struct HostTime: Hashable, Comparable, Sendable, Codable, BitwiseCopyable {
    /// Nanoseconds of `CLOCK_MONOTONIC`.
    public var nanoseconds: Int64

    /// - Parameter nanoseconds: of `CLOCK_MONOTONIC`.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Seconds beyond ±292 years give the farthest moment on their side; NaN gives 0.
    public init(seconds: Double) { self.nanoseconds = Int64(saturating: (seconds * 1e9).rounded()) }

    /// The stamp in seconds, for arithmetic and for formats that carry seconds (XDF).
    public var seconds: Double { Double(nanoseconds) * 1e-9 }

    /// Reads `CLOCK_MONOTONIC`. Allocates nothing, takes no lock: allowed on the real-time path.
    public static func now() -> HostTime { HostTime(nanoseconds: read(CLOCK_MONOTONIC)) }

    public static func < (a: HostTime, b: HostTime) -> Bool { a.nanoseconds < b.nanoseconds }

    /// Later by some seconds; beyond the range the farthest moment, for NaN seconds the same one.
    public static func + (time: HostTime, seconds: Double) -> HostTime {
        let nanoseconds = (seconds * 1e9).rounded()
        guard let step = Int64(exactly: nanoseconds) else {
            return nanoseconds.isNaN ? time : HostTime(nanoseconds: Int64(saturating: Double(time.nanoseconds) + nanoseconds))
        }
        let (sum, isBeyond) = time.nanoseconds.addingReportingOverflow(step)
        return HostTime(nanoseconds: isBeyond ? (step < 0 ? .min : .max) : sum)
    }

    /// The distance in seconds; negative when `b` is later.
    public static func - (a: HostTime, b: HostTime) -> Double {
        let (distance, isBeyond) = a.nanoseconds.subtractingReportingOverflow(b.nanoseconds)
        return (isBeyond ? Double(a.nanoseconds) - Double(b.nanoseconds) : Double(distance)) * 1e-9
    }

    /// The moment one nanosecond later.
    package var next: HostTime { HostTime(nanoseconds: nanoseconds == .max ? .max : nanoseconds + 1) }

    static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

extension FixedWidthInteger {
    /// The number without its fraction, for numbers that come from outside: one beyond the range gives the end of the range on its
    /// side, and NaN gives 0.
    @inlinable
    public init(saturating value: Double) {
        if value.isNaN {
            self = 0
        } else if value >= Double(Self.max) {
            self = .max
        } else if value <= Double(Self.min) {
            self = .min
        } else {
            self = Self(value)
        }
    }
}

/// One moment read on both clocks: how a session's monotonic stamps become calendar time.
public struct WallClockAnchor: Hashable, Sendable, Codable {
    /// The moment on the monotonic clock.
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
