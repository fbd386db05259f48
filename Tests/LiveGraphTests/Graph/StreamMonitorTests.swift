import LiveGraph
import Signals
import Testing

@Suite struct StreamMonitorTests {
    private static func monitor(rate: Double) -> StreamMonitor {
        StreamMonitor(
            StreamDescription(
                name: "d.eeg", kind: .eeg, channels: [.init(label: "1", unit: .volt)], nominalRate: rate, device: "d"))
    }

    private static func block(_ first: UInt64, _ frames: Int, missing: UInt64 = 0, at seconds: Double) -> SampleRingItem {
        SampleRingItem(
            stream: 0, channels: 1, frames: frames, firstCounter: first, missingBefore: missing,
            hostTime: HostTime(seconds: seconds))
    }

    @Test func `frames and holes are counted, clock offsets are neither`() {
        var monitor = Self.monitor(rate: 250)
        monitor.take(Self.block(0, 10, at: 1))
        monitor.take(Self.block(15, 3, missing: 5, at: 1.1))
        monitor.take(SampleRingItem(stream: 0, clockOffset: 2, deviceTime: 7, hostTime: HostTime(seconds: 1.2)))
        #expect(monitor.received == 13 && monitor.missing == 5)
    }

    @Test func `its clock knows when a frame was, as the stamps of the blocks' last frames say`() throws {
        var monitor = Self.monitor(rate: 250)
        // Blocks of five frames, 20 ms each, each stamped with its last frame's time.
        for number in 0..<200 {
            monitor.take(Self.block(UInt64(5 * number), 5, at: 10 + 0.02 * Double(number + 1)))
        }
        let clock = try #require(monitor.clock)
        // The last frame of the tenth block: 49.
        #expect(abs(clock.host(at: 49) - HostTime(seconds: 10.2)) < 0.001)
        monitor.deviceReturned()
        #expect(monitor.clock?.host(at: 49) == nil && monitor.received == 1000)
    }

    @Test func `a stream without a rate has no clock`() {
        var monitor = Self.monitor(rate: 0)
        monitor.take(Self.block(0, 1, at: 1))
        #expect(monitor.clock == nil && monitor.received == 1)
    }

    @Test func `a known delay is taken off the stamps of a device's own clock, and off arrivals in their stead`() throws {
        let own = StreamDescription(
            name: "d.eeg", kind: .eeg, channels: [.init(label: "1", unit: .volt)], nominalRate: 250, device: "d",
            hasOwnClock: true)
        let item = SampleRingItem(
            stream: 0, channels: 1, frames: 1, firstCounter: 0, missingBefore: 0, hostTime: HostTime(seconds: 50), deviceTime: 7
        )
        var monitor = StreamMonitor(own, latency: 0.25)
        monitor.take(item)
        #expect(monitor.clock?.host(at: 0) == HostTime(seconds: 49.75))
        monitor.take(SampleRingItem(stream: 0, clockOffset: 42.5, deviceTime: 7, hostTime: HostTime(seconds: 50)))
        #expect(monitor.hostTime(of: item) == HostTime(seconds: 49.25))
        // Blocks of other streams come with times that are without it already.
        var other = own
        other.hasOwnClock = false
        var plain = StreamMonitor(other, latency: 0.25)
        plain.take(Self.block(0, 1, at: 50))
        #expect(plain.clock?.host(at: 0) == HostTime(seconds: 50))
    }

    @Test func `the device's own stamp counts once its clock was measured, and not after its return`() {
        var monitor = Self.monitor(rate: 250)
        let item = SampleRingItem(
            stream: 0, channels: 1, frames: 1, firstCounter: 0, missingBefore: 0, hostTime: HostTime(seconds: 50), deviceTime: 7
        )
        #expect(monitor.hostTime(of: item) == nil)
        monitor.take(SampleRingItem(stream: 0, clockOffset: 42.5, deviceTime: 7, hostTime: HostTime(seconds: 50)))
        #expect(monitor.hostTime(of: item) == HostTime(seconds: 49.5))
        monitor.deviceReturned()
        #expect(monitor.hostTime(of: item) == nil)
    }
}
