import Devices
import Foundation
import LSLStand
import RealTime
import Signals
import Testing
import Transports

/// What every driver must survive, on real pseudo-terminals, TCP connections and the Lab Streaming Layer. One after
/// the other, because each has threads and waits of its own.
@Suite(.serialized) struct DriverConformanceTests {
    private typealias Kind = DeviceStand.Kind

    fileprivate func bench(_ stand: DeviceStand, _ name: String) throws -> Bench {
        let waker = try Waker()
        return Bench(stand.makeDriver(waker: waker), waker: waker, name: name)
    }

    /// Frames of the EEG are in order, never twice, and hold what the stand sends: 0 … 15 µV in all channels (20 for RigLink).
    private func check(_ bench: Bench, _ kind: DeviceStand.Kind) {
        let counters = bench.sink.counters(0)
        #expect(zip(counters, counters.dropFirst()).allSatisfy { $0 < $1 })
        let largest: Float = kind == .riglink ? 20.5e-6 : 15.5e-6
        #expect(bench.sink.samples(0).allSatisfy { $0 >= -0.5e-6 && $0 <= largest })
    }

    /// Waits until the device is lost. An outlet sends as soon as somebody listens, before the opening has ended: it is unplugged
    /// here, once frames have come.
    private func waitForLoss(_ bench: Bench, _ stand: DeviceStand) -> Bool {
        bench.wait {
            if stand.kind == .lsl, bench.sink.frames(0) > 40 { stand.unplug() }
            return bench.codes.contains(.lost)
        }
    }

    /// The stand's own trigger, where it has one.
    private func stand(_ kind: DeviceStand.Kind, _ trigger: DeviceStand.Trigger) -> DeviceStand {
        DeviceStand(kind, trigger: kind == .lsl ? .never : trigger)
    }

    /// Stops, and checks that nothing is left and nothing comes afterwards.
    fileprivate func stop(_ bench: Bench, _ name: String) {
        bench.runner.stop()
        #expect(hasThreads(0, named: String("device \(name)".prefix(15))))
        bench.collect()
        #expect(bench.codes.last == .stopped)
        let events = bench.sink.events.count
        let blocks = bench.sink.blocks.count
        bench.runner.stop()
        WorkerThread.sleep(0.03)
        bench.collect()
        #expect(bench.sink.events.count == events && bench.sink.blocks.count == blocks)
    }

    @Test(arguments: DeviceStand.Kind.always)
    func `lost while reading: one event, no busy loop, back within two seconds of its return`(kind: DeviceStand.Kind) throws {
        let stand = stand(kind, .afterPackets(40))
        stand.plug()
        let name = "r\(kind.number)"
        let bench = try bench(stand, name)
        try bench.runner.open()
        bench.start()
        #expect(waitForLoss(bench, stand))
        // The stand says so a moment after the line is closed.
        #expect(waitUntil { !stand.isThere })
        let thread = String("device \(name)".prefix(15))
        let (before, pause) = (ProcessThreads.cpuSeconds(named: thread), Stopwatch())
        WorkerThread.sleep(0.25)
        let (after, passed) = (ProcessThreads.cpuSeconds(named: thread), pause.seconds)
        // A busy loop would take 0.25 s of 0.25 s.
        if let before, let after { #expect(after - before <= 0.24 * passed) } else { Issue.record("the thread is gone") }
        let (plugged, watch) = (HostTime.now(), Stopwatch())
        stand.plug(isTriggered: false)
        #expect(bench.wait { bench.codes.contains(.reconnected) })
        let back = bench.sink.events.first { $0.code == .reconnected }?.hostTime
        if let back { #expect(back - plugged < 2 + watch.lost) }
        let frames = bench.sink.frames(0)
        #expect(bench.wait { bench.sink.frames(0) > frames + 20 })
        stop(bench, name)
        #expect(bench.codes.filter { $0 == .lost }.count == 1)
        #expect(bench.sink.missing(0) > 0)
        check(bench, kind)
    }

    @Test(arguments: DeviceStand.Kind.always)
    func `lost in mid-packet: the half is thrown away`(kind: DeviceStand.Kind) throws {
        let stand = DeviceStand(kind, trigger: .inPacket(30))
        stand.plug()
        let bench = try bench(stand, "m\(kind.number)")
        try bench.runner.open()
        bench.start()
        #expect(bench.wait { bench.codes.contains(.lost) })
        stand.plug(isTriggered: false)
        #expect(bench.wait { bench.codes.contains(.reconnected) })
        let frames = bench.sink.frames(0)
        #expect(bench.wait { bench.sink.frames(0) > frames + 20 })
        stop(bench, "m\(kind.number)")
        check(bench, kind)
    }

    @Test(arguments: DeviceStand.Kind.always)
    func `lost while idle, between opening and starting`(kind: DeviceStand.Kind) throws {
        let stand = DeviceStand(kind)
        stand.plug()
        let bench = try bench(stand, "i\(kind.number)")
        try bench.runner.open()
        stand.unplug()
        bench.start()
        #expect(bench.wait { bench.codes.contains(.lost) })
        stand.plug()
        #expect(bench.wait { bench.codes.contains(.reconnected) })
        stop(bench, "i\(kind.number)")
    }

    @Test(arguments: DeviceStand.Kind.always.filter { $0.startCommand != nil })
    func `lost during start, at the very command`(kind: DeviceStand.Kind) throws {
        let stand = DeviceStand(kind, trigger: .onCommand(kind.startCommand ?? []))
        stand.plug()
        let bench = try bench(stand, "s\(kind.number)")
        try bench.runner.open()
        bench.start()
        #expect(bench.wait { bench.codes.contains(.lost) })
        stand.plug(isTriggered: false)
        #expect(bench.wait { bench.sink.frames(0) > 5 })
        stop(bench, "s\(kind.number)")
    }

    @Test(arguments: DeviceStand.Kind.always)
    func `lost during stop, and stop after a loss`(kind: DeviceStand.Kind) throws {
        let stand = DeviceStand(kind)
        stand.plug()
        let bench = try bench(stand, "e\(kind.number)")
        try bench.runner.open()
        bench.start()
        #expect(bench.wait { bench.sink.frames(0) > 5 })
        stand.unplug()
        stop(bench, "e\(kind.number)")
    }

    @Test(arguments: DeviceStand.Kind.always)
    func `stop before start, and twice, lets the next one in`(kind: DeviceStand.Kind) throws {
        let stand = DeviceStand(kind)
        stand.plug()
        let first = try bench(stand, "b\(kind.number)")
        try first.runner.open()
        first.runner.stop()
        first.runner.stop()
        // A port that was left open would be busy now.
        let second = try bench(stand, "c\(kind.number)")
        try second.runner.open()
        second.start()
        #expect(second.wait { second.sink.frames(0) > 5 })
        stop(second, "c\(kind.number)")
        check(second, kind)
    }

    @Test(arguments: [DeviceStand.Kind.cyton, .rda, .riglink])
    func `a stop ends the wait for a device that is there but mute`(kind: DeviceStand.Kind) throws {
        let stand = stand(kind, .afterPackets(10))
        stand.plug()
        let bench = try bench(stand, "q\(kind.number)")
        try bench.runner.open()
        bench.start()
        #expect(waitForLoss(bench, stand))
        stand.plug(isTriggered: false, isMute: true)
        // By now the driver waits for words that do not come, for two seconds.
        WorkerThread.sleep(0.5)
        let watch = Stopwatch()
        stop(bench, "q\(kind.number)")
        #expect(watch.seconds < 1.5 + watch.lost)
    }
}

extension DriverConformanceTests {
    /// The same for a stream of the Lab Streaming Layer. It sends whole samples and takes no commands, so nothing is lost in
    /// mid-packet, and a start is an opening.
    @Suite(.serialized, .enabled(if: LSLStand.isThere, "needs pylsl in the interpreter that LARMOR_PYTHON names"))
    struct LSLConformanceTests {
        private let all = DriverConformanceTests()

        @Test func `lost while reading: one event, no busy loop, back within two seconds of its return`() throws {
            try all.`lost while reading: one event, no busy loop, back within two seconds of its return`(kind: .lsl)
        }

        @Test func `lost while idle, between opening and starting`() throws {
            try all.`lost while idle, between opening and starting`(kind: .lsl)
        }

        @Test func `lost while it is being opened: a typed error or a loss, and back when it is back`() throws {
            let stand = DeviceStand(.lsl, trigger: .onListener)
            stand.plug()
            let bench = try all.bench(stand, "s\(DeviceStand.Kind.lsl.number)")
            do throws(TransportError) {
                try bench.runner.open()
            } catch {
                // The outlet went between two steps of the opening; the next attempt finds the one that is back.
                #expect([.absent, .gone, .timeout].contains(error.code), "\(error)")
                stand.plug(isTriggered: false)
                try bench.runner.open()
                bench.start()
                #expect(bench.wait { bench.sink.frames(0) > 5 })
                return all.stop(bench, "s\(DeviceStand.Kind.lsl.number)")
            }
            bench.start()
            #expect(bench.wait { bench.codes.contains(.lost) })
            stand.plug(isTriggered: false)
            #expect(bench.wait { bench.sink.frames(0) > 5 })
            all.stop(bench, "s\(DeviceStand.Kind.lsl.number)")
        }

        @Test func `lost during stop, and stop after a loss`() throws {
            try all.`lost during stop, and stop after a loss`(kind: .lsl)
        }

        @Test func `stop before start, and twice, lets the next one in`() throws {
            try all.`stop before start, and twice, lets the next one in`(kind: .lsl)
        }

        @Test func `a stop ends the wait for a sender that is there but mute`() throws {
            try all.`a stop ends the wait for a device that is there but mute`(kind: .lsl)
        }
    }
}
