import LinearAlgebra
import MagneticFilm
import Reservoirs
import Testing

struct ReservoirBehaviourTests {
    @Test(arguments: [1, 5, 12])
    func `a line of delays has the ranks of its length, and remembers all inputs but that of now`(_ length: Int) throws {
        let line = try NextGenerationReservoir(inputs: 1, delays: length, orders: [])
        let behaviour = try ReservoirBehaviour(nodes: length, seed: 3) { inputs in
            line.reset(seed: 0)
            return try line.states(Matrix(rows: inputs.count, columns: 1, values: inputs))
        }
        #expect(behaviour.kernelRank == length && behaviour.generalisationRank == length)
        #expect(abs(behaviour.memoryCapacity - Double(length - 1)) < 1e-6)
        #expect(behaviour.point == [Double(length), Double(length), behaviour.memoryCapacity])
    }

    @Test func `families measure behaviours from genes, the same ones again, and films remember less than they have nodes`()
        throws
    {
        let film = try FilmFamily(cells: 4, material: .nickel)
        let device = DeviceFamily(
            try FilmReservoir([MacroCellFilmConfiguration(rows: 2, columns: 2, material: .nickel, damping: 0.1)]))
        let families: [any ReservoirFamily] = [
            film, device, EchoStateFamily(nodes: 10), NextGenerationFamily(nodes: 20, inputs: 1),
        ]
        for family in families {
            let genes = [Double](repeating: 0.6, count: family.genes.count)
            let behaviour = try family.behaviour(genes, features: StateFeatures(), seed: 2)
            #expect(try family.behaviour(genes, features: StateFeatures(), seed: 2) == behaviour)
            #expect((1...family.nodes + 1).contains(behaviour.kernelRank), "\(family.description)")
            #expect((1...family.nodes + 1).contains(behaviour.generalisationRank))
            #expect((0...Double(family.nodes)).contains(behaviour.memoryCapacity))
        }
        let inputs = try InputsAlone(inputs: 1).behaviour([], features: StateFeatures(), seed: 1)
        #expect(inputs.kernelRank == 1 && inputs.memoryCapacity == 0)
    }

    @Test func `states that are no numbers are told with their step`() {
        #expect(throws: MetricError.self) {
            try ReservoirBehaviour(nodes: 2, seed: 1) { inputs in
                var states = Matrix<Double>(rows: inputs.count, columns: 2)
                states[52, 1] = .nan
                return states
            }
        }
    }
}

struct SearchLineageTests {
    @Test(arguments: SearchMethod.allCases)
    func `a proposal names the ones that it comes from`(_ method: SearchMethod) {
        var strategy = method.strategy(genes: 3, .init(population: 6), seed: 4)
        for number in 0..<60 {
            let proposal = strategy.propose()
            #expect(proposal.parents.allSatisfy { (0..<number).contains($0) })
            switch method {
            case .random: #expect(proposal.parents.isEmpty && proposal.generation == 0)
            case .microbial, .novelty:
                #expect(proposal.parents.count == (number < 6 ? 0 : 2) && proposal.generation == max(0, number - 5))
            case .cmaes:
                // Seven offspring, of whom three are parents.
                #expect(proposal.generation == number / 7 && proposal.parents.count == (number < 7 ? 0 : 3))
                #expect(proposal.parents.allSatisfy { $0 / 7 == number / 7 - 1 })
            }
            strategy.learn(error: proposal.genes[0], behaviour: proposal.genes.map { 20 * $0 })
        }
    }

    @Test func `novelty is the mean distance to the nearest others, each of whom counts once`() {
        var search = NoveltySearch(genes: 1, .init(population: 4, neighbours: 2, threshold: 1, period: 100), seed: 1)
        for _ in 0..<4 { _ = search.propose() }
        // The first knows nobody.
        #expect(search.learn(error: 0, behaviour: [0]) == SearchLesson(novelty: nil, isArchived: true))
        #expect(search.learn(error: 0, behaviour: [3]) == SearchLesson(novelty: 3, isArchived: true))
        // One that failed is no example.
        #expect(search.learn(error: .infinity, behaviour: []) == SearchLesson())
        #expect(search.learn(error: 0, behaviour: [0.5]) == SearchLesson(novelty: 1.5, isArchived: true))
        #expect(search.archive == [[0], [3], [0.5]])
        _ = search.propose()
        #expect(search.learn(error: 0, behaviour: [0.5]).isArchived == false)
    }
}
