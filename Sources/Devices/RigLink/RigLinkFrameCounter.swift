import Signals

/// A stream's frame counter as its device sends it → one that goes on when the device comes back and counts anew.
///
/// A step ahead is a hole. After a loss the hole is as long as the time between the last frame before it and the first one
/// after it, at the nominal rate. A step ahead that no device can mean (2⁴⁰ frames) is taken like a return.
struct RigLinkFrameCounter {
    private static let longestHole: UInt64 = 1 << 40
    private let rate: Double
    private var last: (next: UInt64, time: HostTime)?
    /// Added to the device's counter.
    private var shift: UInt64 = 0
    private var isRestarted = false

    /// - Parameter rate: nominal frames per second; 0 when there is none, then nothing is missing after a return.
    init(rate: Double) { self.rate = rate }

    /// The device was opened anew.
    mutating func restart() { isRestarted = true }

    /// - Parameters:
    ///   - counter: of the first frame, as the device sends it.
    ///   - time: arrival of the last frame; never earlier than before.
    /// - Returns: the first frame's counter, and the frames missing before it.
    mutating func place(_ counter: UInt64, frames: Int, at time: HostTime) -> (first: UInt64, missing: UInt64) {
        defer { isRestarted = false }
        guard let last else {
            // The sums that later stages make must have room.
            if counter >= Self.longestHole { shift = 0 &- counter }
            return finish(counter &+ shift, 0, frames, time)
        }
        let first = counter &+ shift
        let isBehind = first < last.next
        if !isRestarted, isBehind || first - last.next <= Self.longestHole {
            return finish(first, isBehind ? 0 : first - last.next, frames, time)
        }
        let passed = (rate * (time - last.time) - Double(frames)).rounded()
        let missing = UInt64(min(max(0, passed), Double(Self.longestHole)))
        shift = last.next &+ missing &- counter
        return finish(last.next &+ missing, missing, frames, time)
    }

    private mutating func finish(
        _ first: UInt64, _ missing: UInt64, _ frames: Int, _ time: HostTime
    ) -> (first: UInt64, missing: UInt64) {
        last = (first &+ UInt64(frames), time)
        return (first, missing)
    }
}
