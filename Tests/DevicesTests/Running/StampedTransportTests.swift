import Devices
import Signals
import Testing
import Transports

/// Sound of a card whose driver stamps it: the stamps and the times of the reads are set by the test.
private final class StampedCard: Driver, Transport {
    enum Move {
        /// So many frames with a stamp, read at some time.
        case frames(Int, HostTime?, at: HostTime)
        case overrun(at: HostTime)
        /// The wait ends without anything.
        case nothing(at: HostTime)
        case lost(at: HostTime)
    }

    let backend = "script"
    let port = "script"
    let framing = TransportFraming.stamped
    let longestSilence: Double? = nil
    let readSize = 4096
    private(set) var arrival: HostTime?
    private let clock: VirtualClock
    private var moves: ArraySlice<Move>

    init(_ moves: [Move], _ clock: VirtualClock) {
        self.moves = moves[...]
        self.clock = clock
    }

    func open(tap: WireTap) throws(TransportError) -> OpenedDevice {
        OpenedDevice(
            transport: self,
            configuration: .alsa(ALSAConfiguration(name: "d", port: "script", format: .s16, rate: 16_000, channels: 1)))
    }

    func start(_ device: OpenedDevice, tap: WireTap) throws(TransportError) {}
    func stop(_ device: OpenedDevice, tap: WireTap) {}
    func write(_ bytes: UnsafeRawBufferPointer, timeout: Double) throws(TransportError) {}
    func close() {}

    func read(into buffer: UnsafeMutableRawBufferPointer, timeout: Double) throws(TransportError) -> TransportRead {
        switch moves.popFirst() {
        case .frames(let count, let stamp, let time):
            clock.sleep(until: time)
            arrival = stamp
            return .bytes(2 * count)
        case .overrun(let time):
            clock.sleep(until: time)
            return .overrun
        case .nothing(let time):
            clock.sleep(until: time)
            return .nothing
        case .lost(let time):
            clock.sleep(until: time)
            throw TransportError(.gone, port: port, detail: "unplugged")
        case nil:
            clock.sleep(timeout)
            return .nothing
        }
    }
}

@Suite struct StampedTransportTests {
    private let clock = VirtualClock()

    private func bench(_ moves: [StampedCard.Move]) throws -> Bench {
        let bench = try Bench(StampedCard(moves, clock), clock: clock)
        try bench.runner.open()
        bench.prepare()
        return bench
    }

    private func run(_ moves: [StampedCard.Move], blocks: Int) throws -> SampleCollector {
        let bench = try bench(moves)
        #expect(bench.step { bench.sink.blocks.count == blocks })
        bench.runner.stop()
        bench.collect()
        return bench.sink
    }

    @Test func `blocks carry the driver's stamps, however late they are read`() throws {
        let first = clock.now() + 0.1
        let late = first + 0.1
        let sink = try run([0, 0.01, 0.02, 0.03].map { .frames(160, first + $0, at: late) }, blocks: 4)
        #expect(sink.blocks.map { (($0.hostTime - first) * 1000).rounded() } == [0, 10, 20, 30])
    }

    @Test func `the hole of an overrun is as long as the stamps before and after it say`() throws {
        let first = clock.now() + 0.1
        let sink = try run(
            [
                .frames(160, first, at: first + 0.02), .overrun(at: first + 0.03),
                // 0.5 s after the first block's last frame; 8,000 frames were made, 160 of them came. Read late.
                .frames(160, first + 0.5, at: first + 0.55),
            ], blocks: 2)
        #expect(sink.gaps(0) == [Gap(first: 160, count: 7840)])
    }

    @Test func `stamps grow, whatever the driver says, and never lie in the future`() throws {
        let start = clock.now()
        let moves = [-50, 1000, -3].enumerated().map {
            StampedCard.Move.frames(160, start + $1, at: start + 0.1 * Double($0 + 1))
        }
        let sink = try run(moves + [.frames(160, nil, at: start + 0.4), .frames(160, start, at: start + 0.5)], blocks: 5)
        let times = sink.blocks.map(\.hostTime)
        let isOrdered = zip(times, times.dropFirst()).allSatisfy { $0 < $1 }
        #expect(isOrdered && times[0] >= start && times[4] <= clock.now())
        // The second claims to come from the future: it is stamped with its read. So is the fourth, which has no stamp.
        #expect(times[1] == start + 0.2 && times[3] == start + 0.4)
    }

    @Test func `a card that waits promises its last stamp, not the present, for its next block may be older`() throws {
        let start = clock.now()
        let bench = try bench([
            .frames(160, start + 0.005, at: start + 0.01), .nothing(at: start + 0.03),
            .frames(160, start + 0.015, at: start + 0.04),
        ])
        #expect(bench.step { !bench.sink.blocks.isEmpty })
        #expect(bench.ring.watermark(now: clock.now()) == start + 0.005)
        // The wait that finds nothing proves nothing.
        _ = bench.runner.step()
        #expect(clock.now() == start + 0.03 && bench.ring.watermark(now: clock.now()) == start + 0.005)
        #expect(bench.step { bench.sink.blocks.count == 2 })
        #expect(bench.sink.blocks[1].hostTime == start + 0.015)
        bench.runner.stop()
    }

    @Test func `a card that is lost or stopped holds nobody up, and one that comes back never stamps before its return`() throws
    {
        let start = clock.now()
        let bench = try bench([
            .frames(160, start + 0.005, at: start + 0.01), .lost(at: start + 0.02), .frames(160, start + 0.1, at: start + 0.5),
        ])
        #expect(bench.step { bench.codes.contains(.lost) })
        let whileAway = clock.now() + 0.05
        #expect(bench.ring.watermark(now: whileAway) == whileAway)
        #expect(bench.step { bench.sink.blocks.count == 2 })
        #expect(bench.sink.blocks[1].hostTime >= bench.sink.events[2].hostTime)
        bench.runner.stop()
        #expect(bench.ring.watermark(now: start + 9) == start + 9)
    }
}
