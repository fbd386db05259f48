import Signals

/// Counts one stream and follows its clock.
struct StreamMonitor {
    private(set) var received: UInt64 = 0
    private(set) var missing: UInt64 = 0
    private(set) var clock: ClockMap?

    init(_ description: StreamDescription) {
        clock = description.nominalRate > 0 ? ClockMap(nominalRate: description.nominalRate) : nil
    }

    mutating func take(_ item: SampleRingItem) {
        received &+= UInt64(item.frames)
        missing &+= item.missingBefore
        clock?.observe(counter: item.firstCounter &+ UInt64(item.frames) &- 1, host: item.hostTime)
    }

    mutating func deviceReturned() { clock?.reset() }
}
