import ArgumentParser

struct TuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Teams of learning agents: games that show what team structure does.",
        discussion: """
            Example: larmor tune game mini-cleanup --seeds 2
            """,
        subcommands: [TuneGame.self])
}
