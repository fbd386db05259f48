import ArgumentParser

struct TuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Teams of learning agents tune a rig's knobs; games show what team structure does.",
        discussion: """
            Example: larmor tune rig bench --teams 3x2 --trials 40 --pairs 8
            Example: larmor tune game mini-cleanup --seeds 2
            """,
        subcommands: [
            TuneRig.self, TuneUndo.self, TuneApply.self, TuneReplay.self, TuneSweep.self, TuneGame.self,
        ], defaultSubcommand: TuneRig.self)
}
