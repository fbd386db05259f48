import RigCheck
import Signals
import Testing

/// Delays of pulses whose times the test made up, so that the truth is known.
@Suite struct PulseDelayTests {
    private static let start = HostTime(seconds: 1000)

    private func sent(_ seed: UInt64, seconds: Double = 20) -> [HostTime] {
        PulseSchedule.times(seconds: seconds, seed: seed).map { Self.start + $0 }
    }

    @Test func `pulses begin after the lead, end before the tail, at intervals from 0.35 to 0.65 s that do not repeat`() {
        let times = PulseSchedule.times(seconds: 60, seed: 7)
        #expect(times == PulseSchedule.times(seconds: 60, seed: 7) && times != PulseSchedule.times(seconds: 60, seed: 8))
        #expect(times.first == 3 && (times.last ?? 0) <= 58.5 && (times.last ?? 0) > 57.8)
        let intervals = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect(intervals.allSatisfy { (0.35...0.65).contains($0) } && Set(intervals).count == intervals.count)
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5], [-0.1, 0, 0.0423, 0.71, 1.2])
    func `a delay is found among strangers, with jitter, drift and a quarter of the pulses missing`(
        seed: UInt64, delay: Double
    ) throws {
        var random = SplitMix64(seed: seed)
        let sent = sent(seed)
        var found: [HostTime] = []
        var expected: [Double] = []
        for (index, time) in sent.enumerated() {
            // Uniform within 1 ms, and 100 ppm of drift from the middle on.
            let one = delay + 1e-3 * (random.uniform() - 0.5) + 1e-4 * (time - Self.start - 10)
            if index % 4 == 2 { continue }
            found.append(time + one)
            expected.append(one * 1e3)
        }
        for _ in 0..<10 { found.append(Self.start + 22 * random.uniform()) }
        let result = try PulseDelay(sent: sent, found: found.shuffled(using: &random), stream: "mic.audio")
        expected.sort()
        // A stranger may stand in for a missing pulse, within the window.
        #expect(result.found >= expected.count && result.found <= expected.count + 2)
        #expect(result.sent == sent.count && result.found + result.lost == sent.count)
        #expect(abs(result.median - delay * 1e3) < 1.2 && result.spread < 2.5)
    }

    @Test func `median, spread and extremes are those of the delays`() throws {
        // By hand: 10, 11, 12, 13, 24 ms: median 12, quartiles 11 and 13.
        let sent = (0..<5).map { Self.start + Double($0) * 2 }
        let found = zip(sent, [0.010, 0.013, 0.011, 0.024, 0.012]).map { $0 + $1 }
        let result = try PulseDelay(sent: sent, found: found, stream: "s")
        #expect(abs(result.median - 12) < 1e-6 && abs(result.spread - 2) < 1e-6)
        #expect(abs(result.delaysMs[0] - 10) < 1e-6 && abs(result.delaysMs[4] - 24) < 1e-6)
    }

    @Test func `nothing, too little and mere strangers are not found`() {
        let sent = sent(3)
        var random = SplitMix64(seed: 11)
        let strangers = (0..<sent.count).map { _ in Self.start + 20 * random.uniform() }
        for found in [[], [sent[0] + 0.02, sent[1] + 0.02, sent[2] + 0.02], strangers] {
            #expect {
                try PulseDelay(sent: sent, found: found, stream: "mic.audio")
            } throws: { error in
                guard case PulseError.notFound(let stream, let count, let all, _) = error else { return false }
                return stream == "mic.audio" && count == sent.count && all == found.count && "\(error)".contains("mic.audio")
            }
        }
    }

    @Test func `an echo is ambiguous, with both delays; one of a third of the pulses is not`() throws {
        let sent = sent(4)
        let echo = sent.map { $0 + 0.03 } + sent.map { $0 + 0.13 }
        #expect {
            try PulseDelay(sent: sent, found: echo, stream: "s")
        } throws: { error in
            guard case PulseError.ambiguous(_, let delays) = error else { return false }
            return delays.count == 2 && abs(delays[0] - 30) < 0.1 && abs(delays[1] - 130) < 0.1
        }
        let weak = sent.map { $0 + 0.03 } + sent.enumerated().filter { $0.offset % 3 == 0 }.map { $0.element + 0.13 }
        #expect(abs(try PulseDelay(sent: sent, found: weak, stream: "s").median - 30) < 0.1)
    }
}
