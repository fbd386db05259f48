import ArgumentParser

struct Film: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "film", abstract: "Magnetic films.",
        discussion: "Example: larmor film run --vampire core0 --output reservoir_output.txt",
        subcommands: [FilmRun.self, FilmLoop.self, FilmValidate.self, FilmTerms.self])
}
