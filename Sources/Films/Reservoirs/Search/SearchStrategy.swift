import Signals

/// Proposes individuals and learns from what became of them.
///
/// An individual is a row of genes in [0, 1]. Proposals and answers come in the same order every time, so that a search follows from its
/// seed, whoever computes the answers and however many at once.
public protocol SearchStrategy: Sendable {
    /// The next individual; may be called again before the one before is answered.
    mutating func propose() -> [Double]
    /// The answer to the oldest proposal that has none.
    /// - Parameters:
    ///   - error: smaller is better; not finite for one that failed.
    ///   - behaviour: where it stands among others, for strategies that look for variety.
    mutating func learn(error: Double, behaviour: [Double])
}

/// The strategies by their names.
public enum SearchMethod: String, Sendable, CaseIterable, Codable {
    case random, microbial, novelty
    case cmaes = "cma-es"

    /// Those that look for the smallest error; novelty needs to be told how individuals behave.
    public static let forErrors = allCases.filter { $0 != .novelty }

    /// - Parameters:
    ///   - genes: of an individual.
    ///   - budget: evaluations in all; the sizes of populations follow from it.
    public func strategy(genes: Int, budget: Int, seed: UInt64) -> any SearchStrategy {
        switch self {
        case .random: RandomSearch(genes: genes, seed: seed)
        case .microbial: MicrobialSearch(genes: genes, .init(population: max(4, min(100, budget / 4))), seed: seed)
        case .novelty: NoveltySearch(genes: genes, .init(population: max(6, min(100, budget / 4))), seed: seed)
        case .cmaes: CMAESearch(genes: genes, seed: seed)
        }
    }
}

/// Individuals drawn alike from everywhere.
public struct RandomSearch: SearchStrategy {
    private let genes: Int
    private var random: SplitMix64

    public init(genes: Int, seed: UInt64) { (self.genes, random) = (genes, SplitMix64(seed: seed)) }

    public mutating func propose() -> [Double] { (0..<genes).map { _ in random.uniform() } }
    public mutating func learn(error: Double, behaviour: [Double]) {}
}
