import LinearAlgebra
import Reservoirs
import Testing

struct ReservoirArrayTests {
    private func network(_ seed: UInt64, inputs: Int, nodes: Int = 9) throws -> EchoStateNetwork {
        var configuration = EchoStateNetwork.Configuration(nodes: nodes, inputs: inputs)
        (configuration.seed, configuration.density) = (seed, 0.6)
        return try EchoStateNetwork(configuration)
    }

    @Test func `without cross-talk each film has its part of the inputs, in 64 bits as in 32`() throws {
        let input = Draws.uniform(91, 20, 5, -1, 1)
        let array = ReservoirArray([try network(1, inputs: 2), try network(2, inputs: 3)])
        let states = try array.states(input)
        func part(_ columns: Range<Int>) -> Matrix<Double> {
            Matrix(rows: 20, columns: columns.count, values: (0..<20).flatMap { row in columns.map { input[row, $0] } })
        }
        let (a, b) = (try network(1, inputs: 2).states(part(0..<2)), try network(2, inputs: 3).states(part(2..<5)))
        for row in 0..<20 { #expect(Array(states.row(row)) == Array(a.row(row)) + Array(b.row(row))) }
        try array.reset(seed: 1)
        let rounded = try array.run(input.values.map { Float($0) })
        #expect(zip(rounded, states.values).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    }

    @Test func `cross-talk adds a share of the neighbours' drive`() throws {
        let input = Draws.uniform(92, 20, 6, -1, 1)
        let share = 0.25
        let array = try ReservoirArray((1...3).map { try network($0, inputs: 2) }, crossTalk: share)
        let states = try array.states(input)
        var mixed = input
        for row in 0..<20 {
            for film in 0..<3 {
                for k in 0..<2 {
                    let left = film > 0 ? input[row, 2 * film - 2 + k] : 0
                    let right = film < 2 ? input[row, 2 * film + 2 + k] : 0
                    mixed[row, 2 * film + k] += share * (left + right)
                }
            }
        }
        let apart = ReservoirArray(try (1...3).map { try network($0, inputs: 2) })
        #expect(largestDifference(states.values, try apart.states(mixed).values) < 1e-12)
        #expect(largestDifference(states.values, try network(1, inputs: 6, nodes: 27).states(input).values) > 0.01)
    }

    @Test func `in a chain the states of one drive the next`() throws {
        let input = Draws.uniform(93, 20, 2, -1, 1)
        let link = ReservoirChain.Link(map: Draws.uniform(94, 3, 9, -1, 1), offset: [0.1, 0.2, 0.3])
        func members() throws -> [any Reservoir] { [try network(1, inputs: 2), try network(2, inputs: 3, nodes: 5)] }
        let chain = try ReservoirChain(try members(), links: [link])
        #expect(chain.inputs == 2 && chain.nodes == 14)
        let states = try chain.states(input)
        let first = try network(1, inputs: 2).states(input)
        // Step by step, by hand.
        let second = try network(2, inputs: 3, nodes: 5)
        for row in 0..<20 {
            let drive = (0..<3).map { k in (0..<9).reduce(link.offset[k]) { $0 + link.map[k, $1] * first[row, $1] } }
            let state = try second.states(Matrix(rows: 1, columns: 3, values: drive))
            #expect(largestDifference(states.row(row), Array(first.row(row)) + state.values) < 1e-12)
        }
        let last = try ReservoirChain(try members(), links: [link], showsAll: false)
        #expect(last.nodes == 5)
        let seen = try last.states(input)
        for row in 0..<20 { #expect(Array(seen.row(row)) == Array(states.row(row).dropFirst(9))) }
        // In pieces, and anew.
        try chain.reset(seed: 1)
        let parts = try chain.states(input.rows(0..<7)).values + chain.states(input.rows(7..<20)).values
        #expect(largestDifference(parts, states.values) < 1e-12)
        try chain.reset(seed: 1)
        let rounded = try chain.run(input.values.map { Float($0) })
        #expect(zip(rounded, states.values).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    }

    @Test func `arrays and chains that do not fit are refused`() throws {
        let (a, b) = (try network(1, inputs: 2), try network(2, inputs: 3))
        #expect(throws: NetworkError.self) { try ReservoirArray([a, b], crossTalk: 0.1) }
        #expect(throws: NetworkError.self) { try ReservoirArray([], crossTalk: 0) }
        #expect(throws: NetworkError.self) { try ReservoirArray([a], crossTalk: .nan) }
        #expect(throws: NetworkError.self) { try ReservoirChain([], links: []) }
        #expect(throws: NetworkError.self) { try ReservoirChain([a, b], links: []) }
        #expect(throws: NetworkError.self) { try ReservoirChain([a, b], links: [.init(map: Matrix(rows: 2, columns: 9))]) }
        #expect(throws: NetworkError.self) { try ReservoirChain([a, b], links: [.init(map: Matrix(rows: 3, columns: 8))]) }
        #expect(throws: NetworkError.self) {
            try ReservoirChain([a, b], links: [.init(map: Matrix(rows: 3, columns: 9, repeating: .infinity))])
        }
    }
}
