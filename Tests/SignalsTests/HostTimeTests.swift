import Signals
import Testing

@Suite struct HostTimeTests {
    static let farthest = HostTime(nanoseconds: .max)
    static let earliest = HostTime(nanoseconds: .min)

    @Test func `seconds become nanoseconds, to the nearest`() {
        #expect(HostTime(seconds: 1.5).nanoseconds == 1_500_000_000)
        #expect(HostTime(seconds: -2e-9).nanoseconds == -2)
        #expect((HostTime(nanoseconds: 7) + 0.000_000_001_6).nanoseconds == 9)
    }

    @Test(
        arguments: [
            (1e11, HostTimeTests.farthest), (-1e11, HostTimeTests.earliest), (Double.infinity, HostTimeTests.farthest),
            (-Double.infinity, HostTimeTests.earliest),
            (Double.greatestFiniteMagnitude, HostTimeTests.farthest),
            (Double.nan, HostTime(nanoseconds: 0)), (9.3e9, HostTimeTests.farthest), (-9.3e9, HostTimeTests.earliest),
            (Double.leastNonzeroMagnitude, HostTime(nanoseconds: 0)),
        ] as [(Double, HostTime)]) func `seconds that no clock holds give the farthest moment on their side, NaN gives 0`(
            seconds: Double, time: HostTime
        )
    {
        #expect(HostTime(seconds: seconds) == time)
    }

    @Test func `no sum and no difference leaves the range`() {
        let steps = [0, 1, -1, 1e11, -1e11, Double.infinity, -Double.infinity, 1e300, 5e9, -5e9]
        for start in [Int64.min, .min + 1, -1, 0, 1, .max - 1, .max].map(HostTime.init(nanoseconds:)) {
            #expect(start + .nan == start)
            for step in steps {
                let sum = start + step
                // In Double, which has room for all of them, to its rounding.
                let exact = max(-0x1p63, min(0x1p63, Double(start.nanoseconds) + step * 1e9))
                #expect(abs(Double(sum.nanoseconds) - exact) <= 0x1p11, "\(start) + \(step)")
                #expect(abs((sum - start) - (Double(sum.nanoseconds) - Double(start.nanoseconds)) * 1e-9) < 1e-3)
            }
        }
        // 2⁶⁴ − 1 nanoseconds are 584.9 years.
        #expect(Self.farthest - Self.earliest == 0x1p64 * 1e-9 && Self.earliest - Self.farthest == -0x1p64 * 1e-9)
    }

    @Test func `integers from foreign numbers`() {
        #expect(UInt64(saturating: -1) == 0 && UInt64(saturating: 2.9) == 2 && UInt64(saturating: .nan) == 0)
        #expect(UInt64(saturating: 0x1p64) == .max && UInt64(saturating: 0x1p63) == 1 << 63)
        #expect(Int(saturating: -.infinity) == .min && Int(saturating: 0x1p63) == .max && UInt8(saturating: 255.5) == 255)
    }

    @Test func `clocks take times that cannot be and trap nowhere`() {
        var map = ClockMap(nominalRate: 250)
        var history = ClockHistory(nominalRate: 250)
        var frames = FrameClock(nominalRate: 250)
        for (number, time) in [Int64.min, .max, 0, .min, .max].enumerated() {
            map.observe(counter: UInt64(number) << 60, host: HostTime(nanoseconds: time))
            _ = (map.host(at: .nan), map.host(at: 1e300), map.counter(at: HostTime(nanoseconds: .max)))
            history.observe(counter: UInt64(number) << 60, host: HostTime(nanoseconds: time))
            frames.observe(counter: UInt64(number) << 60, at: HostTime(nanoseconds: time)) { _ in }
            var item = SampleRingItem(
                stream: 0, channels: 1, frames: 1, firstCounter: .max, missingBefore: 0, hostTime: HostTime(nanoseconds: time))
            frames.stamp(&item, counter: 0x1p64)
        }
        #expect(history.curve().host(at: 1e300) != nil && history.curve().host(at: 0) != nil)
    }
}

@Suite struct OpenHoleTests {
    private func hole(_ seconds: Double, isAway: Bool, rate: Double) -> OpenHole {
        OpenHole(last: HostTime(seconds: 50), now: HostTime(seconds: 50) + seconds, isAway: isAway, rate: rate)
    }

    @Test func `a device that is away is missing rate times time`() {
        #expect(hole(3.8, isAway: true, rate: 250).frames == .count(950))
        #expect(abs(hole(3.8, isAway: true, rate: 250).seconds - 3.8) < 1e-9)
        #expect(hole(0.0041, isAway: true, rate: 250).frames == .count(1))
        #expect(hole(3.8, isAway: true, rate: 250).isOpen)
    }

    @Test func `frames of a device that is there may be under way`() {
        #expect(hole(0.2, isAway: false, rate: 512) == .closed && !hole(0.2, isAway: false, rate: 512).isOpen)
        #expect(hole(2, isAway: false, rate: 512).frames == .count(1024))
    }

    @Test(arguments: [0, -Double.infinity, Double.infinity, Double.nan]) func `without a rate nobody knows`(rate: Double) {
        #expect(hole(2, isAway: true, rate: rate).frames == .unknown)
        #expect(hole(2, isAway: false, rate: rate) == .closed)
    }

    @Test func `time that goes back is no hole, and no time is too long`() {
        #expect(hole(-5, isAway: true, rate: 250) == .closed)
        #expect(hole(1e30, isAway: true, rate: 1e30).frames == .count(.max))
    }
}
