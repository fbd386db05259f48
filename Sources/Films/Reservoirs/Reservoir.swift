public import LinearAlgebra

/// Something with a memory that is driven step by step and read step by step: a film in process, a film behind RigLink, a network.
///
/// Tasks, metrics and readouts know only this.
public protocol Reservoir: AnyObject {
    /// Values of one input.
    var inputs: Int { get }
    /// Values of one state.
    var nodes: Int { get }
    /// What it is, for reports.
    var description: String { get }

    /// Back to the initial state.
    /// - Parameter seed: for reservoirs with noise of their own.
    func reset(seed: UInt64) throws

    /// Drives it.
    /// - Parameter inputs: shape `[steps, inputs]`.
    /// - Returns: the state after each step, shape `[steps, nodes]`.
    func run(_ inputs: [Float]) throws -> [Float]

    /// Drives it, in 64 bits where the reservoir computes in 64 bits.
    /// - Parameter inputs: shape `[steps, inputs]`.
    /// - Returns: the state after each step, shape `[steps, nodes]`.
    func states(_ inputs: Matrix<Double>) throws -> Matrix<Double>
}

extension Reservoir {
    public func states(_ inputs: Matrix<Double>) throws -> Matrix<Double> {
        precondition(inputs.columns == self.inputs, "a row has one value for each input")
        let states = try run(inputs.values.map { Float($0) })
        return Matrix(rows: inputs.rows, columns: nodes, values: states.map { Double($0) })
    }
}
