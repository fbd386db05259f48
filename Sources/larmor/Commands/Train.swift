import ArgumentParser

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Trains a film's readout, a recogniser or a language model.",
        discussion: "Example: larmor train readout rigs/demo.toml --speech speech --output models/film",
        subcommands: [TrainReadout.self, TrainRecognizer.self, TrainLanguageModel.self])
}
