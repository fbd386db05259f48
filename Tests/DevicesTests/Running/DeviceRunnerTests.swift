import Devices
import Protocols
import Signals
import Testing
import Transports

@Suite struct DeviceRunnerTests {
    private func packets(_ range: Range<Int>) -> [UInt8] {
        range.flatMap {
            CytonPacket(counter: UInt8($0 & 0xFF), counts: [Int32](repeating: Int32($0), count: 8)).bytes
        }
    }

    @Test func `bytes become frames, and a stop ends with one event and one close`() throws {
        let device = ScriptedDevice([.init(moves: [.bytes(packets(0..<10)), .bytes(packets(10..<20))])])
        let bench = try Bench(device)
        try bench.runner.open()
        #expect(bench.runner.streams.map(\.name) == ["script.eeg", "script.accelerometer"])
        bench.start()
        #expect(bench.wait { bench.sink.frames(0) == 20 })
        bench.runner.stop()
        bench.collect()
        #expect(bench.codes == [.started, .stopped])
        #expect(bench.sink.counters(0) == (0..<20).map { UInt64($0) })
        #expect(bench.runner.counts.received(stream: 0) == 20)
        #expect(device.log.stopped == 1 && device.log.closed == 1 && device.log.usedAfterClose == 0)
    }

    @Test func `a lost device is opened again and its counter goes on`() throws {
        let device = ScriptedDevice([
            .init(moves: [.bytes(packets(0..<10)), .lost]), .init(openFails: true),
            .init(moves: [.bytes(packets(0..<5))]),
        ])
        let bench = try Bench(device)
        try bench.runner.open()
        bench.start()
        #expect(bench.wait { bench.sink.frames(0) == 15 })
        bench.runner.stop()
        bench.collect()
        #expect(bench.codes == [.started, .lost, .reconnected, .stopped])
        #expect(bench.sink.events[1].value == 5)  // The error number that the script throws.
        #expect(bench.sink.events[2].value == 2)  // One attempt failed, the second came through.
        #expect(bench.runner.counts.reconnections == 1)
        // The hole is the time that went by between the stamps of the blocks, at 250 frames a second, less the five
        // packets that came in the second piece.
        let blocks = bench.sink.blocks.filter { $0.stream == 0 }
        let away = blocks[1].hostTime - blocks[0].hostTime
        #expect(abs(Double(bench.sink.missing(0)) - (250 * away - 5)) <= 1)
        #expect(device.log.closed == 2 && device.log.usedAfterClose == 0)
    }

    @Test func `the failure is told while the device is away`() throws {
        let device = ScriptedDevice([.init(moves: [.lost])])
        let bench = try Bench(device)
        try bench.runner.open()
        bench.start()
        #expect(bench.wait { bench.runner.failure?.code == .absent })
        bench.runner.stop()
    }

    @Test func `a device that is silent for too long is stalled, then lost, then opened again`() throws {
        let device = ScriptedDevice(
            [.init(moves: [.bytes(packets(0..<1))]), .init(moves: [.bytes(packets(0..<1))])],
            longestSilence: 0.05)
        let bench = try Bench(device)
        try bench.runner.open()
        bench.start()
        #expect(bench.wait { bench.codes.contains(.reconnected) })
        bench.runner.stop()
        #expect(Array(bench.codes.prefix(4)) == [.started, .stalled, .lost, .reconnected])
        #expect(bench.sink.events[1].value >= 50)
    }

    @Test func `an overrun is an event, not a loss`() throws {
        let device = ScriptedDevice([
            .init(moves: [.bytes(packets(0..<2)), .overrun, .bytes(packets(2..<4))])
        ])
        let bench = try Bench(device)
        try bench.runner.open()
        bench.start()
        #expect(bench.wait { bench.sink.frames(0) == 4 })
        bench.runner.stop()
        #expect(bench.codes.prefix(2) == [.started, .overrun])
    }

    @Test func `the wire log has the configuration first, then bytes and events in their order`() throws {
        let first = packets(0..<3)
        let device = ScriptedDevice([.init(moves: [.bytes(first), .lost]), .init()])
        let bench = try Bench(device)
        try bench.runner.open()
        bench.start()
        #expect(bench.wait { bench.codes.contains(.reconnected) })
        bench.runner.stop()
        bench.collect()
        #expect(bench.records.map(\.kind) == [.configuration, .event, .received, .event, .event, .event])
        #expect(bench.records[2].bytes == first)
        #expect(try DecoderConfiguration(json: bench.records[0].bytes) == bench.runner.configuration)
    }

    @Test func `the first opening throws, and a stop after that is harmless`() throws {
        let bench = try Bench(ScriptedDevice([]))
        #expect(throws: TransportError.self) { try bench.runner.open() }
        bench.runner.stop()
        bench.runner.stop()
    }

    @Test func `stop before start closes the device, and twice is once`() throws {
        let device = ScriptedDevice([.init()])
        let bench = try Bench(device)
        try bench.runner.open()
        bench.runner.stop()
        bench.runner.stop()
        #expect(device.log.closed == 1 && device.log.usedAfterClose == 0)
    }

    @Test func `a start that fails is a loss, and the device is opened again`() throws {
        let device = ScriptedDevice([
            .init(startFails: true), .init(writeFails: true), .init(moves: [.bytes(packets(0..<3))]),
        ])
        let bench = try Bench(device)
        try bench.runner.open()
        bench.start()
        #expect(bench.wait { bench.sink.frames(0) == 3 })
        bench.runner.stop()
        bench.collect()
        #expect(bench.codes == [.lost, .reconnected, .stopped])
        #expect(device.log.closed == 3 && device.log.usedAfterClose == 0)
    }

    @Test func `stop while the device is away, and twice, ends the thread`() throws {
        let bench = try Bench(ScriptedDevice([.init(moves: [.lost])]), name: "away-7")
        try bench.runner.open()
        bench.start()
        #expect(bench.wait { bench.codes.contains(.lost) })
        #expect(threads(named: "device away-7") == 1)
        bench.runner.stop()
        bench.runner.stop()
        bench.collect()
        #expect(bench.codes == [.started, .lost, .stopped])
        #expect(threads(named: "device away-7") == 0)
    }
}
