import BoardStand
import Devices
import Foundation
import RealTime
import Signals
import Testing
import Transports

/// The RigLink driver on a serial line, with the C99 firmware as the device in its own process.
@Suite(.serialized)
struct RigLinkSerialTests {
    @Test func `every sample that comes has the value that the firmware's formula gives`() throws {
        let board = try ExampleBoard(rate: 2000)
        let bench = try RigLinkBench(port: board.path)
        bench.start()
        try bench.collect { bench.eeg.count >= 1000 * 4 }
        bench.stop()
        // example_board.h: (4 n + k) mod 2²³ − 2²² counts of 2⁻²⁶ V; exact in 32-bit floating point.
        let first = Int(try #require(bench.firstCounter))
        for (index, value) in bench.eeg.enumerated() {
            let count = (first * 4 + index) % (1 << 23) - (1 << 22)
            guard value == Float(count) * 0x1p-26 else {
                Issue.record("sample \(index): expected count \(count), found \(value * 0x1p26)")
                break
            }
        }
        #expect(bench.missing == 0)
        #expect(bench.streams[0].channels.map(\.label) == ["ch1", "ch2", "ch3", "ch4"])
        #expect(bench.streams[0].channels[0].unit == .volt && bench.streams[0].nominalRate == 2000)
    }

    @Test func `a hundred drive frames are answered through a queue of sixteen`() throws {
        let board = try ExampleBoard(rate: 250)
        let bench = try RigLinkBench(port: board.path)
        bench.start()
        let queue = try #require(bench.driver.driveQueue)
        for counter in 0..<100 as Range<UInt64> {
            [Float](repeating: 0.5, count: 8).withUnsafeBufferPointer { _ = queue.send(counter: counter, $0) }
        }
        try bench.collect { bench.states.count >= 100 }
        bench.stop()
        #expect(bench.states.map(\.counter) == Array(0..<100))
        // t ← t/2 + 1/4 tends to 1/2; the last components are 2t/(1 + t²).
        var t: Float = 0
        for state in bench.states {
            t = t / 2 + 0.25
            #expect(state.values[16] == 2 * t / (1 + t * t))
        }
        #expect(bench.driver.lostDriveFrames == 0)
    }

    @Test func `whatever is asked for, the board gets what the drive's limits allow`() throws {
        let board = try ExampleBoard(rate: 250)
        let bench = try RigLinkBench(port: board.path, limits: DriveLimits(largest: 0.5, safe: 0))
        bench.start()
        let queue = try #require(bench.driver.driveQueue)
        for counter in 0..<40 as Range<UInt64> {
            // The first half asks for too much, the second half for what is no number and becomes 0.
            [Float](repeating: counter < 20 ? 7 : .nan, count: 8).withUnsafeBufferPointer {
                _ = queue.send(counter: counter, $0)
            }
        }
        try bench.collect { bench.states.count >= 40 }
        bench.stop()
        var t: Float = 0
        for state in bench.states.prefix(40) {
            t = t / 2 + (state.counter < 20 ? 0.25 : 0)
            #expect(state.values[16] == 2 * t / (1 + t * t))
        }
        #expect(queue.limitedCount == 40)
    }

    @Test func `a board that is unplugged and plugged in again streams again, and both are events`() throws {
        let board = try ExampleBoard(rate: 1000)
        let bench = try RigLinkBench(port: board.path)
        bench.start()
        try bench.collect { bench.eeg.count >= 400 }
        board.unplug()
        try bench.collect { bench.events.contains(.lost) }
        let before = bench.eeg.count
        try board.plugIn()
        try bench.collect { bench.events.contains(.reconnected) && bench.eeg.count > before + 400 }
        bench.stop()
        #expect(bench.events == [.started, .lost, .reconnected, .stopped])
    }
}

/// A RigLink device under its runner, and what came out of it.
final class RigLinkBench {
    let driver: RigLinkDriver
    private let runner: DeviceRunner
    private var ring = SampleRing(streams: 1, minimumItems: 4096, minimumSamples: 1 << 20)
    private let scratch = UnsafeMutableBufferPointer<Float>.allocate(capacity: 1 << 16)
    private(set) var eeg: [Float] = []
    private(set) var firstCounter: UInt64?
    private(set) var missing: UInt64 = 0
    private(set) var states: [(counter: UInt64, values: [Float])] = []
    private(set) var events: [DeviceEvent.Code] = []
    let streams: [StreamDescription]

    init(port: String, limits: DriveLimits = DriveLimits()) throws {
        let waker = try Waker()
        driver = RigLinkDriver(name: "board", port: port, limits: limits, waker: waker)
        runner = DeviceRunner(name: "board", driver: driver, waker: waker)
        try runner.open()
        streams = runner.streams
        ring = SampleRing(streams: streams.count, minimumItems: 4096, minimumSamples: 1 << 20)
    }

    deinit {
        runner.stop()
        scratch.deallocate()
    }

    func start() { runner.start(rings: [ring], wire: nil) }

    func stop() {
        runner.stop()
        drain()
    }

    /// Takes what comes until it is enough; a time limit only ends a test that would hang.
    func collect(until isEnough: () -> Bool) throws {
        let isThere = waitUntil {
            drain()
            return isEnough()
        }
        guard !isThere else { return }
        throw ExampleBoard.Failure(
            description:
                "after \(patience) s: \(eeg.count) samples, \(states.count) states, events \(events), "
                + "\(runner.failure.map { "\($0)" } ?? "no failure")")
    }

    private func drain() {
        while let item = ring.take(into: scratch) {
            if let event = item.event { events.append(event.code) }
            guard item.kind == .samples else { continue }
            let numbers = SampleValues(item, UnsafeBufferPointer(scratch))
            let values = (0..<numbers.count).map { Float(numbers[$0]) }
            if item.stream == 0 {
                firstCounter = firstCounter ?? item.firstCounter
                missing += item.missingBefore
                eeg += values
            } else {
                states.append((item.firstCounter, values))
            }
        }
    }
}
