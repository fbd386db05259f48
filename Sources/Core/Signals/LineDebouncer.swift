/// One digital line: tells the changes of its level that last.
///
/// A reading counts for one frame's period, so a level lasts when it was read in as many consecutive frames as fill the time; at
/// 250 frames a second and 2 ms that is a single one. A change is stamped with the first of them. The first level that is read is
/// where the line begins and no change. A frame that is missing or holds no reading (NaN) tells nothing: what was lasting begins
/// again behind it, and the level from before it stays the one to compare with.
///
/// It depends on readings and counters alone, so live acquisition and a replay find the same changes.
public struct LineDebouncer: Sendable {
    /// A level that has lasted long enough.
    public struct Change: Sendable, Equatable {
        /// The new level.
        public var isHigh: Bool
        /// Of the first frame with the new level.
        public var counter: UInt64
        /// When that frame was sampled; nil where nobody knows.
        public var time: HostTime?

        public init(isHigh: Bool, counter: UInt64, time: HostTime?) {
            self.isHigh = isHigh
            self.counter = counter
            self.time = time
        }
    }

    /// Seconds, unless a device's settings say otherwise.
    public static let usual = 0.002
    /// The longest debounce, in seconds.
    public static let longest = 1.0

    /// Frames that fill the time.
    let frames: UInt64
    private var isHigh: Bool?
    /// The first frame of another level, while that is not yet known to last.
    private var edge: Change?
    /// Counter of the last reading.
    private var last: UInt64?

    /// - Parameters:
    ///   - debounce: seconds that a level must last, 0 … ``longest``; numbers beyond count as the nearest one.
    ///   - rate: frames per second.
    public init(debounce: Double, rate: Double) {
        let frames = (min(max(debounce, 0), Self.longest) * rate - 1e-6).rounded(.up)
        self.frames = max(1, UInt64(saturating: frames))
    }

    /// Takes the next frame's reading.
    /// - Parameters:
    ///   - value: from 0.5 on the line is high, below it is low, NaN is no reading.
    ///   - counter: of the frame.
    ///   - time: when the frame was sampled.
    /// - Returns: a change that has lasted long enough now.
    public mutating func take(_ value: Float, counter: UInt64, time: @autoclosure () -> HostTime?) -> Change? {
        guard !value.isNaN else {
            interrupt()
            return nil
        }
        if let last, counter != last &+ 1 { edge = nil }
        last = counter
        let isHigh = value >= 0.5
        guard let old = self.isHigh else {
            self.isHigh = isHigh
            return nil
        }
        guard isHigh != old else {
            edge = nil
            return nil
        }
        let change = edge ?? Change(isHigh: isHigh, counter: counter, time: time())
        guard counter &- change.counter &+ 1 >= frames else {
            edge = change
            return nil
        }
        edge = nil
        self.isHigh = isHigh
        return change
    }

    /// The device was away: nothing is known of what was between.
    public mutating func interrupt() { edge = nil }
}
