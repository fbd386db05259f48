import Reservoirs
import StudyFiles

/// A stored search with its individuals, for tables and pictures.
public struct SearchTable: Sendable {
    public let path: String
    public let summary: SearchStore.Summary
    /// All that are there, by number.
    public let individuals: [SearchIndividual]
    public let tally: SearchTally
    /// After each individual, as many as ``individuals``.
    public let coverage: [Int]
    /// The smallest objective so far; NaN where there is none.
    public let best: [Double]

    /// - Parameters:
    ///   - store: that is read.
    ///   - cell: edge of a cell of the space of behaviours.
    /// - Throws: ``SearchError``.
    public init(_ store: SearchStore, cell: Double = SearchTally.usualCell) throws(SearchError) {
        path = store.path
        summary = try store.summary()
        individuals = try store.individuals()
        let count = summary.genes.count
        if let wrong = individuals.first(where: { $0.genes.count != count || !$0.genes.allSatisfy((0...1).contains) }) {
            throw SearchError(
                path: path,
                reason: .store(.damaged("individual \(wrong.number) has not \(count) genes from 0 to 1")))
        }
        var tally = SearchTally(cell: cell)
        var (coverage, best): ([Int], [Double]) = ([], [])
        for individual in individuals {
            tally.add(individual)
            coverage.append(tally.coverage)
            best.append(tally.best?.result.objective ?? .nan)
        }
        (self.tally, self.coverage, self.best) = (tally, coverage, best)
    }

    public var description: SearchDescription { summary.description }

    /// "novelty, seed 1".
    public var name: String { "\(description.method.rawValue), seed \(description.seed)" }

    /// As there is room for in a legend: "novelty 1".
    var shortName: String { "\(description.method.rawValue) \(description.seed)" }

    /// The best first: by the objective, or by novelty where there is none. Failed ones are left out.
    public var ranking: [SearchIndividual] {
        let done = individuals.filter { !$0.result.isFailed }
        func key(_ individual: SearchIndividual) -> Double {
            individual.result.objective ?? individual.lesson?.novelty.map { -$0 } ?? .infinity
        }
        return done.sorted { (key($0), $0.number) < (key($1), $1.number) }
    }

    public var failures: [SearchIndividual] { individuals.filter(\.result.isFailed) }

    /// What stands for a person to read in place of an individual: the one with the smallest objective, or the most novel one.
    public var foremost: SearchIndividual? { ranking.first }

    /// - Parameter number: nil for ``foremost``.
    /// - Throws: ``SearchError``.
    public func individual(_ number: Int?) throws(SearchError) -> SearchIndividual {
        let found = number.map { number in individuals.first { $0.number == number } } ?? foremost ?? individuals.first
        guard let found else {
            throw SearchError(path: path, reason: .noIndividual(number ?? 1, most: individuals.last?.number ?? 0))
        }
        return found
    }
}
