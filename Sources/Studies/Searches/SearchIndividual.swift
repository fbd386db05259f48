public import Reservoirs

/// One individual of a search, as the store has it.
public struct SearchIndividual: Sendable, Equatable {
    /// From 1, in the order of the proposals.
    public var number: Int
    /// 0 for those that were drawn; then the turn or the generation.
    public var generation: Int
    /// Numbers of the individuals that it was made from.
    public var parents: [Int]
    /// In [0, 1].
    public var genes: [Double]
    /// Of the task and of the inputs that its behaviour was measured with.
    public var seed: UInt64
    public var result: IndividualResult
    /// What the search made of it; nil while the answer waits for those before it.
    public var lesson: SearchLesson?

    init(number: Int, _ proposal: SearchProposal, seed: UInt64, result: IndividualResult) {
        (self.number, generation, genes, self.seed) = (number, proposal.generation, proposal.genes, seed)
        parents = proposal.parents.map { $0 + 1 }
        self.result = result
    }

    init(
        number: Int, generation: Int, parents: [Int], genes: [Double], seed: UInt64, result: IndividualResult,
        lesson: SearchLesson?
    ) {
        (self.number, self.generation, self.parents, self.genes) = (number, generation, parents, genes)
        (self.seed, self.result, self.lesson) = (seed, result, lesson)
    }

    public var isArchived: Bool { lesson?.isArchived ?? false }
}
