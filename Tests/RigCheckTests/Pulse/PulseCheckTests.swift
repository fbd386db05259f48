import Foundation
import RealTime
import RigCheck
import Rigs
import SignalFeatures
import Signals
import Simulators
import Synchronization
import Testing

/// Delays of simulated boards on TCP, whose truth is what the simulator was told.
@Suite struct PulseCheckTests {
    /// A board of lines, served by a thread of its own until the test is over.
    private final class Board {
        let address: String
        private let isDone: DoneFlag
        private let thread: WorkerThread

        private final class DoneFlag: Sendable { let value = Atomic(false) }

        init(delayMs: Double, rate: Double = 1000) throws {
            let simulator = try TCPSimulator(LineBoardFirmware(lines: 3, rate: rate, delayMs: delayMs))
            address = simulator.address
            let flag = DoneFlag()
            isDone = flag
            nonisolated(unsafe) let served = simulator  // Only the thread touches it from here on.
            thread = try WorkerThread("board") { served.serve(until: { flag.value.load(ordering: .relaxed) }) }
        }

        deinit {
            isDone.value.store(true, ordering: .relaxed)
            thread.join()
        }
    }

    private func rig(_ boards: [(name: String, address: String)]) throws -> Rig {
        let devices = boards.map { "[[device]]\nname = \"\($0.name)\"\ndriver = \"riglink\"\nport = \"\($0.address)\"" }
        return try Rig(text: devices.joined(separator: "\n"), file: "lines.toml")
    }

    /// Six pulses in less than two seconds.
    private static let times = [0.6, 0.77, 0.99, 1.12, 1.38, 1.56]

    /// Measures again while the machine takes time from the measurement and it is not what it should be.
    private func measure(
        _ rig: Rig, line: Int = 1, seconds: Double = 1.9, isGood: (PulseReport) -> Bool = { _ in true }
    ) throws -> PulseReport {
        var report: PulseReport?
        try Stopwatch.whileDisturbed(by: 0.05) {
            let watch = Stopwatch()
            let found = try measureOnce(rig, line: line, seconds: seconds)
            report = found
            return (isGood(found), watch.lost)
        }
        return try #require(report)
    }

    private func measureOnce(_ rig: Rig, line: Int, seconds: Double) throws -> PulseReport {
        let ports = Dictionary(uniqueKeysWithValues: rig.devices.map { ($0.name, $0.port ?? "") })
        let check = try PulseCheck(rig, ports: ports, output: nil, line: line, times: Self.times, seconds: seconds)
        check.start()
        do {
            while try check.step() < 1 { WorkerThread.sleep(0.005) }
        } catch {
            _ = check.stop()
            throw error
        }
        return check.stop()
    }

    @Test func `two boards with 20 and 75 ms between output and line: each is told, of the line that is wired`() throws {
        let boards = [try Board(delayMs: 20), try Board(delayMs: 75)]
        defer { withExtendedLifetime(boards) {} }
        let report = try measure(rig([("a", boards[0].address), ("b", boards[1].address)]), line: 2) { report in
            report.pass && zip(report.entries, [20.0, 75]).allSatisfy { $0.pulsesLost <= 2 && abs(($0.delayMs ?? 0) - $1) < 6 }
        }
        #expect(report.pass && report.entries.count == 2, "\(report)")
        for (entry, truth) in zip(report.entries, [20.0, 75]) {
            #expect(entry.line == "line2" && entry.kind == .line && entry.stream.hasSuffix(".lines"))
            #expect(entry.pulsesSent == 6 && entry.pulsesLost <= 2)
            // A frame of 1 ms, two turns of the simulator of 2 ms, and the clock's first seconds.
            let delay = try #require(entry.delayMs)
            #expect(abs(delay - truth) < 6, "\(delay) ms instead of \(truth)")
            #expect(entry.rigLine == "latency_ms = \((delay * 10).rounded() / 10)")
        }
        #expect((report.entries[1].delayMs ?? 0) - (report.entries[0].delayMs ?? 0) > 45)
    }

    @Test func `an output that a board does not have, and a rig without any, are refused with what to do`() throws {
        let board = try Board(delayMs: 0)
        defer { withExtendedLifetime(board) {} }
        #expect {
            try measure(rig([("a", board.address)]), line: 4)
        } throws: { $0 as? PulseError == .noSuchOutput(device: "a", line: 4, outputs: 3) }
        let none = try Rig(
            text: "[[device]]\nname = \"h\"\ndriver = \"thinkgear\"\nport = \"/nowhere/tty\"", file: "bench.toml")
        #expect {
            try measure(none)
        } throws: { $0 as? PulseError == .noLoopBack(rig: "bench.toml") && "\($0)".contains("--pulse-output") }
    }

    @Test func `a board beside one that is absent is measured, and the report fails with the reason`() throws {
        let board = try Board(delayMs: 10)
        defer { withExtendedLifetime(board) {} }
        let report = try measure(rig([("a", board.address), ("gone", "127.0.0.1:1")])) { $0.entries.first?.error == nil }
        #expect(report.failures.map(\.name) == ["gone"] && !report.pass)
        #expect(report.entries.count == 1 && report.entries[0].error == nil)
    }

    @Test func `a delay of nearly a second is found, at 100 frames a second, too`() throws {
        let board = try Board(delayMs: 900, rate: 100)
        defer { withExtendedLifetime(board) {} }
        let report = try measure(rig([("a", board.address)]), seconds: 2.8) { abs(($0.entries.first?.delayMs ?? 0) - 900) < 25 }
        let entry = try #require(report.entries.first)
        #expect(entry.delayMs.map { abs($0 - 900) < 25 } == true, "\(entry)")
    }

    @Test func `a line that follows too late, as one that is not wired, is told as not found`() throws {
        let board = try Board(delayMs: 3000)
        defer { withExtendedLifetime(board) {} }
        let report = try measure(rig([("a", board.address)]))
        let entry = try #require(report.entries.first)
        #expect(report.entries.count == 1 && !report.pass && entry.delayMs == nil && entry.rigLine == nil)
        #expect(entry.pulsesLost == 6 && entry.error?.contains("6 pulses were sent, 0 were found") == true, "\(entry)")
    }
}
