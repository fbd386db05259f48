import ArgumentParser

@main
struct Larmor: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "larmor",
        abstract: "Records, replays and recognises: sensor rigs and magnetic reservoirs.",
        discussion: """
            Example: larmor demo --short
            Every command takes --json for machines. Exit codes: 0 done, 64 wrong command line, 65 bad data, 66 no such \
            file, 69 device or service not available, 74 input/output error, 130 stopped by Ctrl-C with the data kept.
            """,
        version: LarmorVersion.text,
        subcommands: [
            Demo.self, Devices.self, Check.self, Record.self, Replay.self, Recognize.self, Train.self,
            SessionsCommand.self, Film.self, Simulate.self,
        ])

    static func main() {
        ShortenedFile.install()
        main(nil)
    }
}
