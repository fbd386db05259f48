import Foundation
import RigTuning
import Settings
import Signals
import Synchronization
import TeamLearning
import Testing

/// Six simulated films in this process, and the study of ways to tune them.
struct BenchTests {
    @Test func `a window of the task tells an error for each film, and the same bench tells the same`() throws {
        func window() throws -> RigWindow {
            let line = try SimulatedBench(seed: 3).line()
            return try LinkedRig(try SimulatedBench.doors(line), RigTask(), clock: line.clock).window(5)
        }
        let found = try window()
        #expect(found.errors.count == 6 && found.frames == 600 && found.errors.allSatisfy { $0 > 0.01 && $0 <= 2 })
        // Its time is that of its frames.
        #expect(abs(found.seconds - 6) < 0.1)
        #expect(try window() == found)
    }

    @Test func `knobs change the states of their own film, and by heat those of its neighbours`() throws {
        /// States of each film, 48 values a step.
        func states(_ isCoupled: Bool, _ change: (inout [Double]) -> Void) throws -> [[Float]] {
            let line = try SimulatedBench(isCoupled: isCoupled, isDrifting: false).line()
            let doors = try SimulatedBench.doors(line)
            var values = doors.start
            change(&values)
            _ = try doors.apply(values)
            let device = doors.devices[0]
            try device.reset(seed: 1)
            let drive = (0..<50 * device.channels).map { Float($0 % 7) * 0.05 - 0.1 }
            let all = try device.drive(drive)
            return (0..<6).map { film in (0..<50).flatMap { all[($0 * 6 + film) * 48..<($0 * 6 + film + 1) * 48] } }
        }
        let (still, alone) = (try states(true) { _ in }, try states(true) { $0[4 * 2] = 2 })
        #expect(still[2] != alone[2] && still[1] != alone[1] && still[3] != alone[3])
        let (apart, turned) = (try states(false) { _ in }, try states(false) { $0[4 * 2] = 2 })
        #expect(apart[2] != turned[2] && apart[1] == turned[1] && apart[3] == turned[3])
    }

    @Test func `a study goes on with the runs that it has, and threads change no number`() throws {
        var study = TuningStudy(seeds: [1, 2])
        study.settings.trials = 6
        study.settings.noiseWindows = 2
        study.settings.pairs = 2
        let arms = [TuningStudy.Arm("none", .none), .init("3x2", .q, .equal(teams: 3, size: 2))]
        let first = try study.runs(arms) { _ in true }
        #expect(first.map(\.arm) == ["none", "none", "3x2", "3x2"] && Set(first.map(\.windows)) == [12])
        study.threads = 2
        let computed = Mutex(0)
        let again = try study.runs(arms, known: Array(first.dropLast())) { _ in
            computed.withLock { $0 += 1 }
            return true
        }
        #expect(again == first && computed.withLock(\.self) == 1)
        // Other settings are other runs.
        study.settings.trials = 7
        #expect(try study.runs([arms[0]], known: first) { _ in true }.first?.windows == 13)
        let summaries = TuningArmSummary.all(first)
        #expect(summaries[1].against["none"]?.mean == summaries[0].best.mean - summaries[1].best.mean)
    }

    @Test func `a tuning of the bench by teams replays to the byte`() throws {
        let line = try SimulatedBench().line()
        let doors = try SimulatedBench.doors(line)
        let rig = LinkedRig(doors, RigTask(), clock: line.clock)
        var settings = TuningSettings()
        settings.partition = .equal(teams: 3, size: 2)
        (settings.trials, settings.noiseWindows, settings.pairs) = (12, 3, 2)
        let log = try TuningLog(nil)
        let plan = TuningPlan(rig: "bench", rigHash: "", doors, rig.task, settings)
        let outcome = try TuningRun.run(plan, rig, log: log)
        #expect(try TuningReplay(log.lines.joined(separator: "\n"), file: "log").replay() == outcome)
        #expect(outcome.result.teams?.roles.count == 6 && outcome.restored.read == doors.start)
        #expect(plan.hash.count == 16)
    }

    @Test func `a file narrows limits by name and by kind, and its faults are named`() throws {
        let panel = try SimulatedBench.doors(SimulatedBench().line()).panel
        func narrowed(_ text: String) throws -> KnobPanel {
            try panel.narrowed(by: SettingsTable(toml: text, file: "limits.toml"))
        }
        let found = try narrowed(
            """
            [[knob]]
            kind = "bias_field"
            lowest = -0.05
            largest_rate = 0.02
            [[knob]]
            name = "bench.film1.drive_scale"
            highest = 1.5
            """)
        #expect(
            found.knobs.filter { $0.kind == "bias_field" }.allSatisfy {
                $0.lowest == -0.05 && $0.highest == 0.2 && $0.largestRate == 0.02
            })
        #expect(found.knobs[0].highest == 1.5 && found.knobs[4].highest == 2)
        for wrong in ["[[knob]]\nname = \"x\"", "[[knob]]\nkind = \"leak\"\nlowest = 0.5", "[[knob]]\nlowest = 1", "[knobs]"] {
            #expect(throws: (any Error).self) { try narrowed(wrong) }
        }
    }
}
