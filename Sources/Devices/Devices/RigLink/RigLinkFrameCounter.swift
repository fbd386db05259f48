import Signals

/// A stream's frame counter as its device sends it → one that goes on when the device comes back and counts anew.
///
/// A step ahead is a hole. A step back is a message that came twice or late, unless it is longer than a second: then the device
/// began anew. After a loss it may have gone on counting, which its counter and the clock then agree on. What began anew, or
/// steps ahead as no device can mean (2⁴⁰ frames), is placed where the elapsed time puts it, at the nominal rate.
struct RigLinkFrameCounter {
    enum Step: Equatable {
        /// The first frame's counter, the frames missing before it, and whether the device began anew unasked.
        case forward(first: UInt64, missing: UInt64, isReset: Bool)
        case duplicate
    }

    private static let longestHole: UInt64 = 1 << 40
    private let rate: Double
    private var last: (next: UInt64, time: HostTime)?
    /// Added to the device's counter.
    private var shift: UInt64 = 0
    private var isRestarted = false

    /// - Parameter rate: nominal frames per second; 0 when there is none, then nothing is missing after a restart.
    init(rate: Double) { self.rate = rate }

    /// The device was opened anew.
    mutating func restart() { isRestarted = true }

    /// - Parameters:
    ///   - counter: of the first frame, as the device sends it.
    ///   - time: arrival of the last frame; never earlier than before.
    mutating func place(_ counter: UInt64, frames: Int, at time: HostTime) -> Step {
        guard let last else {
            // The sums that later stages make must have room.
            if counter >= Self.longestHole { shift = 0 &- counter }
            return finish(counter &+ shift, 0, frames, time, isReset: false)
        }
        let first = counter &+ shift
        let ahead = Int64(bitPattern: first &- last.next)
        let passed = max(0, (rate * (time - last.time) - Double(frames)).rounded())
        var isAnew = ahead > Int64(Self.longestHole)
        if isRestarted {
            isAnew = isAnew || ahead < 0 || (rate > 0 && abs(Double(ahead) - passed) > 0.5 * rate + 0.1 * passed)
        } else if ahead < 0 {
            guard Double(ahead) < -max(rate, 64) else { return .duplicate }
            isAnew = true
        }
        guard isAnew else { return finish(first, first &- last.next, frames, time, isReset: false) }
        let missing = UInt64(min(passed, Double(Self.longestHole)))
        shift = last.next &+ missing &- counter
        return finish(last.next &+ missing, missing, frames, time, isReset: !isRestarted)
    }

    private mutating func finish(
        _ first: UInt64, _ missing: UInt64, _ frames: Int, _ time: HostTime, isReset: Bool
    ) -> Step {
        last = (first &+ UInt64(frames), time)
        isRestarted = false
        return .forward(first: first, missing: missing, isReset: isReset)
    }
}
