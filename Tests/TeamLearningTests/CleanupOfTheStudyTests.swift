import Crypto
import Foundation
import Signals
import TeamLearning
import Testing

/// Our Cleanup beside the study's own program, with the same random numbers.
struct CleanupOfTheStudyTests {
    /// A step's digest as the Python file makes it.
    private func digest(_ game: Cleanup) -> String {
        var bytes = game.world
        bytes += game.places.map { UInt8($0 / game.map.columns) } + game.places.map { UInt8($0 % game.map.columns) }
        bytes += game.facing.map { UInt8($0) }
        for agent in game.places.indices {
            withUnsafeBytes(of: game.reward(at: agent).bitPattern.littleEndian) { bytes += $0 }
        }
        for agent in game.places.indices { bytes += game.picture(agent) }
        return SHA256.hash(data: bytes).prefix(8).map { String(format: "%02x", $0) }.joined()
    }

    private func play(teams: Int, seed: UInt64, steps: Int) throws -> [String] {
        var game = try Cleanup(.study, .equal(teams: teams, size: 6 / teams))
        var actors = SplitMix64(seed: seed ^ 0x5EED)
        var begins = SplitMix64(seed: seed)
        var lines: [String] = []
        for step in 0..<steps {
            if step % 1000 == 0 {
                game.reset(seed: begins.next())
                lines.append("begin \(digest(game))")
            }
            game.play((0..<6).map { _ in actors.integer(below: 9) })
            lines.append("\(step) \(digest(game))")
        }
        return lines
    }

    /// 10,000 random steps of 5 seeds with `LARMOR_CLEANUP_STEPS=10000`; fewer in the suite.
    @Test(
        .enabled(
            if: Python.path != nil && Python.studysGames != nil,
            "needs LARMOR_PYTHON with numpy, and LARMOR_SOCIAL_DILEMMA_GAMES: a checkout of Dtradke/sequential_social_dilemma_games"
        ),
        arguments: [(1, 1), (2, 6), (3, 3), (4, 2), (5, 3)] as [(UInt64, Int)])
    func `plays the study's game step by step`(seed: UInt64, teams: Int) throws {
        let steps = Int(ProcessInfo.processInfo.environment["LARMOR_CLEANUP_STEPS"] ?? "") ?? 300
        let (status, output) = try Python.run([
            Python.folder + "/play_cleanup_of_the_study.py", Python.studysGames ?? "", "\(teams)", "\(seed)", "\(steps)",
        ])
        #expect(status == 0)
        let theirs = String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
        let ours = try play(teams: teams, seed: seed, steps: steps)
        #expect(theirs.count == ours.count + 1)
        let differing = zip(ours, theirs).first { $0 != $1 }
        #expect(differing == nil)
    }
}
