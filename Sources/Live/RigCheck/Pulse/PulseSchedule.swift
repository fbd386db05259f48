import Signals

/// When pulses are sent: at intervals that do not repeat, so that a delay of more than one interval cannot be taken for a shorter one.
package enum PulseSchedule {
    /// Seconds before the first pulse: the streams' clocks settle.
    package static let lead = 3.0
    /// Seconds after the last one in which it may come back.
    package static let tail = 1.5
    /// Mean of the intervals, which are 0.35 to 0.65 s, each as likely.
    static let interval = 0.5
    static let spread = 0.15

    /// - Parameter seconds: of the whole measurement.
    /// - Returns: seconds from the beginning on, growing.
    package static func times(seconds: Double, seed: UInt64) -> [Double] {
        var random = SplitMix64(seed: seed)
        var times: [Double] = []
        var next = lead
        while next <= seconds - tail {
            times.append(next)
            next += interval + spread * (2 * random.uniform() - 1)
        }
        return times
    }
}
