import Foundation
import Protocols
import RigTuning
import Signals
import Simulators
import Testing
import Transports

/// The host's doors to knobs, with real firmware behind them.
struct KnobDoorsTests {
    private static let wishes: [Double] = [0, 2, -2, 1e308, .nan, .infinity, -.infinity, 0.5, 0.1, -0.1, 1, 4]

    private static func hostile(_ random: inout SplitMix64, _ count: Int) -> [Double] {
        (0..<count).map { _ in wishes[random.integer(below: wishes.count)] }
    }

    @Test func `a hostile learner at 1 kHz breaks no limit, joint limit or rate in the firmware's log`() throws {
        let bench = MirrorBench()
        let doors = try bench.doors()
        bench.forget()
        var random = SplitMix64(seed: 9)
        for step in 0..<5000 {
            try doors.nudge(Self.hostile(&random, doors.panel.knobs.count))
            bench.line.clock.sleep(step % 500 == 499 ? 0.7 : 0.001)
        }
        #expect(bench.log.count > 4000 && bench.breach == nil, "\(bench.breach ?? "")")
        #expect(doors.clipped > 1000 && doors.refused > 1000 && doors.jointLimited > 100)
        // It moved the knobs, and they come back.
        #expect(bench.log.contains { abs($0.values[0] - 1) > 0.1 })
        _ = try doors.restore()
        #expect(try doors.read() == doors.start)
    }

    @Test func `whole changes of a hostile learner keep every limit on the way, and are read back`() throws {
        let bench = MirrorBench()
        let doors = try bench.doors()
        bench.forget()
        var random = SplitMix64(seed: 4)
        for _ in 0..<200 {
            let change = try doors.apply(Self.hostile(&random, doors.panel.knobs.count))
            for (read, set) in zip(change.read, change.set) { #expect(abs(read - set) < 1e-2) }
            #expect(change.set.allSatisfy { $0.isFinite })
        }
        #expect(bench.breach == nil, "\(bench.breach ?? "")")
    }

    @Test func `opening and reading set nothing`() throws {
        let bench = MirrorBench()
        let doors = try bench.doors()
        bench.line.clock.sleep(5)
        #expect(try doors.read() == bench.knobs.knobs.map(\.rest))
        #expect(Set(bench.log.map { $0.values }).count == 1)
        #expect(doors.start == [1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1])
    }

    @Test func `the journal has the start values before the first change, and goes when they are back`() throws {
        let path = NSTemporaryDirectory() + "larmor-journal-\(UUID())"
        let bench = MirrorBench()
        let doors = try bench.doors()
        doors.keepJournal(at: path, plan: "abc")
        _ = try doors.apply(doors.start)
        #expect(try KnobJournal.read(path) == nil)
        bench.line.watch = { firmware, _ in
            // At the first message that changes a knob the journal is there.
            if firmware.knobs?.targets != doors.start { #expect(FileManager.default.fileExists(atPath: path)) }
        }
        var asked = doors.start
        asked[1] = 0.1
        _ = try doors.apply(asked)
        let journal = try #require(try KnobJournal.read(path))
        #expect(journal.start == doors.start && journal.plan == "abc" && journal.knobs[1] == "bench.film1.bias_field")
        _ = try doors.restore()
        #expect(try KnobJournal.read(path) == nil)
    }

    /// As after kill −9: nothing of the first host is left but its journal.
    @Test func `the next start brings the knobs back by the journal`() throws {
        let path = NSTemporaryDirectory() + "larmor-journal-\(UUID())"
        let bench = MirrorBench()
        let killed = try bench.doors()
        killed.keepJournal(at: path, plan: "abc")
        var asked = killed.start
        asked[4] = 0.3
        _ = try killed.apply(asked)
        let next = try bench.doors()
        let journal = try #require(try KnobJournal.read(path))
        let change = try next.undo(journal, file: path)
        #expect(change.read == killed.start && !FileManager.default.fileExists(atPath: path))
    }

    @Test func `a journal that is damaged or of other knobs is refused by name`() throws {
        let path = NSTemporaryDirectory() + "larmor-journal-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "{}".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: TuningError.self) { try KnobJournal.read(path) }
        let (three, two) = (try MirrorBench(films: 3).doors(), try MirrorBench(films: 2).doors())
        try KnobJournal(three.panel, start: three.start, plan: "abc").write(to: path)
        let journal = try #require(try KnobJournal.read(path))
        #expect(throws: TuningError(.otherKnobs(file: path))) { try two.undo(journal, file: path) }
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test func `a device that is lost is a typed error, and its knobs are back at their start when it is there again`() throws {
        let bench = MirrorBench()
        let doors = try bench.doors()
        var asked = doors.start
        asked[0] = 0.5
        _ = try doors.apply(asked)
        bench.line.isCut = true
        #expect(throws: TransportError.self) { try doors.apply(doors.start) }
        // The firmware knows of the lost link by itself.
        #expect(throws: TuningError.self) { try doors.restore() }
        #expect(bench.line.firmware.knobs?.targets == doors.start)
        bench.line.isCut = false
        #expect(try doors.restore().read == doors.start)
    }

    @Test func `wishes above a joint limit end just below it`() throws {
        let bench = MirrorBench()
        let doors = try bench.doors()
        var asked = doors.start
        asked[0] = 2
        asked[4] = 2
        asked[8] = 2
        let change = try doors.apply(asked)
        #expect(change.isJointLimited)
        let load = doors.panel.joint[0].load(change.set)
        #expect(load <= 4.5 && load > 4.4999)
    }
}
