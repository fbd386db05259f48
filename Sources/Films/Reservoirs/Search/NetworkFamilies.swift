import LinearAlgebra

/// Leaky echo-state networks of one size.
public struct EchoStateFamily: ReservoirFamily {
    public let nodes: Int

    public init(nodes: Int) { self.nodes = nodes }

    public var description: String { "echo-state network of \(nodes) nodes" }
    public var genes: [SearchGene] {
        [
            SearchGene("spectral radius", 0.1...1.3), SearchGene("input scale", 0.03...3, .logarithmic),
            SearchGene("bias", 0...1), SearchGene("leak", 0.1...1), SearchGene("weights", 0...1),
        ]
    }

    private func made(_ genes: [Double], inputs: Int) throws -> EchoStateNetwork {
        let values = values(genes)
        var network = EchoStateNetwork.Configuration(nodes: nodes, inputs: inputs)
        (network.spectralRadius, network.inputScale, network.biasScale) = (values[0], values[1], values[2])
        (network.leak, network.seed) = (values[3], values[4].bitPattern)
        // Ten connections a node.
        network.density = min(1, 10 / Double(nodes))
        return try EchoStateNetwork(network)
    }

    public func evaluate(
        _ genes: [Double], _ task: ReservoirTask, _ data: TaskData, settings: TaskEvaluation.Settings
    ) throws -> TaskEvaluation {
        try TaskEvaluation(
            task, data, reservoir: try made(genes, inputs: data.inputs.columns), map: nil, settings: settings)
    }

    public func behaviour(_ genes: [Double], features: StateFeatures, seed: UInt64) throws -> ReservoirBehaviour {
        try ReservoirBehaviour(try made(genes, inputs: 1), map: nil, features: features, group: 0, seed: seed)
    }
}

/// Next-generation reservoirs: delayed inputs and their products of second order.
public struct NextGenerationFamily: ReservoirFamily {
    /// At most so many values of a state.
    public let nodes: Int
    private let inputs: Int

    /// - Parameters:
    ///   - nodes: the most that a state may have.
    ///   - inputs: of the task.
    public init(nodes: Int, inputs: Int) { (self.nodes, self.inputs) = (nodes, inputs) }

    public var description: String { "next-generation reservoir of up to \(nodes) nodes" }
    public var genes: [SearchGene] { [SearchGene("delays", 0...1), SearchGene("spacing", 0...1), SearchGene("order", 0...1)] }

    private func made(_ genes: [Double], inputs: Int) throws(NetworkError) -> NextGenerationReservoir {
        let order = genes[2] < 0.5 ? 2 : 3
        var most = 1
        while most < 200, Self.size(inputs * (most + 1), order) <= nodes { most += 1 }
        let delays = 1 + Int((genes[0] * Double(most - 1)).rounded())
        return try NextGenerationReservoir(
            inputs: inputs, delays: delays, spacing: 1 + Int((genes[1] * 3).rounded()), orders: order == 2 ? [2] : [2, 3])
    }

    public func evaluate(
        _ genes: [Double], _ task: ReservoirTask, _ data: TaskData, settings: TaskEvaluation.Settings
    ) throws -> TaskEvaluation {
        let reservoir = try made(genes, inputs: inputs)
        var settings = settings
        settings.features.hasInputs = false
        return try TaskEvaluation(task, data, reservoir: reservoir, map: nil, settings: settings)
    }

    public func behaviour(_ genes: [Double], features: StateFeatures, seed: UInt64) throws -> ReservoirBehaviour {
        try ReservoirBehaviour(try made(genes, inputs: 1), map: nil, features: features, group: 0, seed: seed)
    }

    private static func size(_ linear: Int, _ order: Int) -> Int {
        let squares = linear * (linear + 1) / 2
        return linear + squares + (order == 3 ? squares * (linear + 2) / 3 : 0)
    }
}

/// No reservoir: the task's inputs of now, read out alone.
public struct InputsAlone: ReservoirFamily {
    private let inputs: Int

    public init(inputs: Int) { self.inputs = inputs }

    public var nodes: Int { inputs }
    public var description: String { "the inputs alone" }
    public var genes: [SearchGene] { [] }

    public func evaluate(
        _ genes: [Double], _ task: ReservoirTask, _ data: TaskData, settings: TaskEvaluation.Settings
    ) throws -> TaskEvaluation {
        try TaskEvaluation(
            task, data, columns: InputScaling(of: data.inputs.rows(data.training)).apply(data.inputs),
            settings: settings)
    }

    public func behaviour(_ genes: [Double], features: StateFeatures, seed: UInt64) throws -> ReservoirBehaviour {
        try ReservoirBehaviour(nodes: 1, seed: seed) { Matrix(rows: $0.count, columns: 1, values: $0) }
    }
}
