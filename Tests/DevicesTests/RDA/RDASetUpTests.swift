import Devices
import Protocols
import Signals
import Simulators
import Synchronization
import Testing
import Transports

/// A Recorder in which another workspace is loaded while it is monitored, and later the first one again.
private struct ChangingRecorder: SimulatedFirmware {
    let packetRate = 50.0
    let counterPlace: (offset: Int, bytes: Int)? = nil
    let isStreaming = true
    /// Of two set-ups, which one is loaded: channels.
    private var channels = 2
    private var block: UInt32 = 0
    private var connections = 0

    static let first = RDAStart(samplingInterval_us: 1000, resolutions: [0.5, 0.5], names: ["a", "b"])
    static let second = RDAStart(samplingInterval_us: 1000, resolutions: [0.1, 0.1, 0.1, 0.1], names: ["a", "b", "c", "d"])

    private var start: RDAStart { channels == 2 ? Self.first : Self.second }

    mutating func connect() -> [UInt8] {
        connections += 1
        // It takes the experimenter two attempts of this program to load the first workspace again.
        if connections >= 4 { channels = 2 }
        block = 0
        return start.bytes
    }

    mutating func nextPacket() -> [UInt8] {
        defer { block += 1 }
        var change: [UInt8] = []
        if connections == 1, block == 20 {
            channels = 4
            block = 0
            change = RDAMessage.stop + start.bytes
        }
        // Of the first set-up all values are 2 counts, 1 µV; of the second 3 counts.
        let value = channels == 2 ? 2.0 : 3
        return change
            + RDAData.bytes(block: block, points: 20, values: [Double](repeating: value, count: 20 * channels), isFloat: true)
    }
}

@Suite(.serialized) struct RDASetUpTests {
    private final class Flag: Sendable { let isSet = Atomic<Bool>(false) }

    @Test func `a new set-up in mid-stream ends the stream with the reason, and the first one begins it again`() throws {
        let done = Flag()
        let moved = Moved(try TCPSimulator(ChangingRecorder()))
        let address = moved.simulator.address
        let thread = try WorkerThread("recorder") { moved.simulator.serve { done.isSet.load(ordering: .acquiring) } }
        let waker = try Waker()
        let bench = Bench(RDADriver(name: "d", port: address, waker: waker), waker: waker)
        try bench.runner.open()
        bench.start()
        var reasons: Set<String> = []
        let isBack = bench.wait {
            if let failure = bench.runner.failure { reasons.insert(failure.detail) }
            return bench.codes.contains(.reconnected) && bench.sink.frames(0) > 800
        }
        bench.runner.stop()
        bench.collect()
        done.isSet.store(true, ordering: .releasing)
        thread.join()
        #expect(isBack)
        var messages: [String] = []
        bench.runner.counts.messages.take { messages.append($0.text) }
        #expect(messages.count == 1)
        #expect(messages.first?.contains("Recorder started over with another set-up: 4 channels, expected 2; load the") == true)
        #expect(reasons.contains("Recorder started over with another set-up: 4 channels, expected 2"))
        #expect(reasons.contains("Recorder came back with another set-up: 4 channels, expected 2"))
        #expect(bench.codes.filter { $0 != .corruptDropped } == [.started, .lost, .reconnected, .stopped])
        // Not one value of the other set-up.
        #expect(bench.sink.samples(0).allSatisfy { abs($0 - 1e-6) < 1e-12 })
        #expect(bench.sink.missing(0) > 0)
    }
}

/// Takes a simulator to its thread.
private final class Moved<Simulator>: @unchecked Sendable {
    // Sendable because one thread at a time uses it.
    let simulator: Simulator

    init(_ simulator: Simulator) { self.simulator = simulator }
}
