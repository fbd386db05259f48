package import Signals

/// Brings the items of several devices into one order that depends on their stamps only.
///
/// An item goes out when no device can still deliver an earlier one: every other device either has a later item waiting or
/// has promised, by its ring's watermark, to stamp later. Equal stamps go in the order of the devices. So a replay
/// that sorts recorded items by (stamp, device) sees exactly what the live pipeline saw, whatever the threads did.
package struct StampMerge {
    private let rings: [SampleRing]
    private let clock: any HostClock
    private var scratch: UnsafeMutableBufferPointer<Float>
    private var watermarks: [HostTime]

    /// - Parameters:
    ///   - rings: one for each device, in the order in which equal stamps go.
    ///   - largestBlock: scalars of the largest block that any device writes.
    ///   - clock: the one that stamps the items.
    package init(rings: [SampleRing], largestBlock: Int, clock: any HostClock = MonotonicClock()) {
        self.rings = rings
        self.clock = clock
        scratch = .allocate(capacity: largestBlock)
        watermarks = [HostTime](repeating: HostTime(nanoseconds: .min), count: rings.count)
    }

    package func deallocate() { scratch.deallocate() }

    /// Hands on every item whose turn has come.
    /// - Returns: the number of items handed on.
    package mutating func drain(_ body: (PipelineItem) -> Void) -> Int {
        var count = 0
        while let device = nextDevice() {
            guard let header = rings[device].take(into: scratch) else { break }
            let samples = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(scratch)[0..<header.sampleCount])
            body(PipelineItem(device: device, header: header, samples: samples))
            count += 1
        }
        return count
    }

    /// Whether an item's turn has come.
    package mutating func hasNext() -> Bool { nextDevice() != nil }

    /// The device whose waiting item is next in order and certain to be so.
    private mutating func nextDevice() -> Int? {
        // Watermarks first: an item that is not visible afterwards cannot be stamped before them.
        let now = clock.now()
        for device in rings.indices { watermarks[device] = rings[device].watermark(now: now) }
        var best: Int?
        var bestTime = HostTime(nanoseconds: .max)
        var floor = HostTime(nanoseconds: .max)
        var floorDevice = 0
        for device in rings.indices {
            if let head = rings[device].peek() {
                if head.hostTime < bestTime {
                    best = device
                    bestTime = head.hostTime
                }
            } else if watermarks[device] < floor {
                floor = watermarks[device]
                floorDevice = device
            }
        }
        guard let best else { return nil }
        // A silent device may still send an item stamped exactly at its watermark.
        if bestTime < floor || (bestTime == floor && best < floorDevice) { return best }
        return nil
    }
}
