/// The columns of ``StateFeatures`` step by step, for a rig that runs: the same numbers as ``StateFeatures/columns(_:inputs:)``.
///
/// ``take(state:inputs:into:)`` allocates nothing.
public struct StateFeatureStream: Sendable {
    public let width: Int
    private let features: StateFeatures
    /// Values of a state; with virtual nodes those of all frames of a step.
    private let nodes: Int
    private let inputs: Int
    /// Columns of one step without delays and inputs.
    private let base: Int
    /// The last steps' first columns as a ring, shape `[longest delay + 2, base]`.
    private var ring: [Double]
    private let rows: Int
    /// Steps since the beginning.
    public private(set) var steps = 0

    /// - Parameters:
    ///   - nodes: values of a state, of one frame.
    ///   - inputs: of a step.
    public init(_ features: StateFeatures, nodes: Int, inputs: Int) {
        (self.features, self.nodes, self.inputs) = (features, nodes * features.virtualNodes, inputs)
        width = features.width(nodes: nodes, inputs: inputs)
        base = features.hasSquares ? 2 * self.nodes : self.nodes
        rows = Self.rows(features)
        ring = [Double](repeating: 0, count: rows * base)
    }

    private static func rows(_ features: StateFeatures) -> Int { (features.delays.max() ?? 0) + 2 }

    /// Numbers that it keeps, 8 bytes each: whoever takes delays from outside has a bound for them.
    static func kept(_ features: StateFeatures, nodes: Int) -> Int {
        rows(features) * features.virtualNodes * (features.hasSquares ? 2 * nodes : nodes)
    }

    /// Forgets what was before.
    public mutating func restart() { steps = 0 }

    /// - Parameters:
    ///   - state: `nodes` values for each of the virtual nodes, one frame behind the other.
    ///   - inputs: as many as the step has.
    ///   - row: `width` values, overwritten.
    public mutating func take(
        state: UnsafeBufferPointer<Float>, inputs values: UnsafeBufferPointer<Double>,
        into row: UnsafeMutableBufferPointer<Double>
    ) {
        precondition(state.count == nodes && values.count == inputs && row.count == width, "a value for each column")
        let (place, before) = (steps % rows * base, (steps + rows - 1) % rows * base)
        for node in 0..<nodes {
            let value = Double(state[node])
            let kept = steps > 0 ? (1 - features.leak) * ring[before + node] + features.leak * value : value
            ring[place + node] = kept
            if features.hasSquares { ring[place + nodes + node] = kept * kept }
        }
        for column in 0..<base { row[column] = ring[place + column] }
        for (index, delay) in features.delays.enumerated() {
            let (target, source) = (base * (1 + index), (steps - delay + rows) % rows * base)
            for column in 0..<base { row[target + column] = steps >= delay ? ring[source + column] : 0 }
        }
        if features.hasInputs { for input in 0..<inputs { row[width - inputs + input] = values[input] } }
        steps += 1
    }
}
