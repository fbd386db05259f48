import Reservoirs
import Signals
import TeamLearning

/// A tuning from the noise floor to the comparison on held-out inputs. Whatever ends it, the knobs go back to their start.
public struct TuningRun {
    /// How far it is, for people.
    public struct Progress: Sendable, Equatable {
        public var windows: Int
        public var of: Int
        public var purpose: String
        public var error: Double
    }

    private let plan: TuningPlan
    private let rig: LoggedRig
    private let isStopped: () -> Bool
    private let note: (Progress) -> Void
    private var settings: TuningSettings { plan.settings }

    private var windows = 0
    private var frames = 0
    private var seconds = 0.0
    private var totals = (clipped: 0, refused: 0, jointLimited: 0)
    private var trials: [TuningTrial] = []
    private var references: [(number: Int, error: Double)] = []

    /// Runs a plan.
    /// - Parameters:
    ///   - log: gets every line.
    ///   - isStopped: asked before each window.
    /// - Throws: ``TuningStopped``; `TransportError` when a device is lost and ``TuningError``, when the knobs are at their start;
    ///   ``TuningError/Reason/notRestored(cause:journal:)`` when they could not be brought there.
    public static func run(
        _ plan: TuningPlan, _ rig: any TuningRig, log: TuningLog, isStopped: @escaping () -> Bool = { false },
        note: @escaping (Progress) -> Void = { _ in }
    ) throws -> TuningOutcome {
        let logged = LoggedRig(rig, log)
        var run = TuningRun(plan: plan, rig: logged, isStopped: isStopped, note: note)
        try log.add(.plan(plan))
        try log.add(.open(start: rig.start))
        let result: TuningResult
        do {
            result = try run.tune()
            try log.add(.result(result))
        } catch {
            if error is TuningStopped { try? log.add(.stopped) } else { try? log.add(.failed("\(error)")) }
            defer { log.sync() }
            _ = try logged.restore()
            throw error
        }
        defer { log.sync() }
        let restored = try logged.restore()
        return TuningOutcome(
            plan: plan, result: result, trials: run.trials, references: run.references, restored: restored)
    }

    private init(plan: TuningPlan, rig: LoggedRig, isStopped: @escaping () -> Bool, note: @escaping (Progress) -> Void) {
        (self.plan, self.rig, self.isStopped, self.note) = (plan, rig, isStopped, note)
    }

    private mutating func apply(_ asked: [Double], _ purpose: String) throws -> KnobChange {
        rig.purpose = purpose
        let change = try rig.apply(asked)
        seconds += change.seconds
        totals.clipped += change.clipped
        totals.refused += change.refused
        if change.isJointLimited { totals.jointLimited += 1 }
        return change
    }

    private mutating func window(_ seed: UInt64, _ purpose: String) throws -> RigWindow {
        if isStopped() { throw TuningStopped() }
        rig.purpose = purpose
        let window = try rig.window(seed)
        windows += 1
        frames += window.frames
        seconds += window.seconds
        note(Progress(windows: windows, of: settings.windows, purpose: purpose, error: window.error))
        return window
    }

    private mutating func tune() throws -> TuningResult {
        _ = try apply(rig.start, "start")
        var (errors, times) = ([Double](), [Double]())
        for _ in 0..<settings.noiseWindows {
            errors.append(try window(settings.tuningSeed, "noise").error)
            times.append(seconds)
        }
        let measured = try tried()
        let best = trials.max { ($0.gain, -$0.number) < ($1.gain, -$1.number) }.flatMap { $0.gain > 0 ? $0 : nil }
        let values = best?.change.set ?? rig.start
        let heldOut = try compared(values)
        let late = trials.suffix(max(1, trials.count / 4))
        return TuningResult(
            noise: NoiseFloor(errors, at: times), best: values, bestTrial: best?.number, bestGain: best?.gain ?? 0,
            heldOut: heldOut, isImproved: values != rig.start && heldOut.gain > 0 && heldOut.p < TuningResult.significance,
            lateGain: late.isEmpty ? 0 : late.reduce(0) { $0 + $1.gain } / Double(late.count), clipped: totals.clipped,
            refused: totals.refused, jointLimited: totals.jointLimited, windows: windows, frames: frames, seconds: seconds,
            teams: measured?.teams, credits: measured?.credits)
    }

    /// The trials, with a return to the reference before each few of them.
    private mutating func tried() throws -> (teams: TeamMeasures, credits: [Double])? {
        var method = method
        var reference: [Double] = []
        for number in 1...max(1, settings.trials) where settings.trials > 0 {
            if (number - 1) % max(2, settings.referenceEvery) == 0 {
                _ = try apply(rig.start, "reference")
                let window = try window(settings.tuningSeed, "reference")
                reference = window.errors
                references.append((number, window.error))
                continue
            }
            let change = try apply(method.propose(), "trial \(number)")
            let found = try window(settings.tuningSeed, "trial \(number)")
            let gains = zip(reference, found.errors).map { $0 - $1 }
            let lesson = TrialLesson(set: change.set, gains: gains, cost: settings.costPerSecond * change.seconds)
            method.learn(lesson)
            let mean = reference.reduce(0, +) / Double(max(1, reference.count))
            trials.append(
                TuningTrial(number: number, change: change, window: found, reference: mean, gain: mean - found.error))
        }
        return (method as? TeamTuning).map { ($0.measures, $0.credits) }
    }

    /// Both settings in pairs, in turning order, each pair with inputs of its own.
    private mutating func compared(_ best: [Double]) throws -> HeldOut {
        var (before, after) = ([Double](), [Double]())
        for pair in 0..<settings.pairs {
            for isBest in pair % 2 == 0 ? [false, true] : [true, false] {
                let purpose = isBest ? "held out, best" : "held out, start"
                _ = try apply(isBest ? best : rig.start, purpose)
                let error = try window(settings.heldOutSeed(pair), purpose).error
                if isBest { after.append(error) } else { before.append(error) }
            }
        }
        return HeldOut(start: before, best: after)
    }

    private var method: any TuningMethod {
        let genes = KnobGenes(plan.panel, start: plan.start)
        func search(_ strategy: any SearchStrategy) -> any TuningMethod { SearchTuning(strategy, genes) }
        func known(_ method: SearchMethod) -> any TuningMethod {
            search(method.strategy(genes: genes.count, budget: settings.trials, seed: settings.seed))
        }
        switch settings.method {
        case .none: return StayMethod(start: plan.start)
        case .random: return known(.random)
        case .cmaes: return known(.cmaes)
        case .coordinate: return search(CoordinateDescent(start: genes.genes(plan.start)))
        case .gaussian:
            return search(GaussianProcessSearch(genes: genes.count, start: genes.genes(plan.start), seed: settings.seed))
        case .q:
            let trials = settings.trials - (settings.trials + settings.referenceEvery - 1) / max(2, settings.referenceEvery)
            return TeamTuning(
                plan.panel, start: plan.start, agents: settings.agents.knobs(plan.panel), settings.partition, settings.learner,
                trials: trials, seed: settings.seed)
        }
    }
}
