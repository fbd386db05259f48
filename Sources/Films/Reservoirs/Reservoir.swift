/// Something with a memory that is driven step by step and read step by step: a film in process, a film behind RigLink.
///
/// Tasks and readouts know only this.
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
}
