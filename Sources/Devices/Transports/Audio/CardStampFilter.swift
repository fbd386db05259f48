public import Signals

/// Refuses single stamps of a sound card that are too early. Pure.
///
/// A clock that follows the earliest arrivals believes each of them, so one stamp that is a period early would shift a stream for
/// minutes. Frames cannot come early: a stamp that lies far before what all blocks of the last seconds say is a fault of the driver,
/// and the host's time, which is late at worst, serves in its place. When several in a row say so, the blocks before were late.
public struct CardStampFilter: Sendable {
    /// Seconds before the earliest of the last blocks at which a stamp is doubted: more than cards and their timers jitter.
    public static let tolerance = 0.005
    /// Stamps in a row that are doubted; the next one is believed.
    public static let mostDoubted = 2
    private static let span = 1.0

    private let rate: Double
    private var origin: HostTime?
    private var frames: UInt64 = 0
    private var doubted = 0
    /// Earliest time at which frame 0 was captured, by the blocks of this second and of the one before, in seconds after `origin`.
    private var current = Double.infinity
    private var last = Double.infinity
    private var turn = 0.0

    /// - Parameter rate: frames per second.
    public init(rate: Int) { self.rate = Double(max(1, rate)) }

    /// - Parameters:
    ///   - stamp: when the last of these frames had been captured, by the card; nil where it did not say.
    ///   - count: frames of the block.
    /// - Returns: nil for a stamp that is doubted.
    public mutating func check(_ stamp: HostTime?, frames count: Int) -> HostTime? {
        frames &+= UInt64(max(0, count))
        guard let stamp else { return nil }
        let origin = origin ?? stamp
        self.origin = origin
        let time = stamp - origin
        let begin = time - Double(frames) / rate
        if begin < min(current, last) - Self.tolerance, doubted < Self.mostDoubted, current < .infinity {
            doubted += 1
            return nil
        }
        doubted = 0
        if time - turn > Self.span {
            (last, current, turn) = (current, begin, time)
        } else {
            current = min(current, begin)
        }
        return stamp
    }

    /// Frames were lost: what came before says nothing of what follows.
    public mutating func reset() { self = CardStampFilter(rate: Int(rate)) }
}
