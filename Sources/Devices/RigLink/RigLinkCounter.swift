import Signals

/// The frame counter of a stream that a RigLink device counts itself: 64 bits, never wraps, begins anew when the device does.
///
/// A step ahead is a hole. A step back is a message that came twice or late, unless it is longer than a second: then, and after
/// a loss of the device, the counter began anew, and its frames are placed where the elapsed time puts them.
struct RigLinkCounter {
    enum Step: Equatable {
        case forward(counter: UInt64, missing: UInt64, isReset: Bool)
        case duplicate
    }

    private let rate: Double
    /// Added to raw counters since the device last began anew, so that they continue.
    private var shift: UInt64 = 0
    private var last: (next: UInt64, time: HostTime)?
    private var isBack = false

    /// - Parameter rate: frames per second; 0 for an irregular stream.
    init(rate: Double) { self.rate = rate }

    /// The device was lost and is back; it may have gone on counting or not.
    mutating func deviceReturned() { isBack = true }

    /// - Parameters:
    ///   - raw: the first frame's counter, as the device says.
    ///   - frames: of the message.
    ///   - time: arrival of the message.
    mutating func next(raw: UInt64, frames: Int, at time: HostTime) -> Step {
        let count = UInt64(frames)
        guard let last else {
            self.last = (raw &+ count, time)
            isBack = false
            return .forward(counter: raw, missing: 0, isReset: false)
        }
        var first = raw &+ shift
        var isReset = false
        // Counters are compared as distances: a damaged one may have any value.
        let ahead = Int64(bitPattern: first &- last.next)
        let elapsed = max(0, (rate * (time - last.time)).rounded() - Double(frames))
        if isBack {
            // Went on counting: ahead, and by about what went by.
            let isPlausible = rate == 0 || abs(Double(ahead) - elapsed) <= 0.5 * rate + 0.1 * elapsed
            isReset = ahead < 0 || !isPlausible
        } else if ahead < 0 {
            guard Double(ahead) < -max(rate, 64) else { return .duplicate }
            isReset = true
        }
        if isReset {
            first = last.next &+ UInt64(min(elapsed, 0x1p52))
            shift = first &- raw
        }
        let step = Step.forward(counter: first, missing: first &- last.next, isReset: isReset && !isBack)
        isBack = false
        self.last = (first &+ count, time)
        return step
    }
}
