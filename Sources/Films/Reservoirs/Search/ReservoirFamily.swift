/// Reservoirs of one kind that differ in a few numbers: what a search searches in.
///
/// A new kind is one file with a type of this.
public protocol ReservoirFamily: Sendable {
    /// What it is, for reports.
    var description: String { get }
    var genes: [SearchGene] { get }
    /// Values of a state.
    var nodes: Int { get }

    /// Puts one of them through a task.
    /// - Parameter genes: as many as ``genes``, in [0, 1].
    func evaluate(
        _ genes: [Double], _ task: ReservoirTask, _ data: TaskData, settings: TaskEvaluation.Settings
    ) throws -> TaskEvaluation

    /// Measures how one of them behaves with one input a step.
    /// - Parameters:
    ///   - genes: as many as ``genes``, in [0, 1].
    ///   - features: what the readout sees.
    ///   - seed: of the inputs.
    func behaviour(_ genes: [Double], features: StateFeatures, seed: UInt64) throws -> ReservoirBehaviour
}

extension ReservoirFamily {
    /// What the genes of an individual stand for, in their order.
    public func values(_ genes: [Double]) -> [Double] {
        precondition(genes.count == self.genes.count, "one value for each gene")
        return zip(self.genes, genes).map { $0.value($1) }
    }
}
