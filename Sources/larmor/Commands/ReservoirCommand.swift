import ArgumentParser

struct ReservoirCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reservoir", abstract: "Standard tasks and metrics of reservoirs, and measured reservoirs of others.",
        discussion: """
            Example: larmor reservoir task narma10
            Example: larmor reservoir metrics
            """,
        subcommands: [ReservoirTaskCommand.self, ReservoirMetricsCommand.self, ReservoirImport.self])
}
