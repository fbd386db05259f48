import Devices
import Foundation
import LSLStand
import Protocols
import RealTime
import Signals
import Testing
import Transports

/// Senders that go and come back. One after the other, because they measure how long that takes.
@Suite(.serialized, .enabled(if: LSLStand.isThere, "needs LARMOR_PYTHON with pylsl"))
struct LSLLossTests {
    @Test func `a stream that ends is lost at once, and back within two seconds of its return with its gap`() throws {
        let sender = try PythonSender(LSLStand.name("back"), units: ["uV"])
        let bench = try Bench(sender, "lslback")
        try bench.runner.open()
        bench.start()
        sender.push(100)
        #expect(bench.wait { bench.sink.frames(0) == 100 })
        let (closed, leaving) = (HostTime.now(), Stopwatch(programs: [sender.processIdentifier]))
        sender.close()
        #expect(bench.wait { bench.codes.contains(.lost) })
        let lost = try #require(bench.sink.events.first { $0.code == .lost }?.hostTime)
        #expect(lost - closed < 2 + leaving.lost)
        WorkerThread.sleep(0.7)
        let (opened, returning) = (HostTime.now(), Stopwatch(programs: [sender.processIdentifier]))
        sender.reopen()
        sender.skip(400)
        #expect(bench.wait { bench.codes.contains(.reconnected) })
        let back = try #require(bench.sink.events.first { $0.code == .reconnected }?.hostTime)
        #expect(back - opened < 2 + returning.lost, "it took \(back - opened) s")
        sender.push(50)
        #expect(bench.wait { bench.sink.frames(0) == 150 })
        bench.runner.stop()
        bench.runner.stop()
        bench.collect()
        #expect(bench.codes == [.started, .lost, .reconnected, .stopped])
        // One clock before and after: the stamps say how many are missing; the offsets are measured to some microseconds.
        #expect(bench.sink.gaps(0) == [Gap(first: 100, count: 400)])
        #expect(hasThreads(0, named: "device lslback"))
    }

    @Test func `a sender that is killed is lost; a stop during the search for it ends soon`() throws {
        let sender = try PythonSender(LSLStand.name("killed"), units: ["uV"])
        let bench = try Bench(sender, "lslkilled")
        try bench.runner.open()
        bench.start()
        sender.push(10)
        #expect(bench.wait { bench.sink.frames(0) == 10 })
        sender.stop()
        #expect(bench.wait { bench.codes.contains(.lost) })
        WorkerThread.sleep(0.3)
        let watch = Stopwatch()
        bench.runner.stop()
        #expect(watch.seconds < 1.5 + watch.lost)
        bench.collect()
        #expect(bench.codes == [.started, .lost, .stopped])
    }
}
