public import LinearAlgebra

/// The standard metrics of a reservoir, all from one settings value: what `larmor reservoir metrics` prints.
public struct ReservoirMetrics: Sendable, Equatable {
    public struct Settings: Sendable, Equatable {
        /// Longest delay of the memory and of the capacities of degree 1; nil for twice the number of nodes.
        public var delays: Int?
        /// Highest degree of the information capacity.
        public var degrees = 3
        /// Longest delays of degree 2, 3, …; the last one holds for all higher ones.
        public var productDelays = [20, 8]
        /// Inputs of the capacities; nil for 20 for each node, from 2,000 to 20,000, after washout and delays.
        public var steps: Int?
        public var washout = 50
        /// Equal blocks of nodes that the study's ranks scale by their largest size: 3 for films, whose nodes are x, y and z.
        public var blocks = 1
        public var seed: UInt64 = 1

        public init() {}

        func delays(nodes: Int) -> Int { delays ?? 2 * nodes }

        func steps(nodes: Int) -> Int {
            steps ?? (max(washout, delays(nodes: nodes)) + min(max(2000, 20 * nodes), 20_000))
        }

        func capacity(longest: Int) -> InformationCapacity.Settings {
            InformationCapacity.Settings(
                degrees: degrees, delays: [longest] + productDelays.map { min($0, longest) }, washout: washout)
        }
    }

    /// What needs a reservoir that can be driven; recorded states have none of it.
    public struct Dynamics: Sendable, Equatable {
        /// ``StateRank/bySum(_:share:)`` after inputs in [−0.05, 0.05].
        public var generalisationRank: Int
        /// ``StateRank/ofStates(_:threshold:)`` after the same inputs.
        public var generalisationRankByThreshold: Int
        public var echo: EchoState
        public var lyapunov: LyapunovExponent
        public var separation: Separation
        public var noise: NoiseRobustness
        public var drift: StateDrift
    }

    public var nodes: Int
    /// Of the capacities.
    public var steps: Int
    /// ``StateRank/bySum(_:share:)`` with the input.
    public var kernelRank: Int
    /// ``StateRank/ofGram(_:threshold:)`` of the states alone.
    public var kernelRankByThreshold: Int
    public var memory: MemoryCapacity
    /// nil where there are not more steps than nodes.
    public var information: InformationCapacity?
    public var dynamics: Dynamics?

    /// Drives a reservoir of one input, with values that are uniform in [−1, 1].
    ///
    /// - Parameter progress: called with the fraction done and what is done now; false stops.
    /// - Returns: nil when it was stopped.
    /// - Throws: the reservoir's error, `MetricError`, `LinearAlgebraError`.
    public init?(
        _ reservoir: any Reservoir, settings: Settings = Settings(), progress: (Double, String) -> Bool = { _, _ in true }
    ) throws {
        precondition(reservoir.inputs == 1, "the metrics drive one input")
        nodes = reservoir.nodes
        let seed = settings.seed
        guard progress(0, "ranks") else { return nil }
        let kernel = try Self.rankStates(reservoir, size: 1, settings)
        kernelRank = try StateRank.bySum(StateRank.withInput(kernel.inputs, kernel.scaled))
        kernelRankByThreshold = try StateRank.ofGram(kernel.states)
        // A large film takes seconds for each of these: who wants to stop is asked before each.
        guard progress(0.025, "ranks") else { return nil }
        let small = try Self.rankStates(reservoir, size: StateRank.studySmallInput, settings)
        let generalisation = try StateRank.bySum(StateRank.withInput(small.inputs, small.scaled))
        guard progress(0.05, "echo") else { return nil }
        let echo = try EchoState(reservoir, seed: seed)
        guard progress(0.07, "Lyapunov exponent") else { return nil }
        let lyapunov = try LyapunovExponent(reservoir, seed: seed)
        guard progress(0.09, "separation") else { return nil }
        let separation = try Separation(reservoir, seed: seed)
        guard progress(0.11, "noise") else { return nil }
        let noise = try NoiseRobustness(reservoir, seed: seed)
        guard progress(0.13, "drift") else { return nil }
        dynamics = Dynamics(
            generalisationRank: generalisation, generalisationRankByThreshold: try StateRank.ofStates(small.states),
            echo: echo, lyapunov: lyapunov, separation: separation, noise: noise,
            drift: try StateDrift(reservoir, seed: seed))
        steps = settings.steps(nodes: nodes)
        let inputs = StateDistance.uniform(steps: steps, inputs: 1, size: 1, seed: seed)
        guard let states = try Self.drive(reservoir, inputs, seed: seed, progress: { progress(0.15 + 0.35 * $0, "driving") })
        else { return nil }
        guard progress(0.5, "memory") else { return nil }
        let longest = settings.delays(nodes: nodes)
        memory = try MemoryCapacity(
            inputs: inputs.values, states: states, settings: .init(delays: longest, washout: settings.washout))
        let capacity = try InformationCapacity(
            inputs: inputs.values, states: states, settings: settings.capacity(longest: longest),
            progress: { progress(0.55 + 0.45 * $0, "capacity") })
        guard let capacity else { return nil }
        information = capacity
    }

    /// Of recorded states. The inputs are brought to [−1, 1]; capacities of degree 2 and more are those of Dambre et al. only if they are
    /// independent and uniform there.
    ///
    /// - Parameters:
    ///   - inputs: one for each step.
    ///   - states: after each input, shape `[steps, nodes]`.
    /// - Returns: nil when it was stopped.
    /// - Throws: `MetricError`, `LinearAlgebraError`.
    public init?(
        inputs: [Double], states: Matrix<Double>, settings: Settings = Settings(),
        progress: (Double, String) -> Bool = { _, _ in true }
    ) throws {
        try MetricError.check("metrics", inputs: inputs, states: states)
        (nodes, steps) = (states.columns, states.rows)
        guard progress(0, "ranks") else { return nil }
        let unit = Self.unit(inputs)
        let washout = min(settings.washout, states.rows / 10)
        let used = states.rows(washout..<states.rows)
        kernelRank = try StateRank.bySum(
            StateRank.withInput(Array(unit[washout...]), StateRank.scaled(used, blocks: settings.blocks)))
        kernelRankByThreshold = try StateRank.ofGram(used)
        dynamics = nil
        guard progress(0.3, "memory") else { return nil }
        // A tenth of the steps: what is left has to suffice for the readouts.
        let longest = settings.delays ?? max(1, min(max(2 * nodes, 30), steps / 10))
        memory = try MemoryCapacity(inputs: unit, states: states, settings: .init(delays: longest, washout: washout))
        var capacity = settings.capacity(longest: longest)
        capacity.washout = washout
        guard steps - max(washout, longest) > nodes + 1 else {
            information = nil
            return
        }
        let found = try InformationCapacity(
            inputs: unit, states: states, settings: capacity, progress: { progress(0.5 + 0.5 * $0, "capacity") })
        guard let found else { return nil }
        information = found
    }

    /// To [−1, 1] by the smallest and the largest.
    static func unit(_ inputs: [Double]) -> [Double] {
        let (low, high) = (inputs.min() ?? 0, inputs.max() ?? 0)
        return inputs.map { high > low ? 2 * ($0 - low) / (high - low) - 1 : 0 }
    }

    private static func rankStates(
        _ reservoir: any Reservoir, size: Double, _ settings: Settings
    ) throws -> (inputs: [Double], states: Matrix<Double>, scaled: Matrix<Double>) {
        let steps = StateRank.studyInputs(nodes: reservoir.nodes)
        let inputs = StateDistance.uniform(steps: steps, inputs: 1, size: size, seed: settings.seed &+ 11)
        let states = try StateDistance.states(reservoir, inputs, seed: settings.seed).rows(StateRank.studyWashout..<steps)
        return (
            Array(inputs.values[StateRank.studyWashout...]), states, StateRank.scaled(states, blocks: settings.blocks)
        )
    }

    /// Step by step in pieces, so that one sees how far it is.
    private static func drive(
        _ reservoir: any Reservoir, _ inputs: Matrix<Double>, seed: UInt64, progress: (Double) -> Bool
    ) throws -> Matrix<Double>? {
        try reservoir.reset(seed: seed)
        var values: [Double] = []
        values.reserveCapacity(inputs.rows * reservoir.nodes)
        for start in stride(from: 0, to: inputs.rows, by: 250) {
            let end = min(start + 250, inputs.rows)
            values += try reservoir.states(inputs.rows(start..<end)).values
            guard progress(Double(end) / Double(inputs.rows)) else { return nil }
        }
        return Matrix(rows: inputs.rows, columns: reservoir.nodes, values: values)
    }
}
