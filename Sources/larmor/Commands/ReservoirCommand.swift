import ArgumentParser

struct ReservoirCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reservoir", abstract: "Metrics of reservoirs, and measured reservoirs of others.",
        discussion: """
            Example: larmor reservoir metrics
            """,
        subcommands: [ReservoirMetricsCommand.self, ReservoirImport.self])
}
