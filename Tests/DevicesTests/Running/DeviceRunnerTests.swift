import Devices
import Protocols
import Signals
import Testing
import Transports

/// The runner's loop in virtual time: each test makes the steps of the thread itself.
@Suite struct DeviceRunnerTests {
    private let clock = VirtualClock()

    private func bench(
        _ openings: [ScriptedDevice.Opening], longestSilence: Double? = nil, readSize: Int = 4096,
        framing: TransportFraming = .stream
    ) throws -> (Bench, ScriptedDevice) {
        let device = ScriptedDevice(
            openings, longestSilence: longestSilence, readSize: readSize, framing: framing, clock: clock)
        let bench = try Bench(device, clock: clock)
        try bench.runner.open()
        return (bench, device)
    }

    private func packets(_ range: Range<Int>) -> [UInt8] {
        range.flatMap {
            CytonPacket(counter: UInt8($0 & 0xFF), counts: [Int32](repeating: Int32($0), count: 8)).bytes
        }
    }

    @Test func `bytes become frames, and a stop ends with one event and one close`() throws {
        let (bench, device) = try bench([.init(moves: [.bytes(packets(0..<10)), .bytes(packets(10..<20))])])
        #expect(bench.runner.streams.map(\.name) == ["script.eeg", "script.accelerometer"])
        bench.prepare()
        #expect(bench.step { bench.sink.frames(0) == 20 })
        bench.runner.stop()
        bench.collect()
        #expect(bench.codes == [.started, .stopped])
        #expect(bench.sink.counters(0) == (0..<20).map { UInt64($0) })
        #expect(bench.runner.counts.received(stream: 0) == 20)
        #expect(device.log.stopped == 1 && device.log.closed == 1 && device.log.usedAfterClose == 0)
    }

    @Test func `a known delay makes the frames' times earlier, and neither arrivals nor the wire log`() throws {
        func run(_ latency: Double) throws -> (items: [SampleRingItem], wire: [[UInt8]]) {
            let clock = VirtualClock()
            let moves = (0..<50).flatMap { [.bytes(packets(5 * $0..<5 * $0 + 5)), .silence(0.02)] as [ScriptedDevice.Move] }
            let device = ScriptedDevice([.init(moves: moves)], clock: clock)
            let bench = try Bench(device, clock: clock, latency: latency)
            try bench.runner.open()
            bench.prepare()
            #expect(bench.step { bench.sink.frames(0) == 250 })
            return (bench.sink.items, bench.records.map(\.bytes))
        }
        let (plain, moved) = (try run(0), try run(0.05))
        #expect(plain.items.count == moved.items.count && plain.wire == moved.wire && !plain.wire.isEmpty)
        for (a, b) in zip(plain.items, moved.items) {
            #expect(a.hostTime == b.hostTime && a.firstCounter == b.firstCounter)
            // Of both streams: the decoder's clock stamps them.
            let (made, earlier) = (try #require(a.made), try #require(b.made))
            #expect(made.nanoseconds - earlier.nanoseconds == 50_000_000)
        }
    }

    @Test func `a lost device is opened again and its counter goes on`() throws {
        let (bench, device) = try bench([
            .init(moves: [.bytes(packets(0..<10)), .lost]), .init(openFails: true),
            .init(moves: [.bytes(packets(0..<5))]),
        ])
        bench.prepare()
        #expect(bench.step { bench.sink.frames(0) == 15 })
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
        #expect(abs(away - 0.3) < 1e-6)  // A pause of 0.1 s before the first attempt, of 0.2 s before the second.
        #expect(abs(Double(bench.sink.missing(0)) - (250 * away - 5)) <= 1)
        #expect(device.log.closed == 2 && device.log.usedAfterClose == 0)
    }

    @Test func `the failure is told while the device is away, and why it does not come back`() throws {
        let (bench, _) = try bench([.init(moves: [.lost])])
        bench.prepare()
        #expect(bench.runner.failure == nil && bench.runner.failureText == nil)
        #expect(bench.step { bench.runner.failure != nil })
        #expect(bench.runner.failureText == "lost: script: unplugged")
        #expect(bench.step { bench.runner.failure?.code == .absent })
        #expect(bench.runner.failureText == "lost: script: unplugged; not opened again: script: there is no device")
        bench.runner.stop()
        #expect(bench.runner.failureText == "lost: script: unplugged; not opened again: script: there is no device")
    }

    @Test func `a device that is back has no failure`() throws {
        let (bench, _) = try bench([.init(moves: [.lost]), .init(moves: [.bytes(packets(0..<1))])])
        bench.prepare()
        #expect(bench.step { bench.sink.frames(0) == 1 })
        #expect(bench.runner.failureText == nil && !bench.runner.counts.deviceIsAway)
        bench.runner.stop()
    }

    @Test func `a device that is silent for too long is stalled, then lost, then opened again`() throws {
        let (bench, _) = try bench(
            [.init(moves: [.bytes(packets(0..<1))]), .init(moves: [.bytes(packets(0..<1))])], longestSilence: 0.5)
        bench.prepare()
        #expect(bench.step { bench.codes.contains(.reconnected) })
        bench.runner.stop()
        #expect(Array(bench.codes.prefix(4)) == [.started, .stalled, .lost, .reconnected])
        // Waits of 0.1 s: the sixth is the first that ends more than half a second after the last byte.
        #expect((500...600).contains(bench.sink.events[1].value))
    }

    @Test(arguments: [1.2, 3, 5]) func `a pause of the machine is no silence of the device: what waits is read first`(
        pause: Double
    ) throws {
        let (bench, device) = try bench(
            [.init(moves: [.bytes(packets(0..<10)), .standstill(pause), .bytes(packets(10..<20))])], longestSilence: 1)
        bench.prepare()
        #expect(bench.step(seconds: 10) { bench.sink.frames(0) == 20 })
        bench.runner.stop()
        bench.collect()
        #expect(bench.codes == [.started, .stopped] && device.log.opened == 1)
    }

    @Test func `many pauses of the machine in a row are no silence either: it counts what was waited through`() throws {
        // The firmware may be a program on this machine, which was not let run either. 0.9 s of 20 are waits.
        let pauses = (0..<8).map { _ in ScriptedDevice.Move.standstill(2.5) }
        let (bench, device) = try bench(
            [.init(moves: [.bytes(packets(0..<10))] + pauses + [.bytes(packets(10..<20))])], longestSilence: 1)
        bench.prepare()
        #expect(bench.step(seconds: 30) { bench.sink.frames(0) == 20 })
        bench.runner.stop()
        bench.collect()
        #expect(bench.codes == [.started, .stopped] && device.log.opened == 1)
    }

    @Test func `bytes of half a packet after a pause of the machine are no garbage`() throws {
        let all = packets(0..<11)
        let (bench, _) = try bench(
            [
                .init(moves: [
                    .bytes(Array(all[..<330])), .silence(0.9), .standstill(3), .bytes(Array(all[330..<340])),
                    .bytes(Array(all[340...])),
                ])
            ],
            longestSilence: 1.2)
        bench.prepare()
        #expect(bench.step(seconds: 10) { bench.sink.frames(0) == 11 })
        bench.runner.stop()
        bench.collect()
        #expect(bench.codes == [.started, .stopped])
    }

    @Test func `a pause of the machine after which nothing waits is a stall`() throws {
        let (bench, _) = try bench([.init(moves: [.bytes(packets(0..<10)), .standstill(3)])], longestSilence: 1)
        bench.prepare()
        #expect(bench.step { bench.codes.contains(.lost) })
        #expect(bench.codes == [.started, .stalled, .lost])
        bench.runner.stop()
    }

    /// Linux hands out 4,095 bytes of a terminal at most, and after that perhaps a few until its buffers have moved up.
    @Test(arguments: [[4095, 4095, 4095, 300], [4095, 60, 4095, 2], [2048, 1]])
    func `a backlog in many reads is one piece with one stamp`(sizes: [Int]) throws {
        let all = packets(0..<400)
        var rest = all[...]
        var moves: [ScriptedDevice.Move] = [.silence(2)]
        for size in sizes {
            moves.append(.bytes(Array(rest.prefix(size))))
            rest = rest.dropFirst(size)
        }
        let total = sizes.reduce(0, +)
        let (bench, _) = try bench([.init(moves: moves + [.silence(0.01)])], readSize: 1 << 17)
        bench.prepare()
        #expect(bench.step { bench.sink.frames(0) == total / CytonPacket.size })
        bench.runner.stop()
        bench.collect()
        #expect(bench.records.filter { $0.kind == .received }.map(\.bytes) == [Array(all.prefix(total))])
        #expect(Set(bench.sink.blocks.map(\.hostTime)) == [HostTime(seconds: 1002)])
        #expect(bench.sink.missing(0) == 0)
    }

    @Test func `a backlog that is longer than the buffer comes in pieces of the buffer's size, nothing lost`() throws {
        let all = packets(0..<500)
        let (bench, _) = try bench(
            [.init(moves: stride(from: 0, to: all.count, by: 4095).map { .bytes(Array(all[$0..<min($0 + 4095, all.count)])) })],
            readSize: 8192)
        bench.prepare()
        #expect(bench.step { bench.sink.frames(0) == 500 })
        bench.runner.stop()
        bench.collect()
        let pieces = bench.records.filter { $0.kind == .received }.map(\.bytes)
        #expect(pieces.map(\.count) == [8192, 8192, 116] && pieces.flatMap(\.self) == all)
    }

    @Test func `a short read costs no second one`() throws {
        let (bench, device) = try bench([.init(moves: (0..<100).map { .bytes(packets($0..<$0 + 1)) })])
        bench.prepare()
        #expect(bench.step { bench.sink.frames(0) == 100 })
        #expect(device.log.reads == 100)
        bench.runner.stop()
    }

    @Test func `what came before a loss in the middle of a backlog is delivered before the loss`() throws {
        let all = packets(0..<200)
        let (bench, _) = try bench(
            [.init(moves: [.bytes(Array(all[..<4095])), .bytes(Array(all[4095...])), .lost])], readSize: 1 << 16)
        bench.prepare()
        #expect(bench.step { bench.codes.contains(.lost) })
        bench.runner.stop()
        #expect(bench.sink.frames(0) == 200)
    }

    /// Whole messages have stamps of their own: they are never joined, and never have the same stamp, which a replay would join.
    @Test func `messages that wait together stay apart`() throws {
        let all = (0..<4).map { packets($0 * 70..<($0 + 1) * 70) }
        let (bench, _) = try bench([.init(moves: all.map { .bytes($0) })], framing: .messages)
        bench.prepare()
        #expect(bench.step { bench.sink.frames(0) == 280 })
        bench.runner.stop()
        bench.collect()
        #expect(bench.records.filter { $0.kind == .received }.map(\.bytes) == all)
        #expect(Set(bench.records.filter { $0.kind == .received }.map(\.time)).count == 4)
    }

    @Test func `what waited while other devices were opened is one piece, whose last byte came at the first read`() throws {
        // 1.7 s of a board that streams unasked.
        let (bench, _) = try bench(
            [.init(moves: [.bytes(packets(0..<425)), .silence(0.004), .bytes(packets(425..<426))])], readSize: 1 << 17)
        clock.sleep(1.7)
        bench.prepare()
        #expect(bench.step { bench.sink.frames(0) == 426 })
        bench.runner.stop()
        bench.collect()
        let eeg = bench.sink.blocks.filter { $0.stream == 0 }
        #expect(Set(eeg.dropLast().map(\.hostTime)) == [HostTime(seconds: 1001.7)])
        #expect(eeg.last?.hostTime == HostTime(seconds: 1001.704) && bench.sink.missing(0) == 0)
        #expect(bench.sink.events.last.map { event in eeg.allSatisfy { $0.hostTime <= event.hostTime } } == true)
    }

    @Test func `the open hole of a device that does not come back is what its rate gives until the stop`() throws {
        // 300 frames, then nothing for the rest of 5 s at 250 frames a second.
        var moves = (0..<300).flatMap { [ScriptedDevice.Move.silence(0.004), .bytes(packets($0..<$0 + 1))] }
        moves += [.silence(0.004), .lost]
        let (bench, _) = try bench([.init(moves: moves)])
        bench.prepare()
        #expect(bench.step { bench.sink.frames(0) == 300 })
        #expect(bench.runner.openHole(stream: 0) == .closed)
        _ = bench.step(seconds: 3.8) { false }
        let away = clock.now() - HostTime(seconds: 1001.2)
        #expect(abs(away - 3.8) < 0.05)
        bench.runner.stop()
        #expect(bench.runner.openHole(stream: 0).frames == .count(UInt64(away * 250)))
        // It ended with the run.
        clock.sleep(100)
        #expect(bench.runner.openHole(stream: 0).frames == .count(UInt64(away * 250)))
        #expect(bench.runner.openHole(stream: 0, rate: 500).frames == .count(UInt64(away * 500)))
        #expect(bench.runner.openHole(stream: 0, rate: 0).frames == .unknown)
        #expect(bench.runner.counts.missing(stream: 0) == 0)
    }

    @Test func `an overrun is an event, not a loss`() throws {
        let (bench, _) = try bench([.init(moves: [.bytes(packets(0..<2)), .overrun, .bytes(packets(2..<4))])])
        bench.prepare()
        #expect(bench.step { bench.sink.frames(0) == 4 })
        bench.runner.stop()
        #expect(bench.codes.prefix(2) == [.started, .overrun])
    }

    @Test func `the wire log has the configuration first, then bytes and events in their order`() throws {
        let first = packets(0..<3)
        let (bench, _) = try bench([.init(moves: [.bytes(first), .lost]), .init()])
        let configuration = bench.runner.configuration
        bench.prepare()
        #expect(bench.step { bench.codes.contains(.reconnected) })
        bench.runner.stop()
        bench.collect()
        #expect(bench.records.map(\.kind) == [.configuration, .event, .received, .event, .event, .event])
        #expect(bench.records[2].bytes == first)
        #expect(try DecoderConfiguration(json: bench.records[0].bytes) == configuration)
        #expect(bench.runner.configuration == configuration)
    }

    @Test func `a start that fails is a loss, and the device is opened again`() throws {
        let (bench, device) = try bench([
            .init(startFails: true), .init(writeFails: true), .init(moves: [.bytes(packets(0..<3))]),
        ])
        bench.prepare()
        #expect(bench.step { bench.sink.frames(0) == 3 })
        bench.runner.stop()
        bench.collect()
        #expect(bench.codes == [.lost, .reconnected, .stopped])
        #expect(device.log.closed == 3 && device.log.usedAfterClose == 0)
    }
}

/// The runner's thread, in real time.
@Suite struct DeviceRunnerThreadTests {
    private let packet = CytonPacket(counter: 0, counts: [Int32](repeating: 0, count: 8)).bytes

    @Test func `a thread runs the steps until the stop`() throws {
        let device = ScriptedDevice([.init(moves: [.bytes(packet)])])
        let bench = try Bench(device, name: "steps-7")
        try bench.runner.open()
        bench.start()
        #expect(bench.wait { bench.sink.frames(0) == 1 })
        #expect(hasThreads(1, named: "device steps-7"))
        bench.runner.stop()
        bench.collect()
        #expect(bench.codes == [.started, .stopped] && hasThreads(0, named: "device steps-7"))
    }

    @Test func `what is known of the device may be asked while its thread loses and opens it`() throws {
        let device = ScriptedDevice((0..<40).map { _ in .init(moves: [.bytes(packet), .lost]) })
        let bench = try Bench(device)
        try bench.runner.open()
        bench.start()
        var asked = 0
        #expect(
            bench.wait {
                asked += bench.runner.streams.count + (bench.runner.configuration == nil ? 0 : 1)
                asked += bench.runner.backend.count + Int(bench.runner.counts.reconnections)
                return bench.runner.counts.reconnections >= 3
            })
        bench.runner.stop()
        #expect(asked > 0)
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

    @Test func `stop while the device is away, and twice, ends the thread`() throws {
        let bench = try Bench(ScriptedDevice([.init(moves: [.lost])]), name: "away-7")
        try bench.runner.open()
        bench.start()
        #expect(bench.wait { bench.codes.contains(.lost) })
        #expect(hasThreads(1, named: "device away-7"))
        bench.runner.stop()
        bench.runner.stop()
        bench.collect()
        #expect(bench.codes == [.started, .lost, .stopped])
        #expect(hasThreads(0, named: "device away-7"))
    }
}
