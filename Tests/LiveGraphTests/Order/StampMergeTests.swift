import LiveGraph
import Signals
import Testing

/// Timelines written by hand: what goes out when, and in which order.
@Suite struct StampMergeTests {
    private let clock = VirtualClock(seconds: 0)

    private final class Bench {
        let rings: [SampleRing]
        var merge: StampMerge

        init(_ devices: Int, _ clock: VirtualClock) {
            rings = (0..<devices).map { _ in SampleRing(streams: 1, minimumItems: 64, minimumSamples: 64) }
            merge = StampMerge(rings: rings, largestBlock: 64, clock: clock)
        }

        deinit { merge.deallocate() }

        func put(_ device: Int, at milliseconds: Int64) {
            rings[device].write(DeviceEvent(code: .overrun, value: 0, hostTime: Self.time(milliseconds)))
        }

        func promise(_ device: Int, _ milliseconds: Int64) { rings[device].publishWatermark(Self.time(milliseconds)) }

        /// "device@milliseconds" of all that goes out now.
        func drain() -> [String] {
            var out: [String] = []
            _ = merge.drain { out.append("\($0.device)@\($0.header.hostTime.nanoseconds / 1_000_000)") }
            return out
        }

        static func time(_ milliseconds: Int64) -> HostTime { HostTime(nanoseconds: milliseconds * 1_000_000) }
    }

    @Test func `an item waits until every other device has promised to stamp later`() {
        let bench = Bench(3, clock)
        bench.put(0, at: 10)
        #expect(bench.drain() == [])
        bench.promise(1, 11)
        #expect(bench.drain() == [])
        bench.promise(2, 9)
        #expect(bench.drain() == [])
        bench.promise(2, 12)
        #expect(bench.drain() == ["0@10"])
    }

    @Test func `items go out by stamp, whatever the order in which they came`() {
        let bench = Bench(3, clock)
        for (device, times) in [(2, [3, 9]), (0, [5, 6]), (1, [1, 20])] as [(Int, [Int64])] {
            for time in times { bench.put(device, at: time) }
        }
        for device in 0..<3 { bench.promise(device, 100) }
        #expect(bench.drain() == ["1@1", "2@3", "0@5", "0@6", "2@9", "1@20"])
    }

    @Test func `equal stamps go in the order of the devices, and one that may still come is waited for`() {
        let bench = Bench(3, clock)
        bench.put(1, at: 7)
        bench.put(2, at: 7)
        bench.promise(0, 7)
        // The first device has promised nothing before 7, but may still stamp 7 and would go first.
        #expect(bench.drain() == [])
        bench.put(0, at: 7)
        bench.promise(0, 8)
        bench.promise(1, 7)
        // The second may stamp 7 again, and would go before the third.
        #expect(bench.drain() == ["0@7", "1@7"])
        bench.promise(1, 8)
        #expect(bench.drain() == ["2@7"])
    }

    @Test func `the last device's promise of exactly a stamp lets an earlier device's item of that stamp go`() {
        let bench = Bench(2, clock)
        bench.put(0, at: 7)
        bench.promise(1, 7)
        #expect(bench.drain() == ["0@7"])
    }

    @Test func `an idle device promises the present and no more`() {
        let bench = Bench(2, clock)
        bench.rings[1].setIdle(true)
        bench.put(0, at: 10)
        #expect(bench.drain() == [])
        clock.sleep(0.0101)
        #expect(bench.drain() == ["0@10"])
    }

    @Test func `a silent device that does not promise holds the others up, until it is lost`() {
        let bench = Bench(2, clock)
        bench.promise(1, 5)
        for time in stride(from: Int64(1), to: 100, by: 10) { bench.put(0, at: time) }
        clock.sleep(0.2)
        #expect(bench.drain() == ["0@1"])
        bench.rings[1].setIdle(true)
        #expect(bench.drain().count == 9)
    }

    @Test func `a device alone waits for nobody`() {
        let bench = Bench(1, clock)
        bench.put(0, at: 10)
        #expect(bench.drain() == ["0@10"])
    }
}
