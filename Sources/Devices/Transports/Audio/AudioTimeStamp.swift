public import Signals

/// Places a sound card's own stamps on the host's clock. Pure.
public enum AudioTimeStamp {
    /// Oldest stamp that is believed, in seconds: a card's buffer holds one second, and a stamp is renewed with each period.
    public static let longestAge = 5.0

    /// When the last of the frames that were read had been captured.
    /// - Parameters:
    ///   - seconds: the whole seconds of the card's stamp, of the monotonic clock.
    ///   - nanoseconds: the rest of the stamp.
    ///   - available: frames that were waiting at the stamp.
    ///   - taken: frames that were read of them, or more.
    ///   - rate: frames per second.
    ///   - now: after the read.
    /// - Returns: nil for a stamp that cannot be one: zero, as drivers without stamps give it, older than ``longestAge``, or later
    ///   than now, as another clock's would be.
    public static func arrival(
        seconds: Int, nanoseconds: Int, available: Int, taken: Int, rate: Int, now: HostTime
    ) -> HostTime? {
        guard seconds >= 0, seconds < 1 << 32, 0..<1_000_000_000 ~= nanoseconds, seconds + nanoseconds > 0, rate > 0
        else { return nil }
        let captured = HostTime(nanoseconds: Int64(seconds) * 1_000_000_000 + Int64(nanoseconds))
        let last = captured + -Double(available - taken) / Double(rate)
        // Frames that came between the stamp and the read may seem to be later than now by their jitter.
        guard now - last < longestAge, now - captured >= 0 else { return nil }
        return min(last, now)
    }
}
