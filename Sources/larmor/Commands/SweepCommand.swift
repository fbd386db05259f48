import ArgumentParser

struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Runs a command over values of its options, and reports which are best.",
        discussion: """
            A sweep file names a command and the values of its options; README lists its keys. Every value of one option is tried with every \
            value of the others, or random points are drawn. `larmor sweep FILE` is `larmor sweep run FILE`.
            Example: larmor sweep run rigs/film-sweep.toml --output sweeps
            """,
        subcommands: [SweepRun.self, SweepReportCommand.self, SweepTask.self], defaultSubcommand: SweepRun.self)
}
