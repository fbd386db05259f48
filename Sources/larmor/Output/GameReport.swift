import TeamLearning

/// Prints what teams learned in a game.
struct GameReport {
    let game: String
    let learner: String
    let settings: TrainingSettings
    let seeds: Int
    let outcomes: [TeamStudy.Outcome]
    let baseline: TeamStudy.Outcome
    let actions: [String]
    let seconds: Double

    private struct Mean: Encodable {
        var mean: Double
        var interval_95: IntervalEnds

        init(_ found: SeedInterval) {
            (mean, interval_95) = (found.mean, IntervalEnds(found.low...found.high))
        }
    }

    private struct Outcome: Encodable {
        var teams: String
        var sizes: [Int]
        var reward: Mean
        var equality: Double?
        var specialisation: Mean
        var policyEntropy: Mean
        var creditSignalToNoise: Mean
        var information: Mean
        var more: [String: Mean]
        /// Of the first seed: shape [agents][actions].
        var roles: [[Double]]

        init(_ outcome: TeamStudy.Outcome) {
            teams = outcome.label
            sizes = outcome.partition.members.map(\.count)
            reward = Mean(outcome.reward)
            equality = outcome.equality?.mean
            specialisation = Mean(outcome.specialisation)
            policyEntropy = Mean(outcome.policyEntropy)
            creditSignalToNoise = Mean(outcome.creditSignalToNoise)
            information = Mean(outcome.information)
            more = outcome.more.mapValues(Mean.init)
            roles = outcome.runs.first?.roles ?? []
        }
    }

    private struct Result: Encodable {
        var game: String
        var learner: String
        var seeds: Int
        var steps: Int
        var credo: [Double]
        var signal: String
        /// The best of the outcomes, by mean reward.
        var teams: String
        var reward: Mean
        var equality: Double?
        var roles: [[Double]]
        var actions: [String]
        var outcomes: [Outcome]
        var baselines: [String: Mean]
        var seconds: Double
    }

    private var best: TeamStudy.Outcome? { outcomes.max { $0.reward.mean < $1.reward.mean } }

    func json() throws {
        guard let best else { return }
        let found = Outcome(best)
        try Console.json(
            Result(
                game: game, learner: learner, seeds: seeds, steps: settings.steps,
                credo: [settings.credo.own, settings.credo.team, settings.credo.system], signal: settings.signal.rawValue,
                teams: best.label, reward: found.reward, equality: found.equality, roles: found.roles, actions: actions,
                outcomes: outcomes.map(Outcome.init), baselines: ["random": Mean(baseline.reward)], seconds: seconds))
    }

    func show(roles: Bool) {
        func number(_ value: Double) -> String { Console.number(value, digits: 3) }
        let names = (outcomes.first?.more.keys).map { $0.sorted() } ?? []
        // An outcome may lack a measure, as cooperation with others where there is one team.
        let all = Set(outcomes.flatMap { $0.more.keys }).union(names).sorted()
        var table = TextTable(
            header: ["teams", "reward", "95 % interval", "equality", "specialisation", "entropy", "credit SNR", "information"]
                + all.map { $0.replacing("_", with: " ") })
        for outcome in outcomes + [baseline] {
            let (reward, more) = (outcome.reward, outcome.more)
            table.add(
                row: [
                    outcome.label, number(reward.mean), "\(number(reward.low)) … \(number(reward.high))",
                    outcome.equality.map { number($0.mean) } ?? "–", number(outcome.specialisation.mean),
                    number(outcome.policyEntropy.mean), number(outcome.creditSignalToNoise.mean),
                    Console.number(outcome.information.mean, digits: 4),
                ] + all.map { more[$0].map { number($0.mean) } ?? "–" })
        }
        Console.result(
            "\(game): \(Console.count(seeds, "seed")), \(settings.steps) steps, the last \(Int(settings.measured * 100)) % measured"
        )
        Console.result(table.text)
        if let best, outcomes.count > 1 { Console.result(verdict(best)) }
        if roles { showRoles() }
    }

    private func verdict(_ best: TeamStudy.Outcome) -> String {
        let apart = outcomes.filter { $0.label != best.label && $0.reward.high < best.reward.low }.map(\.label)
        let even = outcomes.filter { $0.label != best.label && $0.reward.high >= best.reward.low }.map(\.label)
        var text = "best: \(best.label)"
        if seeds < 2 { return text + "; one seed tells no interval" }
        if !apart.isEmpty { text += "; its interval lies above those of \(apart.joined(separator: ", "))" }
        if !even.isEmpty { text += "; not told apart from \(even.joined(separator: ", "))" }
        return text
    }

    private func showRoles() {
        for outcome in outcomes {
            guard let run = outcome.runs.first else { continue }
            var table = TextTable(header: ["agent", "team", "reward"] + actions)
            for (agent, shares) in run.roles.enumerated() {
                table.add(
                    row: [
                        "agent-\(agent)", outcome.partition.names[outcome.partition.team(of: agent)],
                        Console.number(run.agentRewards[agent], digits: 3),
                    ] + shares.map { Console.number($0, digits: 2) })
            }
            Console.result("\n\(outcome.label), first seed\n\(table.text)")
        }
    }
}
