import ArgumentParser

struct ReservoirCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reservoir", abstract: "Standard tasks and metrics of reservoir computing.",
        subcommands: [ReservoirTaskCommand.self])
}
