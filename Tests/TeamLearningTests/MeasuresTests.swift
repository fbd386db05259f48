import Foundation
import Signals
import TeamLearning
import Testing

/// Measures beside their formulas and brute-force sums.
struct MeasuresTests {
    @Test func `equality is one less Gini's coefficient`() {
        #expect(Roles.equality([2, 2, 2]) == 1)
        // One has all of n: G = (n − 1) / n.
        #expect(abs((Roles.equality([0, 0, 0, 8]) ?? 0) - 0.25) < 1e-12)
        let values = [3.0, 1, 4, 1, 5, 9, 2, 6]
        var sum = 0.0
        for a in values { for b in values { sum += abs(a - b) } }
        let gini = sum / (2 * 8 * values.reduce(0, +))
        #expect(abs((Roles.equality(values) ?? 0) - (1 - gini)) < 1e-12)
        #expect(Roles.equality([0, 0]) == nil && Roles.equality([-1, 5]) == nil)
    }

    @Test func `specialisation is 0 for the same roles and 1 for one role each`() {
        #expect(Roles.specialisation([[0.3, 0.7], [0.3, 0.7]]) < 1e-12)
        #expect(abs(Roles.specialisation([[1, 0], [0, 1]]) - 1) < 1e-12)
        #expect(
            abs(Roles.specialisation([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]]) - 1) < 1e-12)
        // (0.9, 0.1) and (0.1, 0.9): ln 2 less the entropy of 0.1, by ln 2.
        let inner = -(0.9 * log(0.9) + 0.1 * log(0.1))
        #expect(abs(Roles.specialisation([[0.9, 0.1], [0.1, 0.9]]) - (log(2) - inner) / log(2)) < 1e-12)
        #expect(Roles.specialisation([[0.5, 0.5]]) == 0)
    }

    /// Quantiles of R's qt(0.975, n).
    @Test(arguments: [
        (2, 12.70620474), (5, 2.776445105), (8, 2.364624252), (11, 2.228138852), (31, 2.042272456), (101, 1.983971519),
    ])
    func `intervals over seeds are by Student's distribution`(count: Int, quantile: Double) {
        let values = (0..<count).map { Double($0 % 2) }
        let mean = values.reduce(0, +) / Double(count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
        let found = SeedInterval(values)
        #expect(abs(found.high - mean - quantile * (variance / Double(count)).squareRoot()) < 2e-5)
        #expect(abs(found.mean - mean) < 1e-12 && abs(found.low + found.high - 2 * mean) < 1e-12)
    }

    @Test func `an interval over one seed claims no width`() {
        #expect(SeedInterval([3]).low == 3 && SeedInterval([3]).high == 3)
    }

    /// The theory of the study: an agent's own action stands out of its team's reward as 1 / n and drowns in the noise of n − 1 others.
    @Test(arguments: [2, 4, 8, 16])
    func `credit falls with team size as the theory says`(size: Int) {
        // Agents that act at random all the time: each harvests with probability ½, and then has an apple with probability p(w).
        var settings = TrainingSettings(steps: 40_000, learner: .init(), exploration: .constant(1))
        settings.measured = 1
        // As few cleaners as keep waste low: half of 8 clean 4, and 3 come.
        let agents = 16
        var training = TeamTraining(
            MiniCleanup(agents: agents), .equal(teams: agents / size, size: size), settings, seed: 5)
        training.advance()
        // Eight of sixteen clean, three come: w is 0 or nearly so. There p = 1: Δ = 1 / n, others' variance (n − 1) / 4 / n².
        let expected = 1 / (2 * (Double(size - 1) / 4).squareRoot())
        let found = training.measures
        #expect(abs(found.creditSignalToNoise - expected) < 0.12 * expected, "\(found.creditSignalToNoise), \(expected)")
        // Of two fair coins, one of which is in a sum of n: I = H(B(n)) − H(B(n − 1)).
        func entropy(_ n: Int) -> Double {
            let shares = (0...n).map { (k: Int) -> Double in
                let ways: Double = lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
                return exp(ways - Double(n) * log(2.0))
            }
            return Roles.entropy(shares)
        }
        let information = entropy(size) - entropy(size - 1)
        #expect(abs(found.information - information) < 0.1 * information + 0.002, "\(found.information), \(information)")
        #expect(found.policyEntropy > 0.69 && found.specialisation < 0.001)
    }

    @Test func `agents without any part in their reward have no credit`() {
        var settings = TrainingSettings(steps: 20_000, learner: .init(), exploration: .constant(1))
        settings.measured = 1
        var training = TeamTraining(CoinGame(), .solo(3), settings, seed: 1)
        training.advance()
        #expect(training.measures.creditSignalToNoise < 0.02 && training.measures.information < 0.001)
    }
}

/// Rewards are coins that nobody has a part in.
private struct CoinGame: StochasticGame {
    var rules = GameRules(name: "coin", agents: 3, actions: ["a", "b"], tableStates: 1, observation: [1], rewards: [0, 1])
    var seed: UInt64 = 0
    var rewards = [0.0, 0, 0]
    var isOver: Bool { false }
    var seats: Int { 3 }
    mutating func reset(seed: UInt64) { self.seed = seed }
    func agent(at seat: Int) -> Int { seat }
    func state(at seat: Int) -> Int { 0 }
    func observe(_ seat: Int, into values: inout [Float]) {}
    mutating func play(_ actions: [Int]) {
        var chance = SplitMix64(seed: seed)
        for agent in 0..<3 { rewards[agent] = chance.uniform() < 0.5 ? 0 : 1 }
        seed = chance.seed
    }
    func reward(at seat: Int) -> Double { rewards[seat] }
}
