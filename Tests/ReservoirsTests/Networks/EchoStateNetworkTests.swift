import Glibc
import LinearAlgebra
import ReservoirKernels
import Signals
import Testing

import Reservoirs

/// Against ReservoirPy (`Reference/make_network_values.py`).
struct EchoStateNetworkTests {
    private func network(
        _ nodes: Int, isSparse: Bool, level: Int32? = nil, fullness: Double = 0
    ) throws -> EchoStateNetwork {
        var matrix = Draws.connections(nodes)
        if fullness > 0 { matrix = Draws.uniform(26, nodes, nodes, -fullness, fullness) }
        return try EchoStateNetwork(
            connections: isSparse ? .sparse(SparseMatrix(matrix)) : .dense(matrix), input: Draws.uniform(23, nodes, 1, -1, 1),
            bias: Draws.uniform(24, 1, nodes, -1, 1).values.map { 0.2 * $0 }, leak: 0.3, description: nil, level: level)
    }

    private func input(_ steps: Int) -> Matrix<Double> { Draws.uniform(25, steps, 1, 0, 0.5) }

    @Test(arguments: [(100, 5000), (1000, 500)], [true, false])
    func `states are those of ReservoirPy`(size: (nodes: Int, steps: Int), isSparse: Bool) throws {
        let expected = size.nodes == 100 ? NetworkValues.echoStates100 : NetworkValues.echoStates1000
        let states = try network(size.nodes, isSparse: isSparse).states(input(size.steps))
        for (step, row) in zip([0, size.steps / 2 - 1, size.steps - 1], expected) {
            #expect(largestDifference(states.row(step).prefix(8), row) < 1e-10)
        }
        #expect(abs(states.values.reduce(0, +) - expected[3][0]) < 1e-7)
    }

    @Test func `several inputs and a number of nodes that fills no vector are those of ReservoirPy, too`() throws {
        let network = try EchoStateNetwork(
            connections: .dense(Draws.uniform(41, 13, 13, -0.4, 0.4)), input: Draws.uniform(42, 13, 3, -1, 1),
            bias: Draws.uniform(43, 1, 13, -0.1, 0.1).values, leak: 0.7)
        let states = try network.states(Draws.uniform(44, 50, 3, -2, 2))
        for (step, row) in zip([0, 24, 49], NetworkValues.denseStates) {
            #expect(largestDifference(states.row(step), row) < 1e-12)
        }
    }

    @Test func `full and compressed rows give the same states`() throws {
        let (full, compressed) = (
            try network(100, isSparse: false, fullness: 0.15), try network(100, isSparse: true, fullness: 0.15)
        )
        #expect(largestDifference(try full.states(input(500)).values, try compressed.states(input(500)).values) < 1e-12)
    }

    @Test(arguments: [true, false])
    func `every processor gives the same bits`(isSparse: Bool) throws {
        let best = larmor_echo_level()
        let all = try (0...best).map {
            try network(100, isSparse: isSparse, level: $0, fullness: isSparse ? 0 : 0.1).states(input(300))
        }
        for other in all { #expect(other == all[0]) }
    }

    @Test func `it goes on from its state until it is reset, and its 32-bit door is the rounded one`() throws {
        let network = try network(100, isSparse: true)
        let input = input(60)
        let whole = try network.states(input)
        network.reset(seed: 9)
        let parts = try network.states(input.rows(0..<25)).values + network.states(input.rows(25..<60)).values
        #expect(parts == whole.values)
        network.reset(seed: 1)
        let rounded = try network.run(input.values.map { Float($0) })
        #expect(zip(rounded, whole.values).allSatisfy { abs(Double($0) - $1) < 1e-6 })
    }

    @Test func `a drawn network has its radius and density, and is the same for the same seed`() throws {
        var configuration = EchoStateNetwork.Configuration(nodes: 60, inputs: 2)
        configuration.seed = 5
        let input = Draws.uniform(80, 30, 2, -1, 1)
        let first = try EchoStateNetwork(configuration).states(input)
        #expect(try EchoStateNetwork(configuration).states(input) == first)
        configuration.seed = 6
        #expect(try EchoStateNetwork(configuration).states(input) != first)
        // A linear network without input decays by its radius.
        configuration.spectralRadius = 0.8
        configuration.biasScale = 0
        configuration.density = 1
        let decaying = try EchoStateNetwork(configuration)
        _ = try decaying.states(Matrix(rows: 1, columns: 2, repeating: 1e-6))
        let tail = try decaying.states(Matrix(rows: 600, columns: 2))
        let size = [200, 599].map { step in tail.row(step).reduce(0) { $0 + $1 * $1 }.squareRoot() }
        #expect(abs(exp(log(size[1] / size[0]) / 399) - 0.8) < 0.01)
    }

    @Test func `the spectral radius is that of a matrix of known eigenvalues`() throws {
        // Rotation by 1 rad, scaled by 0.7, and a block with eigenvalues ±0.5, mixed by a similarity.
        let (c, s) = (0.7 * 0.5403023058681398, 0.7 * 0.8414709848078965)
        let block = Matrix(rows: 4, columns: 4, values: [c, -s, 0, 0, s, c, 0, 0, 0, 0, 0, 1, 0, 0, 0.25, 0])
        let mix = Draws.uniform(81, 4, 4, -1, 1)
        let similar = mix.times(block).times(try mix.solve(.identity(4)))
        #expect(abs(try similar.spectralRadius() - 0.7) < 1e-12)
    }

    @Test func `tanh is right to two units in the last place, also at its ends`() {
        var random = SplitMix64(seed: 4)
        var x = (0..<80_000).map { _ in
            (random.uniform() - 0.5) * Double(sign: .plus, exponent: random.integer(below: 40) - 33, significand: 1)
        }
        x += [0, -0.0, 1e-300, -1e-300, 19, 20, 21, -.infinity]
        for level in 0...larmor_echo_level() {
            var y = [Double](repeating: 0, count: x.count)
            larmor_tanh(x, &y, x.count, level)
            let worst = zip(x, y).reduce(0.0) { worst, pair in
                let exact = tanh(pair.0)
                return max(worst, exact == 0 ? abs(pair.1) : abs(pair.1 / exact - 1))
            }
            #expect(worst < 3 * Double.ulpOfOne)
            #expect(y[x.count - 1] == -1 && y[x.count - 7].sign == .minus)
            var strange = [Double](repeating: 0, count: 8)
            larmor_tanh([Double](repeating: .nan, count: 8), &strange, 8, level)
            #expect(strange.allSatisfy { $0.isNaN })
        }
    }

    @Test func `networks that cannot be are refused`() throws {
        let good = Draws.uniform(82, 4, 4, -1, 1)
        let (input, bias) = (Draws.uniform(83, 4, 1, -1, 1), [0.0, 0, 0, 0])
        func make(
            _ matrix: Matrix<Double>? = nil, _ other: Matrix<Double>? = nil, _ biases: [Double]? = nil, leak: Double = 0.5
        ) throws -> EchoStateNetwork {
            try EchoStateNetwork(connections: .dense(matrix ?? good), input: other ?? input, bias: biases ?? bias, leak: leak)
        }
        #expect(throws: NetworkError.self) { try make(Matrix(rows: 4, columns: 5)) }
        #expect(throws: NetworkError.self) { try make(nil, Matrix(rows: 3, columns: 1)) }
        #expect(throws: NetworkError.self) { try make(nil, nil, [1]) }
        for leak in [0, -1, 1.1, .nan] { #expect(throws: NetworkError.self) { try make(leak: leak) } }
        var wrong = good
        wrong[2, 1] = .nan
        #expect(throws: NetworkError.weight(what: "connections", place: 9)) { try make(wrong) }
        #expect(throws: NetworkError.weight(what: "connections", place: 9)) { try SparseMatrix(wrong) }
        #expect(throws: NetworkError.self) {
            try SparseMatrix(rows: 2, columns: 2, starts: [0, 1, 1], places: [2], values: [1])
        }
        #expect(throws: NetworkError.notFinite(step: 1, input: 0)) {
            try make().states(Matrix(rows: 2, columns: 1, values: [1, .infinity]))
        }
        #expect(throws: NetworkError.self) { try make().states(Matrix(rows: 2, columns: 2)) }
        var configuration = EchoStateNetwork.Configuration(nodes: 1)
        configuration.density = 1e-9
        #expect(throws: NetworkError.noConnections) { try EchoStateNetwork(configuration) }
        configuration.nodes = 0
        #expect(throws: NetworkError.self) { try EchoStateNetwork(configuration) }
    }
}
