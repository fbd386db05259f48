/// What may reach a device through its drive stream, whoever asks for it: training, a task or a live run. In the stream's unit.
public struct DriveLimits: Equatable, Sendable {
    /// Largest magnitude of a value; infinite for no limit.
    public var largest: Float
    /// Largest change of a value from one frame to the next; infinite for no limit.
    public var slew: Float
    /// What the device is left with when a run ends; also what takes the place of a value that is no number.
    public var safe: Float?

    public init(largest: Float = .infinity, slew: Float = .infinity, safe: Float? = nil) {
        self.largest = largest
        self.slew = slew
        self.safe = safe
    }

    /// Brings a frame within the limits.
    /// - Parameters:
    ///   - frame: what is asked for; what may be sent.
    ///   - last: the values of the frame before; becomes this one.
    /// - Returns: whether a value was changed.
    public func apply(to frame: UnsafeMutableBufferPointer<Float>, last: UnsafeMutableBufferPointer<Float>) -> Bool {
        var isChanged = false
        for index in frame.indices {
            let asked = frame[index]
            var value = asked.isFinite ? asked : safe ?? 0
            value = min(max(value, -largest), largest)
            value = min(max(value, last[index] - slew), last[index] + slew)
            if value != asked { isChanged = true }
            frame[index] = value
            last[index] = value
        }
        return isChanged
    }

    /// Frames in which every value comes to the safe one from the last ones, within the slew.
    func framesToSafe(from last: [Float]) -> Int {
        guard let safe else { return 0 }
        let distance = last.reduce(0) { max($0, abs($1 - safe)) }
        guard distance > 0 else { return 0 }
        return slew.isFinite ? Int((distance / slew).rounded(.up)) : 1
    }
}
