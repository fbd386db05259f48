import TeamLearning
import Testing

/// Pairs that play the prisoner's dilemma and its relatives.
struct MatrixGameTests {
    private func outcome(_ teams: Int, _ size: Int, _ credo: Credo = .team) throws -> TeamStudy.Outcome {
        let game = try TeamGame(named: "ipd")
        var settings = game.standardTraining
        settings.credo = credo
        let study = TeamStudy(game, settings, seeds: [1, 2, 3], threads: 2)
        return try #require(try study.outcome("", .equal(teams: teams, size: size)))
    }

    /// Cooperation with teammates and with others, and reward, of an independent implementation in Python.
    @Test(
        arguments: [
            (25, 1, Credo.team, nil, 0.23, 0.92), (10, 2, .team, 0.83, 0.29, 1.38), (5, 5, .team, 0.81, 0.36, 1.79),
            (2, 10, .team, 0.79, 0.39, 2.36), (1, 20, .team, 0.77, nil, 3.07), (5, 5, .selfish, 0.17, 0.18, 0.71),
            (5, 5, .system, 0.79, 0.77, 3.11),
        ] as [(Int, Int, Credo, Double?, Double?, Double)])
    func `teams cooperate within, and only shared system reward makes them cooperate with others`(
        teams: Int, size: Int, credo: Credo, within: Double?, between: Double?, reward: Double
    ) throws {
        let found = try outcome(teams, size, credo)
        #expect(abs(found.reward.mean - reward) < 0.12, "\(found.reward.mean)")
        for (name, expected) in [("cooperate_within", within), ("cooperate_between", between)] {
            #expect((found.more[name] == nil) == (expected == nil))
            if let value = found.more[name]?.mean, let expected { #expect(abs(value - expected) < 0.06, "\(name): \(value)") }
        }
    }

    @Test func `an opponent is of each team equally often, and never the agent itself`() {
        var game = MatrixGame(.donation(), TeamPartition(teams: [0, 0, 0, 1, 1, 2]))
        var met = [[Int]](repeating: [0, 0, 0, 0, 0, 0], count: 6)
        for seed in 0..<6000 {
            game.reset(seed: UInt64(seed))
            for agent in 0..<6 {
                #expect(game.agent(at: 2 * agent) == agent)
                met[agent][game.agent(at: 2 * agent + 1)] += 1
            }
        }
        #expect(met.indices.allSatisfy { met[$0][$0] == 0 })
        // Agent 0: two teammates, two of team 1, one of team 2, each team a third.
        let shares: [Double] = [0, 1 / 6, 1 / 6, 1 / 6, 1 / 6, 1 / 3]
        for other in 1..<6 {
            let share = Double(met[0][other]) / 6000
            #expect(abs(share - shares[other]) < 0.025)
        }
        // Agent 5 is alone in its team.
        let share = Double(met[5][0]) / 6000
        #expect(abs(share - shares[1]) < 0.025)
    }

    @Test func `payoffs are those of the literature`() {
        #expect(MatrixPayoff.donation(benefit: 5, cost: 1).values == [[4, -1], [5, 0]])
        for payoff in [MatrixPayoff.donation(), .prisonersDilemma] {
            let v = payoff.values
            #expect(v[1][0] > v[0][0] && v[0][0] > v[1][1] && v[1][1] > v[0][1], "temptation, reward, punishment, sucker")
        }
        let stag = MatrixPayoff.stagHunt.values
        #expect(stag[0][0] > stag[1][0] && stag[1][0] >= stag[1][1] && stag[1][1] > stag[0][1])
        let hawk = MatrixPayoff.hawkDove().values
        #expect(hawk[0][1] > hawk[1][1] && hawk[1][1] > hawk[1][0] && hawk[1][0] > hawk[0][0])
        let chicken = MatrixPayoff.chicken().values
        #expect(chicken[1][0] > chicken[0][0] && chicken[0][0] > chicken[0][1] && chicken[0][1] > chicken[1][1])
    }
}
