/// Turns a device's small wrapping counter into one that only grows, and says what is missing.
///
/// A hole longer than one turn of the counter cannot be seen from the counter alone; the arrival time tells how many whole
/// turns went by (to the nearest turn), provided that the nominal rate is known.
public struct CounterUnwrapper: Sendable {
    /// What a counter value means after the ones before it.
    public enum Step: Equatable, Sendable {
        /// The next frame follows the last one; `missing` frames between them did not come.
        case forward(counter: UInt64, missing: UInt64)
        /// The counter repeats or steps back a little: a frame that came twice or late.
        case duplicate
    }

    private let modulus: UInt64
    private let rate: Double
    private var last: (counter: UInt64, time: HostTime)?
    /// Added to raw values since the device last restarted, so that they continue the unwrapped counter.
    private var shift: UInt64 = 0

    /// - Parameters:
    ///   - modulus: number of values of the counter, at least 2 (256 for one byte).
    ///   - rate: nominal counts per second; 0 when unknown, then holes are counted within one turn only.
    public init(modulus: UInt64, rate: Double) {
        precondition(modulus >= 2, "a counter has at least two values")
        self.modulus = modulus
        self.rate = rate
    }

    /// The last counter given out, unwrapped.
    public var lastCounter: UInt64? { last?.counter }

    /// - Parameters:
    ///   - raw: the device's counter, below the modulus.
    ///   - time: arrival on the host.
    public mutating func next(raw: UInt64, at time: HostTime) -> Step {
        guard let last else {
            self.last = (raw, time)
            return .forward(counter: raw, missing: 0)
        }
        let step = (raw &+ shift &+ modulus &- last.counter % modulus) % modulus
        let elapsed = rate * (time - last.time)
        // Whole turns that fit best to the time that went by. Frames come in bunches of a few, never half a turn early,
        // so a step backwards within the same turn is a duplicate unless the clock says that a turn has passed.
        var turns: UInt64 = 0
        if rate > 0 {
            let estimate = ((elapsed - Double(step)) / Double(modulus)).rounded()
            if estimate > 0 { turns = UInt64(min(estimate, 0x1p52)) }
        }
        if turns == 0 {
            if step == 0 { return .duplicate }
            // A large step with no time for it is a small step back.
            if rate > 0, Double(step) > Double(modulus) / 2, elapsed < Double(step) / 2 { return .duplicate }
        }
        let advance = step &+ turns &* modulus
        if advance == 0 { return .duplicate }
        let counter = last.counter &+ advance
        self.last = (counter, time)
        return .forward(counter: counter, missing: advance - 1)
    }

    /// The device was restarted and counts anew: the next frame follows at the place that the elapsed time gives, so that the
    /// hole of the interruption is as long as it lasted.
    public mutating func restart(raw: UInt64, at time: HostTime) -> Step {
        guard let last else { return next(raw: raw, at: time) }
        let advance = max(1, rate > 0 ? UInt64(saturating: (rate * (time - last.time)).rounded()) : 1)
        let counter = last.counter &+ advance
        shift = (counter % modulus &+ modulus &- raw % modulus) % modulus
        self.last = (counter, time)
        return .forward(counter: counter, missing: advance - 1)
    }
}
