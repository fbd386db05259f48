import ArgumentParser

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Trains a film's readout or a recogniser.",
        discussion: "Example: larmor train readout rigs/demo.toml --speech speech --output models/film",
        subcommands: [TrainReadout.self, TrainRecognizer.self])
}
