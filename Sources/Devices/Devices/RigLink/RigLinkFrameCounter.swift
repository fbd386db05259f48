import Protocols
import Signals

/// A stream's frame counter as its device sends it → one that goes on when the device comes back and counts from 0 again.
///
/// A step ahead is a hole, unless the clock has no room for it: then the device started over. A step back is a message that came twice
/// or late, unless it is longer than a second, or others follow it in order for which there was time: then the device started over,
/// too. After a loss it may have gone on counting, which its counter and the clock then agree on. What started over is placed where the
/// elapsed time puts it, at the nominal rate. A counter that does not move while new messages come is replaced by the clock.
struct RigLinkFrameCounter {
    enum Step: Equatable {
        /// The first frame's counter, the frames missing before it, and what is to be reported of the device's counter.
        case forward(first: UInt64, missing: UInt64, report: DeviceEvent.Code?)
        case duplicate
    }

    /// Of a stream without a rate that steps ahead: more no device sends.
    private static let largestRate = RigLinkDescriptor.maximumRate
    private static let longestHole: UInt64 = 1 << 40
    /// Seconds by which arrivals may differ from the clock.
    private static let slack = 2.0
    private let rate: Double
    private var lag: ArrivalLag
    private var last: (next: UInt64, time: HostTime)?
    /// The last message that was taken, as the device numbered it.
    private var taken: (counter: UInt64, sequence: UInt16)?
    /// What would follow the last message that was not taken, as the device counts.
    private var afterDropped: UInt64?
    /// Added to the device's counter.
    private var shift: UInt64 = 0
    private var isRestarted = false
    private var isStuck = false

    /// - Parameter rate: nominal frames per second; 0 when there is none, then nothing is missing after a restart.
    init(rate: Double) {
        self.rate = rate
        lag = ArrivalLag(rate: rate)
    }

    /// The device was opened again.
    mutating func restart() { isRestarted = true }

    /// - Parameters:
    ///   - counter: of the first frame, as the device sends it.
    ///   - sequence: of the message; a copy has the same.
    ///   - time: arrival of the last frame; never earlier than before.
    mutating func place(_ counter: UInt64, frames: Int, sequence: UInt16, at time: HostTime) -> Step {
        let previous = taken
        guard let last else {
            // The sums that later stages make must have room.
            if counter >= Self.longestHole { shift = 0 &- counter }
            taken = (counter, sequence)
            return finish(counter &+ shift, 0, frames, time, report: nil)
        }
        let first = counter &+ shift
        let ahead = Int64(bitPattern: first &- last.next)
        let passed = max(0, (rate * (time - last.time) - Double(frames)).rounded())
        let isCopy = previous.map { $0.sequence == sequence && $0.counter == counter } ?? false
        var isAnew = isBeyondClock(ahead, frames, since: last.time, at: time)
        if isRestarted {
            isAnew = isAnew || ahead < 0 || (rate > 0 && abs(Double(ahead) - passed) > 0.5 * rate + 0.1 * passed)
        } else if !isCopy, counter == previous?.counter, isStuck || hasTime(for: frames, at: time) {
            let report: DeviceEvent.Code? = isStuck ? nil : .counterStuck
            isStuck = true
            return anew(counter, sequence, clockHole(frames, time), frames, time, report: report)
        } else if isStuck {
            isAnew = !isCopy
            if isCopy { return .duplicate }
        } else if ahead < 0 {
            let goesOn = afterDropped == counter && hasTime(for: 2 * frames, at: time)
            guard goesOn || Double(ahead) < -max(rate, 64) else {
                afterDropped = isCopy ? nil : counter &+ UInt64(frames)
                return .duplicate
            }
            isAnew = true
        }
        guard isAnew else {
            taken = (counter, sequence)
            return finish(first, first &- last.next, frames, time, report: nil)
        }
        let wasStuck = isStuck
        isStuck = false
        let missing = wasStuck ? clockHole(frames, time) : UInt64(min(passed, Double(Self.longestHole)))
        return anew(counter, sequence, missing, frames, time, report: isRestarted ? nil : .counterReset)
    }

    /// Whether a step ahead is longer than the clock allows, with room for what waited somewhere.
    private func isBeyondClock(_ ahead: Int64, _ frames: Int, since last: HostTime, at time: HostTime) -> Bool {
        guard ahead > 0 else { return false }
        if ahead > Int64(Self.longestHole) { return true }
        guard rate > 0 else { return Double(ahead) > Self.largestRate * (max(0, time - last) + Self.slack) }
        return Double(ahead) > max(0, lag.behind(at: time, with: frames)) + max(Self.slack * rate, 64)
    }

    /// Whether so many frames can have been made since the last ones.
    private func hasTime(for frames: Int, at time: HostTime) -> Bool {
        rate == 0 || lag.behind(at: time, with: 0) >= 0.5 * Double(frames)
    }

    private func clockHole(_ frames: Int, _ time: HostTime) -> UInt64 {
        let behind = lag.behind(at: time, with: frames)
        return behind > 0.5 * rate + Double(frames) ? UInt64(min(behind.rounded(), Double(Self.longestHole))) : 0
    }

    /// Places frames behind a hole, whatever the device's counter says.
    private mutating func anew(
        _ counter: UInt64, _ sequence: UInt16, _ missing: UInt64, _ frames: Int, _ time: HostTime, report: DeviceEvent.Code?
    ) -> Step {
        let first = (last?.next ?? 0) &+ missing
        shift = first &- counter
        taken = (counter, sequence)
        return finish(first, missing, frames, time, report: report)
    }

    private mutating func finish(
        _ first: UInt64, _ missing: UInt64, _ frames: Int, _ time: HostTime, report: DeviceEvent.Code?
    ) -> Step {
        last = (first &+ UInt64(frames), time)
        lag.count(Double(missing) + Double(frames), at: time)
        isRestarted = false
        afterDropped = nil
        return .forward(first: first, missing: missing, report: report)
    }
}
