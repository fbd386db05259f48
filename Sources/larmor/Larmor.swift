import ArgumentParser
import Glibc
import Logging

@main
struct Larmor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "larmor",
        abstract: "Records, replays and recognises with sensor rigs and magnetic reservoirs.",
        discussion: """
            Example: larmor demo
            Every command takes --json, for use by programs, --version too. Exit codes: 0 done, 1 a check found something wrong, 64 wrong command line, 65 bad data, 66 no such \
            file, 69 device or service not available, 71 no thread left, 74 input/output error, 130 stopped by Ctrl-C with the \
            data kept (129 by a closed terminal, 143 by SIGTERM).
            """,
        version: LarmorVersion.text,
        subcommands: [
            Demo.self, Devices.self, Check.self, Serve.self, Record.self, Replay.self, Recognize.self, CorpusCommand.self,
            Train.self,
            Adapt.self, PlanCommand.self, Evaluate.self, ModelCommand.self,
            SessionsCommand.self, Film.self, ReservoirCommand.self, Simulate.self, Calibrate.self, SweepCommand.self,
            TuneCommand.self,
            Doctor.self, SupportBundle.self,
        ])

    @Option(
        help: ArgumentHelp(
            "Which messages go to standard error: \(MessageLevel.names).",
            discussion: "Before the command, or as the variable LARMOR_LOG_LEVEL. (default: notice)", valueName: "level"))
    var logLevel: Logger.Level?

    func validate() {
        if let logLevel { MessageLevel.chosen = logLevel }
    }

    /// On the main thread, where commands without services compute.
    @MainActor
    static func main() async {
        ProcessStart.prepare()
        var outputIsTheProduct = true
        do {
            if Set(CommandLine.arguments.dropFirst()) == ["--version", "--json"] {
                try Console.json(BuildRecord.own)
                end(0, outputIsTheProduct)
            }
            var command = try parseAsRoot(NegativeValues.joined(Array(CommandLine.arguments.dropFirst())))
            if var live = command as? any LiveCommand {
                outputIsTheProduct = live.outputIsTheProduct
                try await live.run()
            } else {
                try command.run()
            }
            end(0, outputIsTheProduct)
        } catch {
            let code = exitCode(for: error).rawValue
            let message = fullMessage(for: error)
            if !message.isEmpty { if code == 0 { Console.result(message) } else { Console.note(message) } }
            end(code, outputIsTheProduct)
        }
    }

    /// A command whose product is its output has failed when that could not be written; others, a recording above all, have not.
    private static func end(_ code: Int32, _ outputIsTheProduct: Bool) -> Never {
        guard let failure = StandardStream.output.failure else { Glibc.exit(code) }
        let cause = String(cString: strerror(failure))
        Console.note("larmor: standard output could not be written: \(cause)")
        Glibc.exit(code == 0 && outputIsTheProduct ? 74 : code)
    }
}
