import ArgumentParser

struct ReservoirCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reservoir",
        abstract: "Tasks and metrics of reservoirs, searches among them, and measured reservoirs of others.",
        discussion: """
            Example: larmor reservoir task narma10
            Example: larmor reservoir metrics
            """,
        subcommands: [
            ReservoirTaskCommand.self, ReservoirSearchCommand.self, ReservoirMetricsCommand.self, ReservoirImport.self,
        ])
}
