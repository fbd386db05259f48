import ArgumentParser
import Foundation
import Logging
import Outputs
import Replay

struct Replay: LiveCommand {
    static let configuration = CommandConfiguration(
        abstract: "Replays a recorded session, compares recordings, or serves a recorded device to other programs.",
        discussion: """
            The event log has the same bytes at every speed. Exit code 1 says that it differs from the recorded one, or that the \
            two that were compared differ.
            Examples:
              larmor replay demo/sessions/live --speed max
              larmor replay demo/sessions/live --from 10 --to 20 --device headset --events
              larmor replay --compare demo/sessions/live copies/live
              larmor replay demo/sessions/live --serve headset --link /tmp/cyton --loop
              larmor replay demo/sessions/live --page
            """)

    @Argument(help: "The session folder.")
    var session: String?

    @Option(
        help:
            "Recorded seconds per second, for example 1 or 4; max for as fast as it goes (default; 1 with --serve and --page).")
    var speed: String?

    @Option(help: "Start at this second of the session; what comes before is left out.")
    var from: Double?

    @Option(help: "End at this second of the session.")
    var to: Double?

    @Option(help: "Replay this device only.")
    var device: String?

    @Flag(help: "Use the samples of recording.xdf even where there are wire logs.")
    var fromXdf = false

    @Flag(help: "Start again at the end, until Ctrl-C; each pass must give the same event log.")
    var loop = false

    @Option(help: "Write the event log to this file.")
    var output: String?

    @Flag(help: "Print the decisions, too.")
    var events = false

    @Option(
        parsing: .upToNextOption,
        help: "Show the first difference between two sessions, event logs (.jsonl) or XDF files.")
    var compare: [String] = []

    @Flag(help: "With --compare: compare values only, not times.")
    var ignoreStamps = false

    @OptionGroup var service: ReplayServiceOptions

    @OptionGroup var page: PageOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        try page.check()
        if page.page != nil {
            if speed == "max" { throw ValidationError("--page needs a pace: --speed is a number") }
            try GivenOptions.refuse(["--loop", "--serve"], "does not go with --page; the page starts again where it is told")
        }
        if let speed, speed != "max", !((Double(speed) ?? 0) > 0) {
            throw ValidationError("--speed is a number above 0, or max")
        }
        guard from?.isFinite ?? true, to?.isFinite ?? true else { throw ValidationError("--from and --to are seconds") }
        if let from, let to, from >= to { throw ValidationError("--from must lie before --to") }
        guard compare.isEmpty else {
            guard compare.count == 2, session == nil else { throw ValidationError("--compare takes two recordings") }
            try GivenOptions.refuse(
                [
                    "--speed", "--from", "--to", "--device", "--from-xdf", "--loop", "--output", "--events", "--serve",
                    "--link",
                    "--page", "--port", "--lsl", "--until-input-ends",
                ], "replays, and --compare does not; leave it out")
            return
        }
        if ignoreStamps { throw ValidationError("--ignore-stamps goes with --compare") }
        guard session != nil else { throw ValidationError("name a session folder, or two recordings after --compare") }
        if service.serve != nil, speed == "max" { throw ValidationError("--serve needs a pace: --speed is a number") }
        if service.serve != nil {
            let idle = ["--device", "--output", "--events"] + (service.lsl ? [] : ["--from-xdf"])
            try GivenOptions.refuse(
                idle, "does nothing with --serve, which goes with --speed, --from, --to, --loop, --link, --port and --lsl")
        }
        if service.serve == nil {
            try GivenOptions.refuse(["--link", "--lsl", "--port", "--until-input-ends"], "goes with --serve DEVICE")
        } else if service.lsl {
            try GivenOptions.refuse(
                ["--link", "--port"], "does nothing with --lsl, which has no line of its own; leave it out")
        } else if service.link != nil {
            try GivenOptions.refuse(["--port"], "is of TCP, --link of a pseudo-terminal; leave one of them out")
        }
    }

    var outputIsTheProduct: Bool { service.serve == nil }

    func work() throws {
        if compare.count == 2 { return try ReplayComparison(json: json).run(compare[0], compare[1], ignoreStamps) }
        guard let session else { return }
        var options = ReplayOptions()
        options.speed = speed.flatMap(Double.init)
        options.from = from
        options.to = to
        options.device = device
        options.usesXDF = fromXdf
        options.loops = loop
        if let device = service.serve { return try service.run(session, device, options, json: json) }
        try replay(session, options)
    }

    private func replay(_ session: String, _ options: ReplayOptions) throws {
        if let output { try OutputFile.check(output) }
        let replay = try SessionReplay(folder: session, options: options)
        for wire in replay.missingWireLogs {
            log.warning("\(session)/\(wire) is missing: that device is replayed from recording.xdf, whose stamps are others")
        }
        if page.page != nil {
            var pace = options
            pace.speed = options.speed ?? 1
            let shown = try ReplayPage(
                page, folder: session, replay: try SessionReplay(folder: session, options: pace), pace: pace)
            return try tell(
                try shown.run(output: output) { decision in
                    if events, let text = RunLoop.text(decision) { Console.note(text) }
                })
        }
        var progress = ProgressLine("replaying")
        let result = try replay.run(output: output) { decision in
            if events, let text = RunLoop.text(decision) { Console.note(text) }
        } progress: { seconds in
            progress.show(nil, "\(Int(seconds)) s")
            return !StopRequest.isRequested
        }
        progress.done()
        try tell(result)
        if !result.passesAgree { throw ExitCode(1) }
        if StopRequest.isRequested { throw StopRequest.exitCode }
        if result.identical == false { throw ExitCode(1) }
    }

    private func tell(_ result: SessionReplay.Result) throws {
        if json { try Console.json(result) } else { show(result) }
    }

    private func show(_ result: SessionReplay.Result) {
        Console.result("replayed    \(result.source == "wire" ? "wire logs" : result.source)")
        Console.result("events      \(result.events)")
        Console.result("sha256      \(result.sha256)")
        Console.result("seconds     \(Console.number(result.seconds, digits: 1))")
        if loop { Console.result("passes      \(result.passes), \(result.passesAgree ? "all alike" : "NOT all alike")") }
        switch result.identical {
        case true?: Console.result("compared    identical to the recorded log")
        case false?: Console.result("compared    DIFFERS from the recorded log")
        case nil: Console.result("compared    no: this is not the whole of a closed session's wire logs")
        }
        if result.damaged > 0 {
            Console.result("damaged     \(Console.count(result.damaged, "stretch", "stretches")) of the recording")
        }
    }
}
