import LinearAlgebra
import Signals

extension EchoStateNetwork {
    /// A network of random weights.
    public struct Configuration: Sendable, Equatable, Codable {
        public var nodes = 100
        public var inputs = 1
        /// Largest absolute eigenvalue of W; 0 for no connections.
        public var spectralRadius = 0.9
        /// Share of the connections that there are, above 0, at most 1. Below 1/4 they are kept as compressed rows.
        public var density = 0.1
        /// Input weights are uniform in ± this.
        public var inputScale = 1.0
        /// Biases are uniform in ± this.
        public var biasScale = 0.2
        /// a, above 0, at most 1.
        public var leak = 1.0
        public var seed: UInt64 = 1

        public init(nodes: Int = 100, inputs: Int = 1) {
            self.nodes = nodes
            self.inputs = inputs
        }
    }

    /// Draws connections uniform in (−1, 1), scaled to the spectral radius, input weights and biases from `seed`. The radius comes from all
    /// eigenvalues (LAPACK) and is met to 1e-7; this takes about 10 nodes³ operations, a second for 1000 nodes.
    /// - Throws: ``NetworkError`` for settings outside their ranges; `LinearAlgebraError` when the eigenvalues do not converge.
    public convenience init(_ configuration: Configuration) throws {
        try configuration.check()
        var random = SplitMix64(seed: configuration.seed)
        let nodes = configuration.nodes
        var (starts, places, values): ([Int], [Int], [Double]) = ([0], [], [])
        for _ in 0..<nodes {
            for column in 0..<nodes {
                // Both are drawn for every pair, so that another density keeps the weights.
                let (chance, weight) = (random.uniform(), 2 * random.uniform() - 1)
                guard chance < configuration.density, configuration.spectralRadius > 0 else { continue }
                places.append(column)
                values.append(weight)
            }
            starts.append(values.count)
        }
        var matrix = try SparseMatrix(rows: nodes, columns: nodes, starts: starts, places: places, values: values)
        if configuration.spectralRadius > 0 {
            let radius = try matrix.dense.spectralRadius()
            guard radius > 1e-12 else { throw NetworkError.noConnections }
            // In 32 bits: eigenvalues that another processor rounds in another way do not change the network.
            let scale = Double(Float(configuration.spectralRadius / radius))
            guard scale.isFinite else { throw NetworkError.noConnections }
            matrix = try SparseMatrix(
                rows: nodes, columns: nodes, starts: starts, places: places, values: values.map { $0 * scale })
        }
        func draw(_ count: Int, _ scale: Double) -> [Double] { (0..<count).map { _ in scale * (2 * random.uniform() - 1) } }
        let input = Matrix(
            rows: nodes, columns: configuration.inputs, values: draw(nodes * configuration.inputs, configuration.inputScale))
        try self.init(
            connections: configuration.density < 0.25 ? .sparse(matrix) : .dense(matrix.dense), input: input,
            bias: draw(nodes, configuration.biasScale), leak: configuration.leak,
            description: "echo-state network of \(nodes) nodes, spectral radius \(configuration.spectralRadius), "
                + "density \(configuration.density), leak \(configuration.leak), seed \(configuration.seed)",
            level: nil)
    }
}

extension EchoStateNetwork.Configuration {
    fileprivate func check() throws(NetworkError) {
        guard (1...5000).contains(nodes) else {
            throw .setting(name: "nodes", expected: "1 to 5000 (draw larger ones yourself)", found: Double(nodes))
        }
        guard (1...100_000).contains(inputs) else {
            throw .setting(name: "inputs", expected: "1 to 100000", found: Double(inputs))
        }
        guard density > 0, density <= 1 else {
            throw .setting(name: "density", expected: "a number above 0, at most 1", found: density)
        }
        for (name, value) in [("spectral radius", spectralRadius), ("input scale", inputScale), ("bias scale", biasScale)] {
            guard value >= 0, value.isFinite else {
                throw .setting(name: name, expected: "a finite number of 0 or more", found: value)
            }
        }
    }
}
