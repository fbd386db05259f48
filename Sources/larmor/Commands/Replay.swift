import ArgumentParser
import Foundation
import Pipeline

struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Replays a recorded session through decoders, recogniser and readout.",
        discussion: """
            The event log has the same bytes at every speed. Exit code 1 says that it differs from the recorded one.
            Example: larmor replay demo/sessions/live --speed max
            """)

    @Argument(help: "The session folder.")
    var session: String

    @Option(help: "Recorded seconds per second, for example 1 or 4; max for as fast as it goes.")
    var speed = "max"

    @Option(help: "Write the event log to this file.")
    var output: String?

    @Flag(help: "Print the decisions, too.")
    var events = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard speed == "max" || (Double(speed) ?? 0) > 0 else {
            throw ValidationError("--speed is a number above 0, or max")
        }
    }

    func run() throws {
        StopRequest.install()
        try reportingFailures {
            let replay = try SessionReplay(folder: session)
            var progress = ProgressLine("replaying")
            let result = try replay.run(speed: Double(speed), output: output) { decision in
                if events, let text = RunLoop.text(decision) { Console.note(text) }
            } progress: { seconds in
                progress.show(nil, "\(Int(seconds)) s")
                return !StopRequest.isRequested
            }
            progress.done()
            if json {
                try Console.json(result)
            } else {
                Console.result("events      \(result.events)")
                Console.result("sha256      \(result.sha256)")
                Console.result("seconds     \(Console.number(result.seconds, digits: 1))")
                let verdict = result.identical.map {
                    $0 ? "identical to the recorded log" : "DIFFERS from the recorded log"
                }
                Console.result(
                    "compared    \(verdict ?? "the recording was cut off: there is no complete log")")
                if result.damaged > 0 {
                    Console.result("damaged     \(result.damaged) stretches of the wire logs")
                }
            }
            if StopRequest.isRequested { throw ExitCode(130) }
            if result.identical == false { throw ExitCode(1) }
        }
    }
}
