import Signals
import Testing

/// A device's known delay, taken off the times of its frames.
@Suite struct StreamClocksTests {
    private static let streams = [
        StreamDescription(name: "d.eeg", kind: .eeg, channels: [.init(label: "1", unit: .volt)], nominalRate: 250, device: "d"),
        StreamDescription(
            name: "d.odd", kind: .auxiliary, channels: [.init(label: "1", unit: .count)], nominalRate: 0, device: "d"),
        StreamDescription(
            name: "d.own", kind: .eeg, channels: [.init(label: "1", unit: .volt)], nominalRate: 250, device: "d",
            hasOwnClock: true),
    ]

    private static func block(_ stream: Int, _ number: Int, at time: HostTime) -> SampleRingItem {
        SampleRingItem(
            stream: stream, channels: 1, frames: 5, firstCounter: UInt64(5 * number), missingBefore: 0, hostTime: time,
            deviceTime: stream == 2 ? 7 : nil)
    }

    /// Blocks of five frames with jitter, and a step of the rate that is told as an event.
    private func stamped(latency: Double) -> (items: [SampleRingItem], events: [DeviceEvent]) {
        var random = SplitMix64(seed: 3)
        var clocks = StreamClocks(Self.streams, latency: latency)
        var items: [SampleRingItem] = []
        var events: [DeviceEvent] = []
        for number in 0..<2000 {
            let time = HostTime(seconds: 10 + 0.0201 * Double(number + 1) + 0.004 * random.uniform())
            for stream in 0..<3 {
                var item = Self.block(stream, number, at: time)
                clocks.stamp(&item) { events.append($0) }
                items.append(item)
            }
        }
        return (items, events)
    }

    @Test func `all times are earlier by the delay, to the nanosecond, and nothing else changes`() throws {
        let (without, events) = stamped(latency: 0)
        let (with, sameEvents) = stamped(latency: 0.0375)
        #expect(events == sameEvents && !events.isEmpty)
        for (a, b) in zip(without, with) where a.stream == 0 {
            let (plain, moved) = (try #require(a.made), try #require(b.made))
            #expect(plain.nanoseconds - moved.nanoseconds == 37_500_000)
            #expect(a.framePeriod == b.framePeriod && a.hostTime == b.hostTime && a.firstCounter == b.firstCounter)
        }
    }

    @Test func `what comes irregularly was sampled so long before it came`() {
        for item in stamped(latency: 0.5).items where item.stream == 1 {
            #expect(item.made.map { item.hostTime.nanoseconds - $0.nanoseconds } == 500_000_000 && item.framePeriod == 0)
        }
        #expect(stamped(latency: 0).items.allSatisfy { $0.stream != 1 || $0.made == nil })
    }

    @Test func `a stream that its own clock stamps keeps its stamps`() {
        for item in stamped(latency: 0.5).items where item.stream == 2 { #expect(item.made == nil && item.deviceTime == 7) }
    }

    @Test func `times that a decoder has put in are moved once`() {
        var first = StreamClocks(Self.streams)
        var item = Self.block(0, 0, at: HostTime(seconds: 20))
        first.stamp(&item) { _ in }
        let made = item.made
        var second = StreamClocks(Self.streams, latency: 0.25)
        second.stamp(&item) { _ in }
        #expect(made.map { $0 + -0.25 } == item.made && item.made != nil)
    }
}
