import ArgumentParser
import Foundation
import RigTuning

struct TuneReplay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Runs a tuning again from its log, without the rig, and compares every byte.",
        discussion: """
            The log answers in place of the rig. The same searches, agents and comparisons must come out; the first line that differs is named.
            Example: larmor tune replay tuning/bench-001
            """)

    @Argument(help: "A run's folder.")
    var folder: String

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Result: Encodable {
        var lines: Int
        var identical = true
        var plan: String
        var verdict: String?
    }

    func run() throws {
        try reportingFailures {
            let path = folder.hasSuffix(".jsonl") ? folder : folder + "/" + TuningFolder.log
            let replay = try TuningReplay(contentsOf: path)
            try replay.replay()
            let verdict = replay.result.map { TuneReport(plan: replay.plan, isSimulated: true).verdict($0) }
            if json {
                return try Console.json(Result(lines: replay.lines.count, plan: replay.plan.hash, verdict: verdict))
            }
            Console.result(
                "\(path): \(Console.count(replay.lines.count, "line")) come out again, to the byte; plan \(replay.plan.hash)")
            if let verdict { Console.result(verdict) }
        }
    }
}
