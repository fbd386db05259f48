import LinearAlgebra
import MagneticFilm
import Reservoirs
import Testing

struct ReservoirSearchTests {
    /// Distance from (0.7, 0.7, …), with one narrow direction.
    private static func error(_ genes: [Double]) -> Double {
        genes.enumerated().reduce(0) { $0 + ($1.offset == 0 ? 100 : 1) * ($1.element - 0.7) * ($1.element - 0.7) }
    }

    private func best(_ method: SearchMethod, budget: Int, seed: UInt64) -> (error: Double, proposals: [[Double]]) {
        var strategy = method.strategy(genes: 5, budget: budget, seed: seed)
        var (best, proposals) = (Double.infinity, [[Double]]())
        for _ in 0..<budget {
            let genes = strategy.propose().genes
            proposals.append(genes)
            strategy.learn(error: Self.error(genes), behaviour: genes)
            best = min(best, Self.error(genes))
        }
        return (best, proposals)
    }

    @Test(arguments: SearchMethod.allCases)
    func `a search follows from its seed and stays inside`(_ method: SearchMethod) {
        let first = best(method, budget: 120, seed: 3).proposals
        #expect(first == best(method, budget: 120, seed: 3).proposals)
        #expect(first != best(method, budget: 120, seed: 4).proposals)
        #expect(first.allSatisfy { $0.count == 5 && $0.allSatisfy { (0...1).contains($0) } })
    }

    @Test func `evolution finds a narrow valley that chance does not`() {
        let seeds: [UInt64] = [1, 2, 3, 4, 5, 6, 7]
        func median(_ method: SearchMethod, _ budget: Int) -> Double {
            Quartiles(seeds.map { best(method, budget: budget, seed: $0).error }).median
        }
        #expect(median(.microbial, 1000) < 0.5 * median(.random, 1000))
        #expect(median(.cmaes, 1500) < 1e-9)
    }

    @Test func `a search for novelty reaches more cells than one for errors`() {
        // Most genes behave alike: the cube of the distance from the middle.
        func behaviour(_ genes: [Double]) -> [Double] { genes.map { 400 * ($0 - 0.5) * ($0 - 0.5) * ($0 - 0.5) } }
        func coverage(_ method: SearchMethod) -> Int {
            var strategy = method.strategy(genes: 3, budget: 400, seed: 1)
            let cells = (0..<400).map { _ in
                let behaviour = behaviour(strategy.propose().genes)
                strategy.learn(error: behaviour[0], behaviour: behaviour)
                return behaviour.map { ($0 / 10).rounded(.down) }
            }
            return Set(cells).count
        }
        #expect(Double(coverage(.novelty)) > 1.2 * Double(coverage(.microbial)))
    }

    @Test func `threads change nothing, failures are kept with their reasons, and a search can be stopped`()
        throws
    {
        struct Unlucky: Error {}
        var settings = ReservoirSearch.Settings()
        (settings.evaluations, settings.batch) = (30, 4)
        let data = try ReservoirTask.narma10.data(seed: 1, length: 400)
        let columns = data.inputs
        var onePenalty = TaskEvaluation.Settings()
        onePenalty.lambdas = [1e-3]
        let evaluate: @Sendable ([Double]) throws -> TaskEvaluation = { [onePenalty] genes in
            if genes[0] < 0.2 { throw Unlucky() }
            var evaluation = try TaskEvaluation(.narma10, data, columns: columns, settings: onePenalty)
            evaluation.validation = Self.error(genes)
            return evaluation
        }
        func run(_ threads: Int) -> [ReservoirSearch.Entry] {
            settings.threads = threads
            return ReservoirSearch(genes: 3, settings).run(evaluate: evaluate, note: { _ in true })
        }
        let entries = run(1)
        #expect(entries.count == 30 && entries.map(\.index) == Array(0..<30))
        #expect(entries == run(3))
        #expect(entries.contains { $0.problem != nil && $0.evaluation == nil })
        #expect(ReservoirSearch.best(entries)?.evaluation != nil)
        let some = ReservoirSearch(genes: 3, settings).run(evaluate: evaluate, note: { $0.index < 5 })
        #expect(some == Array(entries.prefix(6)))
    }

    @Test func `a film on the bench and one in process are the same family`() throws {
        let film = MacroCellFilmConfiguration(rows: 3, columns: 3, material: .nickel, damping: 0.2)
        let family = DeviceFamily(try FilmReservoir([film]))
        let data = try ReservoirTask.narma10.data(seed: 1, length: 400)
        let genes = [0.5, 0.9, 0.2, 0.8, 0.3]
        let settings = TaskEvaluation.Settings()
        let first = try family.evaluate(genes, .narma10, data, settings: settings)
        // It begins anew each time.
        #expect(try family.evaluate(genes, .narma10, data, settings: settings) == first)
        #expect(try DeviceFamily(try FilmReservoir([film])).evaluate(genes, .narma10, data, settings: settings) == first)
        #expect(family.genes.count == genes.count && family.nodes == 27)
    }

    @Test func `films that cannot be made are refused`() {
        for (cells, films) in [(0, 1), (99, 1), (-4, 1), (10_000, 1), (100, 0), (100, 65)] {
            #expect(throws: FilmError.self) { try FilmFamily(cells: cells, films: films, material: .cobalt) }
        }
    }

    @Test func `quartiles are NumPy's`() {
        let quartiles = Quartiles([4, 1, 3, 2])
        #expect(quartiles.median == 2.5 && quartiles.q1 == 1.75 && quartiles.q3 == 3.25)
        #expect(Quartiles([7]).q3 == 7)
    }
}
