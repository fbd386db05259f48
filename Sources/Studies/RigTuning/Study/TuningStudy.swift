import Dispatch
import Foundation
import Origin
import Synchronization
public import TeamLearning

/// Ways to tune one and the same simulated bench, over several seeds, with equal windows for all.
///
/// Seed s has its own drift, inputs and learners; all ways of one seed have the same bench and the same inputs, so they are compared in pairs.
public struct TuningStudy: Sendable {
    /// One way to tune.
    public struct Arm: Sendable, Equatable {
        /// "3x2" for teams, or a search's name.
        public var label: String
        public var method: TuningMethodName
        public var partition: TeamPartition

        public init(_ label: String, _ method: TuningMethodName, _ partition: TeamPartition = .solo(1)) {
            (self.label, self.method, self.partition) = (label, method, partition)
        }
    }

    /// What became of an arm with a seed: a line of the store.
    public struct Run: Sendable, Equatable, Codable {
        public var arm: String
        public var seed: UInt64
        /// Hash of everything that the numbers follow from.
        public var key: String
        /// Mean NMSE on held-out inputs.
        public var start: Double
        public var best: Double
        public var isImproved: Bool
        public var lateGain: Double
        public var windows: Int
        public var frames: Int
        /// Rig time.
        public var seconds: Double
        public var creditSignalToNoise: Double?
        public var specialisation: Double?
        public var policyEntropy: Double?
    }

    public var isCoupled = true
    public var isDrifting = true
    public var settings = TuningSettings()
    public var task = RigTask()
    public var seeds: [UInt64]
    public var threads = 1

    public init(seeds: [UInt64]) { self.seeds = seeds }

    private struct Key: Encodable {
        var isCoupled: Bool
        var isDrifting: Bool
        var settings: TuningSettings
        var task: RigTask
        var version: Int
    }

    /// Counts up when the bench or a method changes.
    private static let version = 1

    private func adapted(_ arm: Arm, _ seed: UInt64) -> TuningSettings {
        var settings = settings
        (settings.method, settings.partition, settings.seed) = (arm.method, arm.partition, seed)
        settings.teams = arm.label
        return settings
    }

    private func key(_ settings: TuningSettings) -> String {
        let key = Key(isCoupled: isCoupled, isDrifting: isDrifting, settings: settings, task: task, version: Self.version)
        return String(ContentHash.sha256((try? TuningLog.encoder.encode(key)) ?? Data()).prefix(16))
    }

    private func run(_ arm: Arm, _ seed: UInt64) throws -> Run {
        let line = try SimulatedBench(isCoupled: isCoupled, isDrifting: isDrifting, seed: seed).line()
        let doors = try SimulatedBench.doors(line)
        let rig = LinkedRig(doors, task, clock: line.clock)
        let settings = adapted(arm, seed)
        let plan = TuningPlan(rig: "bench", rigHash: "", doors, task, settings)
        let result = try TuningRun.run(plan, rig, log: TuningLog(nil)).result
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        return Run(
            arm: arm.label, seed: seed, key: key(settings), start: mean(result.heldOut.start), best: mean(result.heldOut.best),
            isImproved: result.isImproved, lateGain: result.lateGain, windows: result.windows, frames: result.frames,
            seconds: result.seconds, creditSignalToNoise: result.teams?.creditSignalToNoise,
            specialisation: result.teams?.specialisation, policyEntropy: result.teams?.policyEntropy)
    }

    /// - Parameters:
    ///   - known: runs that are there already; those of other settings are left out of account.
    ///   - note: each new run, in the order in which they end, one at a time; returns false to stop.
    /// - Returns: arm by arm, seed by seed; fewer where it was stopped.
    public func runs(_ arms: [Arm], known: [Run] = [], note: @Sendable (Run) throws -> Bool) throws -> [Run] {
        let there = Dictionary(known.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let jobs = seeds.flatMap { seed in arms.map { (arm: $0, seed: seed, key: key(adapted($0, seed))) } }
        let found = Mutex(there)
        let next = Mutex(0)
        let fault = Mutex<(any Error)?>(nil)
        let isStopped = Mutex(false)
        DispatchQueue.concurrentPerform(iterations: max(1, min(threads, jobs.count))) { _ in
            while !isStopped.withLock(\.self) {
                let place = next.withLock { place in
                    defer { place += 1 }
                    return place
                }
                guard place < jobs.count else { return }
                let job = jobs[place]
                if there[job.key] != nil { continue }
                do {
                    let done = try run(job.arm, job.seed)
                    let goesOn = try found.withLock { found in
                        found[job.key] = done
                        return try note(done)
                    }
                    if !goesOn { isStopped.withLock { $0 = true } }
                } catch {
                    fault.withLock { $0 = $0 ?? error }
                    isStopped.withLock { $0 = true }
                }
            }
        }
        if let fault = fault.withLock(\.self) { throw fault }
        let all = found.withLock(\.self)
        return arms.flatMap { arm in seeds.compactMap { all[key(adapted(arm, $0))] } }
    }
}

/// What a study shows of an arm.
public struct TuningArmSummary: Sendable, Equatable {
    public var arm: String
    public var seeds: Int
    /// NMSE on held-out inputs, of the best setting.
    public var best: SeedInterval
    /// Share of the start's error that is gone.
    public var gain: SeedInterval
    /// The same for the trials of the last quarter, in the error's unit.
    public var lateGain: SeedInterval
    public var improved: Int
    /// Error of the arm that it is compared with less its own, seed by seed; above 0 is better than that arm. nil for the arm itself.
    public var against: [String: SeedInterval]
    /// Of agents; nil for a search.
    public var credit: SeedInterval?

    /// - Parameter runs: of all arms.
    public static func all(_ runs: [TuningStudy.Run]) -> [TuningArmSummary] {
        var order: [String] = []
        for run in runs where !order.contains(run.arm) { order.append(run.arm) }
        let byArm = Dictionary(grouping: runs, by: \.arm)
        return order.map { arm in
            let own = byArm[arm] ?? []
            var against: [String: SeedInterval] = [:]
            for other in order where other != arm {
                let errors = Dictionary(
                    (byArm[other] ?? []).map { ($0.seed, $0.best) }, uniquingKeysWith: { first, _ in first })
                let differences = own.compactMap { run in errors[run.seed].map { $0 - run.best } }
                if !differences.isEmpty { against[other] = SeedInterval(differences) }
            }
            let credits = own.compactMap(\.creditSignalToNoise)
            return TuningArmSummary(
                arm: arm, seeds: own.count, best: SeedInterval(own.map(\.best)),
                gain: SeedInterval(own.map { 1 - $0.best / max($0.start, 1e-300) }),
                lateGain: SeedInterval(own.map(\.lateGain)),
                improved: own.count(where: \.isImproved), against: against,
                credit: credits.isEmpty ? nil : SeedInterval(credits))
        }
    }
}
