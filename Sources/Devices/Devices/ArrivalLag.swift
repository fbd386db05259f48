package import Signals

/// How far a stream is behind the clock: what a device's counter may say is missing is bounded by it.
///
/// Frames arrive when they were made or later, never earlier. So of all arrivals those count that were earliest against the nominal
/// rate, and by as much as an arrival is later than these, frames may be missing, or under way.
package struct ArrivalLag: Sendable {
    /// A device's clock may be slower than its nominal rate by this share before its delay looks like missing frames.
    private static let slowest = 0.001

    package let rate: Double
    private var origin: HostTime?
    private var last = HostTime(nanoseconds: 0)
    /// Frames since the origin.
    private var counted = 0.0
    /// The smallest delay so far, in frames.
    private var least = 0.0

    /// - Parameter rate: nominal frames per second; 0 when there is none: then nothing is ever behind.
    package init(rate: Double) { self.rate = rate }

    /// Frames are placed, those that are missing before them included.
    /// - Parameter time: arrival of the last one; never earlier than before.
    package mutating func count(_ frames: Double, at time: HostTime) {
        defer { last = time }
        guard let origin else {
            origin = time
            return
        }
        counted += frames
        let lag = rate * (time - origin) - counted
        least = min(lag, least + Self.slowest * rate * max(0, time - last))
    }

    /// Frames that may be missing, or under way, before some that arrive now; below zero when these are early.
    package func behind(at time: HostTime, with frames: Int) -> Double {
        guard let origin else { return 0 }
        return rate * (time - origin) - counted - Double(frames) - least
    }
}
