import Signals

/// Proposes individuals and learns from what became of them.
///
/// An individual is a row of genes in [0, 1]. Proposals and answers come in the same order every time, so that a search follows from its
/// seed, whoever computes the answers and however many at once.
public protocol SearchStrategy: Sendable {
    /// The next individual; may be called again before the one before is answered.
    mutating func propose() -> SearchProposal
    /// The answer to the oldest proposal that has none.
    /// - Parameters:
    ///   - error: smaller is better; not finite for one that failed.
    ///   - behaviour: where it stands among others, for strategies that look for variety; empty for one that failed.
    @discardableResult
    mutating func learn(error: Double, behaviour: [Double]) -> SearchLesson
}

/// An individual that is to be looked at, and where it comes from.
public struct SearchProposal: Sendable, Equatable {
    /// In [0, 1].
    public var genes: [Double]
    /// Proposals that it was made from, counted from 0; none for one that was drawn.
    public var parents: [Int]
    /// 0 for those that were drawn; then the turn or the generation.
    public var generation: Int

    public init(_ genes: [Double], parents: [Int] = [], generation: Int = 0) {
        (self.genes, self.parents, self.generation) = (genes, parents, generation)
    }
}

/// What a strategy has made of an answer.
public struct SearchLesson: Sendable, Equatable {
    /// How new the behaviour was, in the behaviours' own units; nil for strategies that do not ask, and for individuals that failed.
    public var novelty: Double?
    /// Whether it entered the archive.
    public var isArchived: Bool

    public init(novelty: Double? = nil, isArchived: Bool = false) { (self.novelty, self.isArchived) = (novelty, isArchived) }
}

/// The strategies by their names.
public enum SearchMethod: String, Sendable, CaseIterable, Codable {
    case random, microbial, novelty
    case cmaes = "cma-es"

    /// Those that look for the smallest error; novelty needs to be told how individuals behave.
    public static let forErrors = allCases.filter { $0 != .novelty }

    /// Numbers of a strategy; what a method has no use for does not count.
    public struct Sizes: Sendable, Equatable {
        /// Of the microbial search and of that for novelty.
        public var population: Int
        /// Behaviours that novelty is measured by.
        public var neighbours = 10
        /// Novelty from which an individual enters the archive, at first.
        public var threshold = 3.0

        public init(population: Int) { self.population = population }
    }

    /// The usual ones.
    /// - Parameter budget: evaluations in all.
    public func sizes(budget: Int) -> Sizes { Sizes(population: max(self == .novelty ? 6 : 4, min(100, budget / 4))) }

    /// - Parameters:
    ///   - genes: of an individual.
    ///   - budget: evaluations in all; the sizes of populations follow from it.
    public func strategy(genes: Int, budget: Int, seed: UInt64) -> any SearchStrategy {
        strategy(genes: genes, sizes(budget: budget), seed: seed)
    }

    /// - Parameter genes: of an individual.
    public func strategy(genes: Int, _ sizes: Sizes, seed: UInt64) -> any SearchStrategy {
        switch self {
        case .random: RandomSearch(genes: genes, seed: seed)
        case .microbial: MicrobialSearch(genes: genes, .init(population: sizes.population), seed: seed)
        case .novelty:
            NoveltySearch(
                genes: genes,
                .init(
                    population: sizes.population, neighbours: sizes.neighbours, threshold: sizes.threshold,
                    period: min(100, 2 * sizes.population)),
                seed: seed)
        case .cmaes: CMAESearch(genes: genes, seed: seed)
        }
    }
}

/// Individuals drawn alike from everywhere.
public struct RandomSearch: SearchStrategy {
    private let genes: Int
    private var random: SplitMix64

    public init(genes: Int, seed: UInt64) { (self.genes, random) = (genes, SplitMix64(seed: seed)) }

    public mutating func propose() -> SearchProposal { SearchProposal((0..<genes).map { _ in random.uniform() }) }

    @discardableResult
    public mutating func learn(error: Double, behaviour: [Double]) -> SearchLesson { SearchLesson() }
}
