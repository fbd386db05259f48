public import LinearAlgebra

/// How a reservoir behaves, without any task: the three numbers of CHARC.
///
/// Ranks are those of the founding study (``StateRank``). The memory capacity is measured on other steps than it was fitted on, and
/// capacities of 0.1 or less count as nothing, as in the study.
///
/// - Source: M. Dale et al., "A substrate-independent framework to characterize reservoir computers", Proc. R. Soc. A 475 (2019) 20180723;
///   definitions: MaterialMan/Spinspired, getMetrics.m and testMC.m.
public struct ReservoirBehaviour: Sendable, Equatable {
    /// Independent directions after inputs in [−1, 1]; more is better.
    public var kernelRank: Int
    /// The same after inputs in [−0.05, 0.05]; less is better.
    public var generalisationRank: Int
    /// Steps that a linear readout remembers.
    public var memoryCapacity: Double

    /// A place in the space of behaviours.
    public var point: [Double] { [Double(kernelRank), Double(generalisationRank), memoryCapacity] }

    public init(kernelRank: Int, generalisationRank: Int, memoryCapacity: Double) {
        (self.kernelRank, self.generalisationRank, self.memoryCapacity) = (kernelRank, generalisationRank, memoryCapacity)
    }

    /// The longest delay of the memory that is looked for.
    static let mostDelays = 200

    /// - Parameters:
    ///   - nodes: values of a state.
    ///   - group: nodes that are scaled together for the ranks, as the x components of a film; 0 for all.
    ///   - seed: of the inputs.
    ///   - drive: inputs to states, shape `[steps, nodes]`, from the reservoir's beginning.
    /// - Throws: `MetricError` for states that are not finite, `LinearAlgebraError`, and what `drive` throws.
    public init(nodes: Int, group: Int = 0, seed: UInt64, drive: ([Double]) throws -> Matrix<Double>) throws {
        let blocks = group > 0 && nodes.isMultiple(of: group) ? nodes / group : 1
        func rank(_ size: Double) throws -> Int {
            let steps = StateRank.studyInputs(nodes: nodes)
            let inputs = StateDistance.uniform(steps: steps, inputs: 1, size: size, seed: seed &+ 11).values
            let states = try drive(inputs).rows(StateRank.studyWashout..<steps)
            return try StateRank.bySum(
                StateRank.withInput(Array(inputs[StateRank.studyWashout...]), StateRank.scaled(states, blocks: blocks)))
        }
        kernelRank = try rank(1)
        generalisationRank = try rank(StateRank.studySmallInput)
        let delays = min(2 * nodes, Self.mostDelays)
        let steps = max(StateRank.studyWashout, delays) + max(600, 4 * nodes)
        let inputs = StateDistance.uniform(steps: steps, inputs: 1, size: 1, seed: seed).values
        memoryCapacity = try MemoryCapacity(
            inputs: inputs, states: try drive(inputs),
            settings: .init(delays: delays, washout: StateRank.studyWashout, threshold: .fixed(0.1))
        ).total
    }

    /// Of a reservoir behind a map of one input, seen as a readout sees it; the input itself does not count.
    init(_ reservoir: any Reservoir, map: InputMap?, features: StateFeatures, group: Int, seed: UInt64) throws {
        var features = features
        features.hasInputs = false
        let held = features.virtualNodes
        try self.init(nodes: features.width(nodes: reservoir.nodes, inputs: 0), group: group, seed: seed) { inputs in
            let column = Matrix(rows: inputs.count, columns: 1, values: inputs)
            try reservoir.reset(seed: 0)
            let states = try reservoir.states(features.frames(map?.drive(column) ?? column))
            // Leaks and products would spread it.
            if let place = states.values.firstIndex(where: { !$0.isFinite }) {
                throw MetricError.notFinite(metric: "behaviour", step: place / states.columns / held)
            }
            return features.columns(
                Matrix(rows: inputs.count, columns: held * states.columns, values: states.values), inputs: column)
        }
    }
}
