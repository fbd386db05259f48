import ArgumentParser
import Foundation
import LinearAlgebra
import MagneticFilm
import Reservoirs

struct ReservoirTaskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task", abstract: "Puts a film through a standard task of reservoir computing.",
        discussion: "Example: larmor reservoir task narma10 --seeds 3 --evaluations 10")

    @Argument(help: "The task.")
    var task: String
    @Option var series: String?
    @Option var cells = 100
    @Option var material = "Co"
    @Option var method: String = "microbial"
    @Option var evaluations = 20
    @Option var seeds = 3
    @Option var seed: UInt64 = 1
    @Option var threads = 2
    @Flag var squares = false
    @Option var leaks: String = "training"
    @Flag var detail = false

    func run() throws {
        try reportingFailures {
            let task = ReservoirTask.all.first { $0.name == self.task }!
            var numbers: [Double] = []
            if let series { numbers = try String(contentsOfFile: series, encoding: .utf8).split(whereSeparator: \.isWhitespace).compactMap { Double($0) } }
            let film = FilmMaterial.known[material]!
            var tests: [Double] = []
            var settings = TaskEvaluation.Settings()
            settings.normalisation = .init(rawValue: leaks)!
            for k in 0..<seeds {
                let data = try task.data(seed: seed + UInt64(k), series: numbers)
                var s = ReservoirSearch.Settings()
                s.method = .init(rawValue: method)!
                s.evaluations = evaluations
                s.seed = seed + UInt64(k)
                s.threads = threads
                s.batch = 4
                let start = ContinuousClock.now
                let f = StateFeatures(hasSquares: squares)
                let entries = try ReservoirSearch(genes: FilmIndividual.genes.count, s).run(evaluate: { [settings] genes, _ in
                    try FilmIndividual(genes, cells: cells, material: film, features: f).evaluate(task, data, settings: settings)
                }, note: { e in
                    if detail { print(e.index, e.evaluation.map { "\($0.validation) \($0.test)" } ?? "-", e.problem ?? "", FilmIndividual(e.genes, cells: cells, material: film, features: f).scale_T, e.genes) }
                    return true })
                let best = ReservoirSearch.best(entries)!
                let i = FilmIndividual(best.genes, cells: cells, material: film, features: f)
                print(k, best.evaluation!, "damping", i.damping, "scale", i.scale_T, "density", i.density, "leak", i.features.leak, ContinuousClock.now - start)
                tests.append(best.evaluation!.test)
            }
            tests.sort()
            print("median", tests[tests.count / 2], tests)
        }
    }
}
