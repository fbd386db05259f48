import Devices
import Signals
import Synchronization
import Testing
import Transports

/// Sound of a card whose driver stamps it: the stamps are set by the test.
private final class StampedCard: Driver, Transport {
    enum Move {
        /// So many frames with a stamp, after a sleep until some time.
        case frames(Int, HostTime?, after: HostTime)
        case overrun(after: HostTime)
    }

    let backend = "script"
    let port = "script"
    let longestSilence: Double? = nil
    let readSize = 4096
    private(set) var arrival: HostTime?
    private var moves: ArraySlice<Move>

    init(_ moves: [Move]) { self.moves = moves[...] }

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
        guard let move = moves.popFirst() else {
            WorkerThread.sleep(timeout)
            return .nothing
        }
        switch move {
        case .frames(let count, let stamp, let after):
            WorkerThread.sleep(max(0, after - .now()))
            arrival = stamp
            return .bytes(2 * count)
        case .overrun(let after):
            WorkerThread.sleep(max(0, after - .now()))
            return .overrun
        }
    }
}

@Suite struct StampedTransportTests {
    private func run(_ moves: [StampedCard.Move], blocks: Int) throws -> SampleCollector {
        let bench = try Bench(StampedCard(moves), name: "stamped")
        try bench.runner.open()
        bench.start()
        #expect(bench.wait { bench.sink.blocks.count == blocks })
        bench.runner.stop()
        bench.collect()
        return bench.sink
    }

    @Test func `blocks carry the driver's stamps, however late they are read`() throws {
        let first = HostTime.now() + 0.1
        let late = first + 0.1
        let sink = try run([0, 0.01, 0.02, 0.03].map { .frames(160, first + $0, after: late) }, blocks: 4)
        #expect(sink.blocks.map { (($0.hostTime - first) * 1000).rounded() } == [0, 10, 20, 30])
    }

    @Test func `the hole of an overrun is as long as the stamps before and after it say`() throws {
        let first = HostTime.now() + 0.1
        let sink = try run(
            [
                .frames(160, first, after: first + 0.02), .overrun(after: first + 0.03),
                // 0.5 s after the first block's last frame; 8,000 frames were made, 160 of them came. Read late.
                .frames(160, first + 0.5, after: first + 0.55),
            ], blocks: 2)
        #expect(sink.gaps(0) == [Gap(first: 160, count: 7840)])
    }

    @Test func `stamps never go back and never lie in the future`() throws {
        let start = HostTime.now()
        let sink = try run(
            [-50, 1000, -3].map { .frames(160, start + $0, after: start) } + [.frames(160, nil, after: start)], blocks: 4)
        let times = sink.blocks.map(\.hostTime)
        let isOrdered = zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }
        #expect(isOrdered && times[0] >= start && times[3] <= .now())
    }
}
