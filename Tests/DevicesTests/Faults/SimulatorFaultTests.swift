import Devices
import Foundation
import RealTime
import Signals
import Simulators
import Synchronization
import Testing
import Transports

/// Simulators on real lines under a plan that disconnects: the device goes and comes back as an unplugged one would.
@Suite(.serialized) struct SimulatorFaultTests {
    private final class Flag: Sendable { let isSet = Atomic<Bool>(false) }

    private static let plan = FaultPlan([.init(.disconnect, at: 100, seconds: 0.5)])
    private let source = CountingSource(channels: 16, step: 0, period: 16)

    /// Runs a driver until frames have come after the return.
    private func check(_ name: String, _ makeDriver: (Waker) -> any Driver) throws {
        let waker = try Waker()
        let bench = Bench(makeDriver(waker), waker: waker, name: name)
        try bench.runner.open()
        let watch = Stopwatch()
        bench.start()
        #expect(bench.wait { bench.codes.contains(.reconnected) })
        let frames = bench.sink.frames(0)
        #expect(bench.wait { bench.sink.frames(0) > frames + 50 })
        bench.runner.stop()
        bench.collect()
        #expect(bench.codes == [.started, .lost, .reconnected, .stopped])
        // The hang-up itself was seen, not only silence.
        #expect(bench.sink.events[1].hostTime - bench.sink.events[0].hostTime < 4 + watch.lost)
        #expect(bench.sink.missing(0) > 0)
    }

    @Test func `on a pseudo-terminal`() throws {
        let link = NSTemporaryDirectory() + "larmor-faults-\(ProcessInfo.processInfo.processIdentifier)"
        let done = Flag()
        let simulator = try SerialSimulator(CytonFirmware(source: source), link: link, plan: Self.plan)
        let moved = Moved(simulator)
        let thread = try WorkerThread("simulator") {
            try? moved.simulator.serve { done.isSet.load(ordering: .acquiring) }
        }
        try check("fserial") { CytonDriver(name: "d", port: link, waker: $0) }
        done.isSet.store(true, ordering: .releasing)
        thread.join()
    }

    @Test func `on TCP`() throws {
        let done = Flag()
        let simulator = try TCPSimulator(RDAFirmware(source: source, names: ["a", "b"]), plan: Self.plan)
        let moved = Moved(simulator)
        let thread = try WorkerThread("simulator") { moved.simulator.serve { done.isSet.load(ordering: .acquiring) } }
        let address = simulator.address
        try check("ftcp") { RDADriver(name: "d", port: address, waker: $0) }
        done.isSet.store(true, ordering: .releasing)
        thread.join()
    }

    @Test func `a plan that disconnects needs a name that stays`() {
        #expect(throws: SimulatorError.self) { try SerialSimulator(CytonFirmware(source: source), plan: Self.plan) }
    }
}

/// Takes a simulator to its thread.
private final class Moved<Simulator>: @unchecked Sendable {
    // Sendable because only the simulator's thread uses it after it was made.
    var simulator: Simulator
    init(_ simulator: Simulator) { self.simulator = simulator }
}
