import AllocationCounter
import Failures
import Foundation
import TeamLearning
import Testing

/// What holds for every game: the same again, going on, no allocation.
struct TeamTrainingTests {
    private func settings(
        _ game: TeamGame, steps: Int, _ change: (inout TrainingSettings) -> Void = { _ in }
    ) -> TrainingSettings {
        var settings = game.standardTraining
        settings.steps = steps
        change(&settings)
        return settings
    }

    private func expectResume<Game: StochasticGame>(_ game: Game, _ teams: TeamPartition, _ settings: TrainingSettings) throws {
        var whole = TeamTraining(game, teams, settings, seed: 7)
        whole.advance()
        let expected = try TeamCheckpoint.bytes(whole)
        for stop in [1, 77, settings.steps * 4 / 5] {
            var first = TeamTraining(game, teams, settings, seed: 7)
            first.advance(stop)
            let kept = try TeamCheckpoint.bytes(first)
            var second = try TeamCheckpoint.training(kept, of: game, teams, settings, seed: 7)
            #expect(try TeamCheckpoint.bytes(second) == kept)
            second.advance()
            #expect(try TeamCheckpoint.bytes(second) == expected, "stopped at \(stop)")
        }
        var other = TeamTraining(game, teams, settings, seed: 8)
        other.advance()
        #expect(other.measures != whole.measures)
    }

    @Test func `a training that was stored anywhere ends with the same bytes`() throws {
        try expectResume(MiniCleanup(agents: 6), .equal(teams: 2, size: 3), settings(.miniCleanup, steps: 1000))
        let pairs = TeamPartition.equal(teams: 3, size: 2)
        try expectResume(MatrixGame(.donation(), pairs), pairs, settings(.matrix(.donation()), steps: 500))
        try expectResume(
            try Cleanup(.small, pairs, horizon: 100), pairs, settings(.cleanup(.small), steps: 350) { $0.measured = 0.1 })
        try expectResume(
            MiniCleanup(agents: 4), .all(4), settings(.miniCleanup, steps: 300) { $0.signal = .difference })
    }

    @Test func `stored bytes that were changed, or are of another training, are refused`() throws {
        let game = MiniCleanup(agents: 4)
        let settings = settings(.miniCleanup, steps: 100)
        var training = TeamTraining(game, .all(4), settings, seed: 1)
        training.advance(40)
        let bytes = try TeamCheckpoint.bytes(training)
        func read(_ bytes: [UInt8], seed: UInt64 = 1, teams: TeamPartition = .all(4)) throws {
            _ = try TeamCheckpoint.training(bytes, of: game, teams, settings, seed: seed)
        }
        try read(bytes)
        #expect(throws: TeamLearningError(.otherTraining)) { try read(bytes, seed: 2) }
        #expect(throws: TeamLearningError(.otherTraining)) { try read(bytes, teams: .solo(4)) }
        for place in [3, 30, 100, bytes.count - 1] {
            var damaged = bytes
            damaged[place] ^= 1
            #expect(throws: TeamLearningError.self) { try read(damaged) }
        }
        for count in [0, 10, 90, bytes.count - 1] {
            #expect(throws: TeamLearningError.self) { try read(Array(bytes[..<count])) }
        }
    }

    @Test(.enabled(if: allocations_are_counted() != 0, "allocations are not counted here"))
    func `a step allocates nothing`() throws {
        func count<Game: StochasticGame>(_ game: Game, _ teams: TeamPartition, _ settings: TrainingSettings) -> UInt64 {
            var training = TeamTraining(game, teams, settings, seed: 1)
            training.advance(50)
            let before = allocation_counts().claimed
            training.advance(1000)
            return allocation_counts().claimed - before
        }
        // The course of rewards grows by 10 entries, in the other steps nothing does.
        let most: UInt64 = 20
        #expect(count(MiniCleanup(), .equal(teams: 3, size: 8), settings(.miniCleanup, steps: 10_000)) < most)
        let pairs = TeamPartition.equal(teams: 5, size: 4)
        #expect(count(MatrixGame(.donation(), pairs), pairs, settings(.matrix(.donation()), steps: 10_000)) < most)
        let three = TeamPartition.equal(teams: 3, size: 2)
        #expect(count(try Cleanup(.study, three), three, settings(.cleanup(.study), steps: 10_000)) < most)
    }

    @Test func `learning rewards are the credo's mixture of own, team and system`() throws {
        // With a rate of 1 and no discount a value is the last learning reward.
        func values(_ credo: Credo) -> [Double] {
            let teams = TeamPartition.equal(teams: 2, size: 2)
            var settings = TrainingSettings(steps: 1, learner: .init(rate: 1, discount: 0), exploration: .constant(0))
            settings.credo = credo
            var training = TeamTraining(FixedGame(), teams, settings, seed: 1)
            training.advance()
            return training.learners.map { $0.values.max { abs($0) < abs($1) } ?? 0 }
        }
        #expect(values(.selfish) == [1, 3, 10, 20])
        #expect(values(.team) == [2, 2, 15, 15])
        #expect(values(.system) == [8.5, 8.5, 8.5, 8.5])
        let mixed = values(try Credo("0.5,0.25,0.25"))
        for (value, expected) in zip(mixed, [0.5 + 0.5 + 2.125, 1.5 + 0.5 + 2.125, 5 + 3.75 + 2.125, 10 + 3.75 + 2.125]) {
            #expect(abs(value - expected) < 1e-12)
        }
    }

    @Test func `a difference reward is what the team would have lacked`() throws {
        // Half of the agent's own reward: teams are pairs, and nobody else gets less.
        let teams = TeamPartition.equal(teams: 2, size: 2)
        var settings = TrainingSettings(steps: 1, learner: .init(rate: 1, discount: 0), exploration: .constant(0))
        settings.signal = .difference
        var training = TeamTraining(FixedGame(), teams, settings, seed: 1)
        training.advance()
        let values = training.learners.map { $0.values.max { abs($0) < abs($1) } ?? 0 }
        #expect(values == [0.5, 1.5, 5, 10])
    }
}

/// Four agents, and a fixed reward for each unless it idles: the last of so many actions that nobody chooses it by chance.
private struct FixedGame: StochasticGame {
    static let idle = 50
    var rules = GameRules(
        name: "fixed", agents: 4, actions: (0...idle).map { "\($0)" }, tableStates: 1, observation: [1], rewards: [0, 20],
        idleAction: idle)
    var rewards = [0.0, 0, 0, 0]
    var isOver: Bool { false }
    var seats: Int { 4 }
    mutating func reset(seed: UInt64) {}
    func agent(at seat: Int) -> Int { seat }
    func state(at seat: Int) -> Int { 0 }
    func observe(_ seat: Int, into values: inout [Float]) { values[0] = 1 }
    mutating func play(_ actions: [Int]) {
        for agent in 0..<4 { rewards[agent] = actions[agent] == Self.idle ? 0 : [1, 3, 10, 20][agent] }
    }
    func reward(at seat: Int) -> Double { rewards[seat] }
}
