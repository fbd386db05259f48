import Signals

/// Follows the stamps of one LSL stream and tells what a step in them means.
///
/// LSL numbers no samples, so a long step of a regular stream's stamps may be a hole, or the sender may have set its clock. The
/// arrivals decide. A sample cannot come before it was taken: behind a hole the samples come as late after their stamps as before
/// it; behind a jump forward they seem to come before they were taken. The least delay so far is the measure, because transport and
/// buffers only ever add to it; in a stream's first seconds, when a backlog may still be on its way, it is the measured clock.
struct LSLStampLine {
    enum Step: Equatable {
        case none
        /// So many samples are missing.
        case hole(UInt64)
        /// The stamps were set by so many seconds; nothing is missing.
        case jump(Double)
    }

    private let rate: Double
    private let gapSeconds: Double
    /// The last sample's stamp; nil before the first and when it was no time.
    private(set) var last: Double?
    /// Samples after it whose stamps were no times.
    private var unstamped = 0
    /// Seconds from stamp to arrival, at least, in earlier records, on the sender's clock.
    private var delay: (seconds: Double, at: HostTime)?
    /// When the first record came from which the delay is known.
    private var begin: HostTime?
    /// Sum of the jumps, in seconds.
    private var displacement = 0.0

    /// The least delay may grow so fast: clocks of sender and host run apart.
    private static let drift = 1e-3
    /// Seconds of a stream's beginning in which a backlog may hide its least delay.
    private static let backlog = 2.0
    /// A corrected stamp that is so far before its arrival, or after it, is none of the host's time.
    private static let longestDelay = 60.0
    private static let longestLead = 2.0
    /// Stamps beyond are no times.
    private static let largest = 1e12

    init(rate: Double, gapSeconds: Double) {
        self.rate = rate
        self.gapSeconds = gapSeconds
    }

    static func isTime(_ stamp: Double) -> Bool { abs(stamp) < largest }

    /// What the step from the last sample's stamp to the next one's means.
    /// - Parameters:
    ///   - newest: the last stamp that follows from `stamp` without another step, in the same record.
    ///   - offset: of the sender's clock, in seconds, where it is known.
    ///   - time: the record's arrival.
    mutating func step(to stamp: Double, newest: Double, offset: Double?, at time: HostTime) -> Step {
        guard rate > 0, let last, Self.isTime(stamp) else { return .none }
        let excess = stamp - last - Double(1 + unstamped) / rate
        guard abs(excess) > gapSeconds else { return .none }
        if excess > 0 {
            guard let least = leastDelay(offset: offset, at: time), time.seconds - newest < least - excess / 2 else {
                return .hole(Self.count(excess * rate))
            }
        }
        displacement += excess
        delay?.seconds -= excess
        return .jump(excess)
    }

    /// Seconds from stamp to arrival that no sample can undercut, on the sender's clock; nil while that is not known.
    private func leastDelay(offset: Double?, at time: HostTime) -> Double? {
        if let delay, let begin, time - begin > Self.backlog { return delay.seconds }
        // On a clock that is right no sample comes before its corrected stamp.
        guard let offset, let last else { return nil }
        let none = offset - displacement
        let found = min(delay?.seconds ?? .infinity, time.seconds - last)
        return abs(found - none) < Self.longestDelay ? min(found, none) : nil
    }

    /// Whether a stamp does not follow from the one before by the rate, however a sender's chunks are stamped.
    func isStep(from last: Double, to stamp: Double) -> Bool {
        guard rate > 0, Self.isTime(stamp) else { return false }
        return abs(stamp - last - 1 / rate) > gapSeconds
    }

    /// What the stamps' distance across a loss of the stream means.
    /// - Parameters:
    ///   - distance: from the last sample before to the first one after, on the host's clock.
    ///   - newest: the last stamp of the first record after it.
    ///   - turned: seconds by which the offset of the sender's clock is greater than before.
    mutating func across(_ distance: Double, newest: Double, turned: Double, at time: HostTime) -> Step {
        let excess = distance - 1 / rate
        guard let delay else { return .hole(Self.count(excess * rate)) }
        // The least delay before the loss, on the clock that stamps now.
        let least = delay.seconds + turned
        let late = time.seconds - newest - least
        guard excess > -gapSeconds, late > -max(gapSeconds, excess / 2), late < Self.longestDelay else {
            forgetDelay()
            return .jump(-late)
        }
        self.delay = (least, delay.at)
        return .hole(Self.count(excess * rate))
    }

    /// The stream was lost: what stamps it when it comes back may be another program.
    mutating func lost() {
        displacement = 0
        unstamped = 0
    }

    /// After a loss across which stamps cannot be compared.
    mutating func forgetDelay() {
        delay = nil
        begin = nil
    }

    /// Takes a stamp as the last one.
    mutating func follow(_ stamp: Double) {
        guard Self.isTime(stamp) else {
            unstamped += 1
            return
        }
        last = stamp
        unstamped = 0
    }

    /// A record that ended with the last stamp has come.
    mutating func arrived(at time: HostTime) {
        guard let last else { return }
        begin = begin ?? time
        let found = time.seconds - last
        if let delay {
            self.delay = (min(found, delay.seconds + Self.drift * max(0, time - delay.at)), time)
        } else {
            delay = (found, time)
        }
    }

    /// Whether the stamps were set away from where they began.
    var isDisplaced: Bool { abs(displacement) > gapSeconds }

    /// Seconds from a stamp, brought to the host's clock, to its arrival; nil where that is a delay as senders have.
    static func strangeness(_ stamp: Double, offset: Double, at time: HostTime) -> Double? {
        guard isTime(stamp) else { return nil }
        let delay = time.seconds - stamp - offset
        return delay > longestDelay || delay < -longestLead ? delay : nil
    }

    static func count(_ frames: Double) -> UInt64 {
        let frames = frames.rounded()
        return frames > 0 && frames < 0x1p52 ? UInt64(frames) : 0
    }
}
