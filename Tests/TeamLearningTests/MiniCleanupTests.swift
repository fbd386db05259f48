import TeamLearning
import Testing

/// The study's central claim in its smallest form: neither loners nor one large team do best.
struct MiniCleanupTests {
    /// Numbers of an independent implementation (NumPy, 4 seeds, standard deviation at most 0.02, for n = 3 0.05).
    private static let reference = [1: 0.590, 2: 0.622, 3: 0.631, 4: 0.717, 6: 0.766, 8: 0.780, 12: 0.775, 24: 0.722]

    @Test func `an intermediate team size is best, and both ends lose`() throws {
        let study = TeamStudy(.miniCleanup, TeamGame.miniCleanup.standardTraining, seeds: Array(1...8), threads: 2)
        var rewards: [Int: SeedInterval] = [:]
        for size in Self.reference.keys.sorted() {
            let outcome = try #require(try study.outcome("\(size)", .equal(teams: 24 / size, size: size)))
            rewards[size] = outcome.reward
        }
        let best = try #require(rewards.max { $0.value.mean < $1.value.mean })
        let (solo, all) = (try #require(rewards[1]), try #require(rewards[24]))
        #expect(best.key > 1 && best.key < 24)
        #expect(best.value.mean - solo.mean >= 0.1)
        #expect(best.value.mean - all.mean >= 0.03)
        #expect(best.value.low > solo.high && best.value.low > all.high)
        for (size, reference) in Self.reference {
            let found = try #require(rewards[size])
            #expect(abs(found.mean - reference) < (size == 3 ? 0.08 : 0.04), "\(size): \(found.mean), reference \(reference)")
        }
    }

    @Test func `waste grows by three a step and falls by the cleaners, within its range`() {
        var game = MiniCleanup(agents: 4)
        game.reset(seed: 3)
        var (before, sum) = (game.waste, 0)
        for step in 0..<20_000 {
            let cleaners = step % 5 == 4 ? 4 : 2
            game.play((0..<4).map { $0 < cleaners ? 1 : 0 })
            #expect((0...10).contains(game.waste))
            // Where no edge is near.
            if before >= 4, before <= 6, cleaners == 2 { sum += game.waste - before - 1 }
            before = game.waste
        }
        #expect(abs(Double(sum) / 4000) < 0.2)
    }
}
