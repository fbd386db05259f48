import RigTuning
import Signals
import TeamLearning

/// Prints what a tuning will do, and what it did.
struct TuneReport {
    let plan: TuningPlan
    let isSimulated: Bool

    private var settings: TuningSettings { plan.settings }
    private func number(_ value: Double) -> String { Console.number(value, significant: 4) }

    // MARK: Before

    func showPlan() {
        for device in plan.devices {
            Console.result(
                "\(device.name): \(device.maker) \(device.model), serial number \(device.serialNumber), firmware \(device.firmware)"
                    + (isSimulated ? " (simulated)" : ""))
        }
        var table = TextTable("knob", "unit", "start", "lowest", "highest", "rate per s")
        for (knob, start) in zip(plan.panel.knobs, plan.start) {
            table.add(
                knob.fullName, knob.unit.rawValue, number(start), number(knob.lowest), number(knob.highest),
                knob.largestRate > 0 ? number(knob.largestRate) : "–")
        }
        Console.result("\n" + table.text)
        for limit in plan.panel.jointLimits {
            Console.result("joint limit \(limit.name): Σ weight · |value| ≤ \(number(limit.highest))")
        }
        Console.result(
            """

            \(method): \(settings.windows) windows of \(plan.task.steps) steps: \(settings.noiseWindows) untouched, \(settings.trials) of \
            the tuning with a return to the start in every \(settings.referenceEvery), \(2 * settings.pairs) on held-out inputs
            plan \(plan.hash)
            """)
    }

    private var method: String {
        settings.method == .q
            ? "\(Console.count(settings.partition.agents, "agent")) in teams \(settings.partition.text)"
            : settings.method.rawValue
    }

    private struct PlanResult: Encodable {
        var plan: TuningPlan
        var hash: String
        var simulated: Bool
    }

    func planJSON() throws { try Console.json(PlanResult(plan: plan, hash: plan.hash, simulated: isSimulated)) }

    // MARK: After

    func show(_ outcome: TuningOutcome, folder: String, roles: Bool) {
        let result = outcome.result
        Console.result(
            "\nnoise floor: NMSE \(number(result.noise.mean)) ± \(number(result.noise.deviation)) over "
                + "\(Console.count(result.noise.windows, "untouched window")), drift \(number(result.noise.driftPerHour)) an hour of rig time\n"
        )
        showTrials(outcome)
        Console.result(
            "\nrefused wishes \(result.refused), at limits \(result.clipped), at joint limits \(result.jointLimited)")
        if roles { showRoles(result) }
        Console.result("\n" + verdict(result))
        if result.isImproved { showBest(result) }
        let far = zip(outcome.restored.read, plan.start).reduce(0) { max($0, abs($1.0 - $1.1)) }
        Console.result(
            "back at the start: \(Console.count(plan.start.count, "knob")) read back, largest difference \(number(far)); "
                + "rig time \(Console.number(result.seconds, digits: 0)) s, \(result.frames) frames; \(folder)")
    }

    /// "better", or in plain words that it is not.
    func verdict(_ result: TuningResult) -> String {
        let held = result.heldOut
        let (start, best) = (SeedInterval(held.start).mean, SeedInterval(held.best).mean)
        let words =
            "on held-out inputs NMSE \(number(start)) at the start, \(number(best)) at the best; gain \(number(held.gain)), 95 % "
            + "\(number(held.low)) … \(number(held.high)), p \(Console.number(held.p, significant: 2)), "
            + "\(Console.count(held.start.count, "pair"))"
        guard result.isImproved else {
            return "no improvement: "
                + (result.bestTrial == nil
                    ? "no trial was better than its reference; "
                    : "the best trial is not better than the start beyond chance; ")
                + words
        }
        return "improved by \(Console.number(100 * held.gain / max(start, 1e-300), digits: 1)) %: " + words
    }

    private func showTrials(_ outcome: TuningOutcome) {
        var table = TextTable("trial", "moved", "limited", "NMSE", "reference", "gain", "read back within", "rig s")
        for trial in outcome.trials {
            let change = trial.change
            let moved = zip(change.set, plan.start).count { $0 != $1 }
            let far = zip(change.read, change.set).reduce(0) { max($0, abs($1.0 - $1.1)) }
            table.add(
                "\(trial.number)", "\(moved)", "\(change.clipped + change.refused + (change.isJointLimited ? 1 : 0))",
                number(trial.window.error), number(trial.reference), number(trial.gain), number(far),
                Console.number(change.seconds + trial.window.seconds, digits: 2))
        }
        Console.result(table.text)
    }

    private func showBest(_ result: TuningResult) {
        var table = TextTable("knob", "unit", "start", "best")
        for (index, knob) in plan.panel.knobs.enumerated() where result.best[index] != plan.start[index] {
            table.add(knob.fullName, knob.unit.rawValue, number(plan.start[index]), number(result.best[index]))
        }
        Console.result("\n" + table.text)
    }

    private func showRoles(_ result: TuningResult) {
        guard let teams = result.teams else { return }
        var table = TextTable("agent", "team", "down", "stay", "up", "gain", "credit SNR")
        let names = settings.agents.names(plan.panel)
        for (agent, shares) in teams.roles.enumerated() {
            table.add(
                row: [names[agent], settings.partition.names[settings.partition.team(of: agent)]]
                    + shares.map { Console.number($0, digits: 2) }
                    + [number(teams.agentRewards[agent]), number(result.credits?[agent] ?? 0)])
        }
        Console.result("\n" + table.text)
    }

    // MARK: JSON

    private struct Trial: Encodable {
        var number: Int
        var asked: [Double]
        var set: [Double]
        var read: [Double]
        var clipped: Int
        var refused: Int
        var jointLimited: Bool
        var errors: [Double]
        var reference: Double
        var gain: Double
    }

    private struct Result: Encodable {
        var plan: TuningPlan
        var hash: String
        var result: TuningResult
        var trials: [Trial]
        var restored: [Double]
        var folder: String
        var verdict: String
    }

    func json(_ outcome: TuningOutcome, folder: String) throws {
        try Console.json(
            Result(
                plan: plan, hash: plan.hash, result: outcome.result,
                trials: outcome.trials.map {
                    Trial(
                        number: $0.number, asked: $0.change.asked, set: $0.change.set, read: $0.change.read,
                        clipped: $0.change.clipped, refused: $0.change.refused, jointLimited: $0.change.isJointLimited,
                        errors: $0.window.errors, reference: $0.reference, gain: $0.gain)
                },
                restored: outcome.restored.read, folder: folder, verdict: verdict(outcome.result)))
    }
}
