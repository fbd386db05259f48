public import Signals

/// The delay from pulses that were sent to those that were found again. Pure.
///
/// Each pair of a sent and a found pulse votes for a delay; most votes within 20 ms win. A second delay with more than half as many votes
/// makes the answer ambiguous.
public struct PulseDelay: Equatable, Sendable {
    /// Delays that are looked for, in seconds. Below 0, a sound card or a sound server told wrong when it plays.
    package static let range = -0.25...1.25
    /// Pulses that belong together have delays within so many seconds.
    package static let window = 0.02
    /// Fewer than these are no measurement.
    package static let fewest = 4

    /// Milliseconds, sorted; one for each sent pulse that was found.
    public let delaysMs: [Double]
    /// Pulses that were sent.
    public let sent: Int

    /// Pulses that came back.
    public var found: Int { delaysMs.count }
    /// Pulses that did not.
    public var lost: Int { sent - found }
    /// Milliseconds.
    public var median: Double { quantile(0.5) }
    /// Between the quartiles.
    public var spread: Double { quantile(0.75) - quantile(0.25) }

    private func quantile(_ p: Double) -> Double {
        let place = p * Double(delaysMs.count - 1)
        let low = Int(place)
        let high = min(low + 1, delaysMs.count - 1)
        return delaysMs[low] + (place - Double(low)) * (delaysMs[high] - delaysMs[low])
    }

    /// - Parameter stream: for the message.
    /// - Throws: ``PulseError`` where less than half of the pulses, or less than four, fit one delay, or many fit another one, too.
    public init(sent: [HostTime], found: [HostTime], stream: String) throws(PulseError) {
        var votes: [(delay: Double, pulse: Int)] = []
        let later = found.sorted()
        for (pulse, time) in sent.enumerated() {
            for other in later where Self.range.contains(other - time) { votes.append((other - time, pulse)) }
        }
        votes.sort { $0.delay < $1.delay }
        func best(_ isFree: (Double) -> Bool) -> Range<Int> {
            var best = 0..<0
            var end = 0
            for begin in votes.indices where isFree(votes[begin].delay) {
                end = max(end, begin)
                while end < votes.count, votes[end].delay - votes[begin].delay <= Self.window, isFree(votes[end].delay) {
                    end += 1
                }
                if end - begin > best.count { best = begin..<end }
            }
            return best
        }
        let first = best { _ in true }
        let middle = first.isEmpty ? 0 : votes[first.lowerBound + first.count / 2].delay
        // Of a pulse with several votes the one in the middle counts.
        var chosen: [Int: Double] = [:]
        for vote in votes[first] {
            if let other = chosen[vote.pulse], abs(other - middle) <= abs(vote.delay - middle) { continue }
            chosen[vote.pulse] = vote.delay
        }
        guard chosen.count >= Self.fewest, 2 * chosen.count >= sent.count else {
            throw .notFound(stream: stream, sent: sent.count, found: found.count, fitting: chosen.count)
        }
        let second = best { abs($0 - middle) > Self.window }
        let others = Set(votes[second].map(\.pulse))
        guard 2 * others.count <= chosen.count else {
            let other = votes[second.lowerBound + second.count / 2].delay
            throw .ambiguous(stream: stream, delaysMs: [middle * 1e3, other * 1e3].sorted())
        }
        delaysMs = chosen.values.sorted().map { $0 * 1e3 }
        self.sent = sent.count
    }
}
