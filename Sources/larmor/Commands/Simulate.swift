import ArgumentParser

struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Plays the firmware of a device, or makes spoken words.",
        discussion: "Example: larmor simulate cyton --link /tmp/cyton",
        subcommands: [
            SimulateCyton.self, SimulateThinkGear.self, SimulateFreeEEG32.self, SimulateRDA.self,
            SimulateFilm.self, SimulateLines.self, SimulateMicrophone.self, SimulateSpeech.self,
        ])
}

/// Options of every simulator that serves until it is stopped.
struct ServingOptions: ParsableArguments {
    @Flag(help: "Print the address as one JSON object.")
    var json = false

    @Flag(help: "End when standard input ends, for a simulator that another program started.")
    var untilInputEnds = false
}
