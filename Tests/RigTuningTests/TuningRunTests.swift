import Foundation
import Protocols
import RigTuning
import Signals
import Simulators
import TeamLearning
import Testing
import Transports

/// Tunings of rigs whose score is known.
struct TuningRunTests {
    /// A rig of films whose errors are a function of the knobs and noise.
    private final class KnownRig: TuningRig {
        let panel: KnobPanel
        let start: [Double]
        private var values: [Double]
        private var random: SplitMix64
        private let noise: Double
        private let error: ([Double], Int) -> Double
        var windows = 0
        var failsAt: Int?
        private(set) var restores = 0

        init(films: Int = 6, noise: Double, seed: UInt64 = 1, _ error: @escaping ([Double], Int) -> Double) {
            let knobs = RigLinkKnobs(
                (0..<films).flatMap { film in
                    ["bias", "gain"].map { kind in
                        .init(
                            name: "\(kind)\(film)", kind: kind, part: film, unit: .tesla, lowest: -1, highest: 1,
                            largestRate: 0, rest: 0)
                    }
                })
            panel = KnobPanel([(name: "known", knobs: knobs)])
            start = [Double](repeating: 0, count: 2 * films)
            (values, random, self.noise, self.error) = (start, SplitMix64(seed: seed), noise, error)
        }

        func apply(_ asked: [Double]) throws -> KnobChange {
            let found = KnobGuard(panel).admit(asked, from: values)
            values = found.values
            return KnobChange(
                asked: asked, set: values, read: values, clipped: found.clipped, refused: found.refused,
                isJointLimited: found.isJointLimited, steps: 1, seconds: 0.1)
        }

        func window(_ seed: UInt64) throws -> RigWindow {
            windows += 1
            if windows == failsAt { throw TransportError(.gone, port: "known", detail: "the device is gone") }
            let errors = (0..<panel.films).map { error(values, $0) + noise * random.normal() }
            return RigWindow(seed: seed, errors: errors, frames: 100, seconds: 1)
        }

        func restore() throws -> KnobChange {
            restores += 1
            return try apply(start)
        }
    }

    private static func plan(_ rig: any TuningRig, _ method: TuningMethodName, seed: UInt64 = 1, trials: Int = 60) throws
        -> TuningPlan
    {
        var settings = TuningSettings()
        settings.method = method
        settings.seed = seed
        settings.trials = trials
        settings.partition = .solo(rig.panel.films)
        let doors = try MirrorBench().doors()
        var plan = TuningPlan(rig: "known", rigHash: "", doors, RigTask(), settings)
        (plan.panel, plan.start) = (rig.panel, rig.start)
        return plan
    }

    /// 0.2 at the start, 0 at bias 0.5 and gain −0.5.
    private static func bowl(_ values: [Double], _ film: Int) -> Double {
        let (bias, gain) = (values[2 * film] - 0.5, values[2 * film + 1] + 0.5)
        return 0.4 * (bias * bias + gain * gain) + 0.3
    }

    @Test(arguments: [TuningMethodName.random, .coordinate, .cmaes, .gaussian, .q])
    func `a flat objective gives no improvement in at least 95 of 100 seeds`(_ method: TuningMethodName) throws {
        var found = 0
        for seed in 1...100 as ClosedRange<UInt64> {
            let rig = KnownRig(films: 2, noise: 0.05, seed: seed) { _, _ in 0.5 }
            let outcome = try TuningRun.run(Self.plan(rig, method, seed: seed, trials: 25), rig, log: TuningLog(nil))
            if outcome.result.isImproved { found += 1 }
        }
        #expect(found <= 5, "\(method): \(found) of 100")
    }

    @Test(arguments: [TuningMethodName.coordinate, .cmaes, .gaussian, .q])
    func `a bowl is gone down, and the gain on held-out inputs is told with its interval`(_ method: TuningMethodName) throws {
        let rig = KnownRig(noise: 0.005, Self.bowl)
        let outcome = try TuningRun.run(Self.plan(rig, method, trials: 150), rig, log: TuningLog(nil))
        let result = outcome.result
        #expect(result.isImproved && result.heldOut.gain > 0.05, "\(method): \(result.heldOut.gain)")
        #expect(
            result.heldOut.low < result.heldOut.gain && result.heldOut.gain < result.heldOut.high && result.heldOut.p < 0.01)
        #expect(outcome.restored.read == rig.start && rig.restores == 1)
    }

    @Test func `all methods have the same windows, and returns to the reference stand between trials`() throws {
        var windows: Set<Int> = []
        for method in TuningMethodName.allCases {
            let rig = KnownRig(noise: 0.01, Self.bowl)
            let outcome = try TuningRun.run(Self.plan(rig, method, trials: 30), rig, log: TuningLog(nil))
            windows.insert(rig.windows)
            #expect(outcome.references.map(\.number) == [1, 6, 11, 16, 21, 26] && outcome.trials.count == 24)
            if method == .none { #expect(!outcome.result.isImproved && outcome.result.best == rig.start) }
        }
        #expect(windows == [10 + 30 + 24])
    }

    @Test func `the noise floor is the scatter of the untouched rig`() throws {
        let rig = KnownRig(films: 1, noise: 0.1) { _, _ in 0.5 }
        var plan = try Self.plan(rig, .none, trials: 0)
        plan.settings.noiseWindows = 400
        let noise = try TuningRun.run(plan, rig, log: TuningLog(nil)).result.noise
        #expect(abs(noise.mean - 0.5) < 0.02 && abs(noise.deviation - 0.1) < 0.015)
    }

    @Test(arguments: TuningMethodName.allCases)
    func `the log replays to the byte`(_ method: TuningMethodName) throws {
        let path = NSTemporaryDirectory() + "larmor-log-\(UUID()).jsonl"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let rig = KnownRig(noise: 0.01, Self.bowl)
        let outcome = try TuningRun.run(Self.plan(rig, method, trials: 40), rig, log: TuningLog(path))
        let replay = try TuningReplay(contentsOf: path)
        let again = try replay.replay()
        #expect(again == outcome && replay.result == outcome.result)
    }

    @Test func `a log with a changed number does not replay, and the line is named`() throws {
        let rig = KnownRig(noise: 0.01, Self.bowl)
        let log = try TuningLog(nil)
        _ = try TuningRun.run(Self.plan(rig, .cmaes, trials: 40), rig, log: log)
        var lines = log.lines
        let place = try #require(lines.firstIndex { $0.contains("trial 20") && $0.contains("errors") })
        lines[place] = lines[place].replacingOccurrences(of: "\"errors\":[0.", with: "\"errors\":[0.9")
        let replay = try TuningReplay(lines.joined(separator: "\n"), file: "changed")
        #expect(throws: TuningError.self) { try replay.replay() }
        #expect(throws: TuningError.self) { try TuningReplay("{}", file: "other") }
    }

    @Test func `a device lost in mid-tune ends it with its own error, knobs at their start, and that replays too`() throws {
        let rig = KnownRig(noise: 0.01, Self.bowl)
        rig.failsAt = 30
        let log = try TuningLog(nil)
        #expect(throws: TransportError.self) { try TuningRun.run(Self.plan(rig, .q), rig, log: log) }
        #expect(rig.restores == 1 && log.lines.last?.contains("restored") == true)
        #expect(try TuningReplay(log.lines.joined(separator: "\n"), file: "log").replay() == nil)
    }

    @Test func `a tuning that is asked to stop brings the knobs back, and replays`() throws {
        let rig = KnownRig(noise: 0.01, Self.bowl)
        let log = try TuningLog(nil)
        #expect(throws: TuningStopped.self) {
            try TuningRun.run(Self.plan(rig, .gaussian), rig, log: log, isStopped: { rig.windows == 25 })
        }
        #expect(rig.restores == 1 && rig.windows == 25)
        #expect(try TuningReplay(log.lines.joined(separator: "\n"), file: "log").replay() == nil)
    }

    @Test func `a device that is lost behind real firmware is back at its start when it is there again`() throws {
        let bench = MirrorBench(films: 2)
        let doors = try bench.doors()
        let rig = bench.rig(doors)
        try rig.check()
        var windows = 0
        bench.line.watch = { firmware, _ in
            // The cable is pulled for a moment, in a drive.
            if firmware.answered > 600 * 14, windows == 0 {
                windows = 1
                bench.line.isCut = true
            }
        }
        var settings = TuningSettings()
        settings.method = .random
        settings.trials = 20
        let plan = TuningPlan(rig: "mirror", rigHash: "", doors, rig.task, settings)
        #expect(throws: TuningError.self) { try TuningRun.run(plan, rig, log: TuningLog(nil)) }
        // By itself, as it knows of its lost link.
        #expect(bench.line.firmware.knobs?.targets == doors.start)
        bench.line.isCut = false
        #expect(try doors.restore().read == doors.start)
    }

    @Test func `the sign test is exact`() {
        #expect(HeldOut.chance([1, 1, 1]) == 1.0 / 8)
        #expect(HeldOut.chance([0, 0, 0]) == 1)
        // Sums of ±1 ±2 ±3 that are at least 4: 6 and 4.
        #expect(HeldOut.chance([-1, 2, 3]) == 2.0 / 8)
    }

    @Test func `a team file that forgets an agent is refused by its name`() throws {
        let path = NSTemporaryDirectory() + "larmor-teams-\(UUID()).toml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "[[team]]\nagents = [\"film1\", \"film3\"]\n".write(toFile: path, atomically: true, encoding: .utf8)
        let panel = try MirrorBench(films: 3).doors().panel
        let error = try #require(throws: (any Error).self) {
            try TeamPartition(contentsOf: path, agents: TuningAgents.films.names(panel))
        }
        #expect("\(error)".contains("film2") && "\(error)".contains(path))
    }
}
