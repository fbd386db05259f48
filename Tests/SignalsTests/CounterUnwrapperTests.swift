import Signals
import Testing

@Suite struct CounterUnwrapperTests {
    @Test func `a byte counter at 250 Hz grows without a hole across its wraps`() {
        var unwrapper = CounterUnwrapper(modulus: 256, rate: 250)
        for frame in 0..<2000 {
            let step = unwrapper.next(raw: UInt64(frame % 256), at: HostTime(seconds: Double(frame) / 250))
            #expect(step == .forward(counter: UInt64(frame), missing: 0))
        }
    }

    @Test func `missing frames are counted, also when more than a whole turn is lost`() {
        var unwrapper = CounterUnwrapper(modulus: 256, rate: 250)
        _ = unwrapper.next(raw: 0, at: HostTime(seconds: 0))
        #expect(unwrapper.next(raw: 5, at: HostTime(seconds: 0.02)) == .forward(counter: 5, missing: 4))
        // 1000 frames later (4 s), within a few milliseconds of arrival jitter.
        #expect(
            unwrapper.next(raw: UInt64(1005 % 256), at: HostTime(seconds: 4.031))
                == .forward(counter: 1005, missing: 999))
    }

    @Test func `a frame that comes twice is a duplicate`() {
        var unwrapper = CounterUnwrapper(modulus: 256, rate: 250)
        _ = unwrapper.next(raw: 7, at: HostTime(seconds: 0))
        _ = unwrapper.next(raw: 8, at: HostTime(seconds: 0.004))
        #expect(unwrapper.next(raw: 8, at: HostTime(seconds: 0.005)) == .duplicate)
        #expect(unwrapper.next(raw: 7, at: HostTime(seconds: 0.006)) == .duplicate)
        #expect(unwrapper.next(raw: 9, at: HostTime(seconds: 0.008)) == .forward(counter: 9, missing: 0))
    }

    @Test func `a restarted device leaves a hole as long as the interruption`() {
        var unwrapper = CounterUnwrapper(modulus: 256, rate: 250)
        _ = unwrapper.next(raw: 200, at: HostTime(seconds: 0))
        #expect(unwrapper.restart(raw: 0, at: HostTime(seconds: 2)) == .forward(counter: 700, missing: 499))
        #expect(unwrapper.next(raw: 1, at: HostTime(seconds: 2.004)) == .forward(counter: 701, missing: 0))
        #expect(unwrapper.next(raw: 3, at: HostTime(seconds: 2.012)) == .forward(counter: 703, missing: 1))
    }
}
