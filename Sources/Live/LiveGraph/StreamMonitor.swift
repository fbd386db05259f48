package import Signals

/// Counts one stream and follows its clock.
package struct StreamMonitor {
    package private(set) var received: UInt64 = 0
    package private(set) var missing: UInt64 = 0
    /// Where the frames are in time; nil for irregular streams and before the first frame.
    package private(set) var clock: FrameLine?
    /// Of streams whose blocks no clock has stamped: those with a clock of their own.
    private var map: ClockMap?
    private let rate: Double
    /// Seconds from the device's own clock to the host's, as measured last.
    private var offset: Double?
    /// Seconds by which a frame was sampled before its stamp. The times of other streams' blocks come without it already
    /// (``StreamClocks``), and so do their stamps in a recording.
    private let latency: Double

    /// - Parameter latency: of the device, in seconds.
    package init(_ description: StreamDescription, latency: Double = 0) {
        self.latency = description.hasOwnClock ? latency : 0
        rate = description.nominalRate
        map = rate > 0 ? ClockMap(nominalRate: rate) : nil
    }

    package mutating func take(_ item: SampleRingItem) {
        if let offset = item.clockOffset {
            self.offset = offset
            return
        }
        received &+= UInt64(item.frames)
        missing &+= item.missingBefore
        let frames = UInt64(item.frames)
        guard rate > 0, frames > 0 else { return }
        if let line = FrameLine(item, nominalRate: rate) {
            clock = line
            return
        }
        // A stamp of the device tells better when its frames were than their arrival does.
        let last = hostTime(of: item).map { $0 + Double(frames &- 1) / max(rate, 1) } ?? item.hostTime + -latency
        map?.observe(counter: item.firstCounter &+ frames &- 1, host: last)
        clock = map.flatMap { FrameLine($0) }
    }

    /// When the item's first frame was, by the device's own stamp and its known delay; nil while that or the clock's offset is not known, and where the
    /// device's clock is astray.
    package func hostTime(of item: SampleRingItem) -> HostTime? {
        guard !item.alignsByArrival, let stamp = item.deviceTime, let offset else { return nil }
        let seconds = stamp + offset - latency
        return abs(seconds) < 9e9 ? HostTime(seconds: seconds) : nil
    }

    package mutating func deviceReturned() {
        map?.reset()
        clock = nil
        offset = nil
    }
}
