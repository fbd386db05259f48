import Foundation
import Measuring
import Signals
import TeamLearning

// Random agents on the study's Cleanup map with the agents' pictures, beside the study's own program: PEER_PYTHON names an interpreter
// with numpy, LARMOR_SOCIAL_DILEMMA_GAMES a checkout of Dtradke/sequential_social_dilemma_games. Both play the same game with the same
// random numbers, in turns; `CleanupOfTheStudyTests` compares them step by step.
// Example: PEER_PYTHON=python3 LARMOR_SOCIAL_DILEMMA_GAMES=ssdg GameBenchmark 10000

let steps = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 10_000
let environment = ProcessInfo.processInfo.environment
print("processor: \(processor())")

/// Steps per second.
func ours(_ seed: UInt64, _ steps: Int) throws -> Double {
    var game = try Cleanup(.study, .equal(teams: 2, size: 3))
    var actors = SplitMix64(seed: seed ^ 0x5EED)
    var begins = SplitMix64(seed: seed)
    var seen = 0
    let start = ContinuousClock.now
    for step in 0..<steps {
        if step % 1000 == 0 { game.reset(seed: begins.next()) }
        game.play((0..<6).map { _ in actors.integer(below: 9) })
        for agent in 0..<6 { seen += Int(game.picture(agent)[0]) }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    precondition(seen >= 0)
    return Double(steps) / seconds
}

func theirs(_ seed: UInt64, _ steps: Int) throws -> Double? {
    guard let python = environment["PEER_PYTHON"], let games = environment["LARMOR_SOCIAL_DILEMMA_GAMES"] else { return nil }
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../Tests/TeamLearningTests/Reference/play_cleanup_of_the_study.py").path
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = [script, games, "2", "\(seed)", "\(steps)"]
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text.split(separator: "\n").last.flatMap { Double($0.split(separator: " ").last ?? "") }
}

var (own, peer) = ([Double](), [Double]())
for seed in 1...5 as ClosedRange<UInt64> {
    own.append(try ours(seed, max(steps, 20_000)))
    if let found = try theirs(seed, steps) { peer.append(found) }
}
own.sort()
peer.sort()
print(String(format: "Cleanup, 6 agents, pictures: Larmor %.0f steps/s (median of 5)", own[2]))
if peer.count == 5 {
    print(String(format: "  the study's program %.0f steps/s; %.0f times as fast", peer[2], own[2] / peer[2]))
} else {
    print("  the study's program: skipped, PEER_PYTHON or LARMOR_SOCIAL_DILEMMA_GAMES is not set")
}
print("  published: Melting Pot clean_up 93 steps/s, random agents, one process, a laptop (google-deepmind/meltingpot#7)")
