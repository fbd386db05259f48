import ArgumentParser

struct ReservoirSearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Searches among reservoirs, and keeps every individual.",
        discussion: """
            `larmor reservoir search …` is `larmor reservoir search run …`.
            Example: larmor reservoir search run --by novelty --material Ni --cells 25 --evaluations 60 --output novelty.sqlite
            """,
        subcommands: [ReservoirSearchRun.self, ReservoirSearchReport.self, ReservoirSearchShow.self],
        defaultSubcommand: ReservoirSearchRun.self)
}
