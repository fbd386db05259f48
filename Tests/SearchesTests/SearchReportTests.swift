import Foundation
import Reservoirs
import Searches
import Testing

/// Tables and pages of searches.
struct SearchReportTests {
    private let scratch = Scratch()

    private func table(_ method: SearchMethod, evaluations: Int = 30) throws -> SearchTable {
        try SmallSearch.run(scratch(method.rawValue), SmallSearch.description(method), evaluations: evaluations)
        return try SearchTable(SearchStore(scratch(method.rawValue), readOnly: true))
    }

    @Test func `cells that were reached are those of a count by hand, individual by individual`() throws {
        let table = try table(.random)
        var cells: Set<String> = []
        for (place, individual) in table.individuals.enumerated() {
            if let behaviour = individual.result.behaviour {
                cells.insert(
                    "\(behaviour.kernelRank / 10) \(behaviour.generalisationRank / 10) \(Int(behaviour.memoryCapacity) / 10)")
            }
            #expect(table.coverage[place] == cells.count)
        }
        #expect(table.tally.coverage == cells.count && cells.count > 3)
    }

    @Test func `the best come first, by the error, or by novelty where there is none`() throws {
        let errors = try table(.microbial)
        let objectives = errors.ranking.compactMap(\.result.objective)
        #expect(objectives == objectives.sorted() && errors.tally.best == errors.ranking.first)
        #expect(errors.best.last == objectives.first)
        let novel = try table(.novelty)
        let novelties = novel.ranking.compactMap { $0.lesson?.novelty }
        #expect(novelties == novelties.sorted(by: >) && !novelties.isEmpty)
        #expect(novel.tally.archived == novel.individuals.count { $0.isArchived } && novel.tally.archived > 0)
    }

    @Test func `the page is one file with the space of behaviours, the archive, coverage, errors and where it comes from`()
        throws
    {
        let page = try SearchPage([table(.novelty), table(.random), table(.microbial)]).html
        // Three sides, the cells; the best and all errors.
        #expect(page.components(separatedBy: "<svg ").count - 1 == 6)
        for words in [
            "generalisation rank over kernel rank", "memory capacity over kernel rank",
            "memory capacity over generalisation rank", "its archive", "novelty, seed 1", "random, seed 1", "the best so far",
            "larmor reservoir search", "TaskFailure",
        ] { #expect(page.contains(words), "\(words)") }
        // Nothing is fetched from elsewhere.
        #expect(
            page.components(separatedBy: "http").count == page.components(separatedBy: "http://www.w3.org/2000/svg").count)
        #expect(!page.contains("\"nan") && !page.contains(">nan") && !page.contains(">inf"))
    }

    @Test func `a search without individuals has a page`() throws {
        try SearchStore.create(scratch("s"), SmallSearch.summary(SmallSearch.description()))
        let table = try SearchTable(SearchStore(scratch("s")))
        #expect(table.foremost == nil && table.coverage.isEmpty)
        #expect(SearchPage([table]).html.contains("0 of 30"))
    }
}
