import Failures
import Foundation
import Reservoirs
import Searches
import Testing

/// Searches that are kept: whole, broken off, with failures.
struct StoredSearchTests {
    private let scratch = Scratch()

    @Test(arguments: SearchMethod.allCases)
    func `a search that is broken off anywhere ends with the rows of one that was not`(_ method: SearchMethod) throws {
        let description = SmallSearch.description(method)
        try SmallSearch.run(scratch("whole"), description)
        let whole = try SmallSearch.dump(scratch("whole"))
        for most in [1, 2, 4, 7, 11, 19, 30] {
            let path = scratch("broken-\(most)")
            try SmallSearch.run(path, description, begun: most)
            let some = try SearchStore(path).individuals().count
            #expect(some < 30)
            try SmallSearch.run(path, description, threads: 3, begun: 2 * most)
            try SmallSearch.run(path, description)
            #expect(try SmallSearch.dump(path) == whole, "broken off at \(most)")
        }
    }

    @Test(arguments: SearchMethod.allCases)
    func `threads change no row`(_ method: SearchMethod) throws {
        let description = SmallSearch.description(method)
        for threads in [1, 2, 5] { try SmallSearch.run(scratch("\(threads)"), description, threads: threads) }
        let one = try SmallSearch.dump(scratch("1"))
        #expect(try SmallSearch.dump(scratch("2")) == one && SmallSearch.dump(scratch("5")) == one)
    }

    @Test func `individuals that are missing in the middle, or wait for their lesson, are made up for`() throws {
        let description = SmallSearch.description()
        try SmallSearch.run(scratch("whole"), description)
        let whole = try SmallSearch.dump(scratch("whole"))
        // As after a power cut: of the last batch some have ended, and nothing was learned from it.
        try SmallSearch.execute(
            scratch("whole"),
            """
            DELETE FROM individual WHERE number IN (21, 23) OR number > 24;
            UPDATE individual SET novelty = NULL, archived = NULL WHERE number > 20
            """)
        let family = try FormulaFamily()
        try SmallSearch.run(scratch("whole"), description, family: family)
        #expect(try SmallSearch.dump(scratch("whole")) == whole)
        // What was there is not computed again.
        #expect(family.count == 2 + 6)
    }

    @Test func `one that fails is kept with the type and the words of its error, and the search goes on`() throws {
        try SmallSearch.run(scratch("s"), SmallSearch.description(.microbial))
        let table = try SearchTable(SearchStore(scratch("s")))
        #expect(table.individuals.count == 30 && table.tally.failed == table.failures.count && table.tally.failed > 0)
        let failed = try #require(table.failures.first)
        #expect(failed.result.failureType == "TaskFailure" && failed.result.objective == nil)
        #expect(failed.result.failure == "narma10: a state is no finite number at step 7")
        #expect(failed.genes[0] < 0.15)
        #expect(table.ranking.allSatisfy { !$0.result.isFailed } && table.ranking.count == 30 - table.tally.failed)
    }

    @Test func `a device that is gone is no fault of an individual: the search ends, and goes on later`() throws {
        let description = SmallSearch.description()
        try SmallSearch.run(scratch("whole"), description)
        #expect(throws: FormulaFamily.DeviceGone.self) {
            try SmallSearch.run(scratch("s"), description, family: try FormulaFamily(most: 10))
        }
        let some = try SearchStore(scratch("s")).individuals()
        #expect(some.count == 10 && some.allSatisfy { $0.result.failureType != "DeviceGone" })
        try SmallSearch.run(scratch("s"), description)
        #expect(try SmallSearch.dump(scratch("s")) == SmallSearch.dump(scratch("whole")))
    }

    @Test func `a search goes further with more evaluations, as one that had them from the start`() throws {
        let description = SmallSearch.description()
        for evaluations in [13, 22, 40] { try SmallSearch.run(scratch("grown"), description, evaluations: evaluations) }
        try SmallSearch.run(scratch("whole"), description, evaluations: 40)
        #expect(try SmallSearch.dump(scratch("grown")) == SmallSearch.dump(scratch("whole")))
        #expect(throws: SearchError(path: scratch("grown"), reason: .tooMany(40, asked: 39))) {
            try SmallSearch.run(scratch("grown"), description, evaluations: 39)
        }
    }

    @Test func `rows that this search would not have made are told`() throws {
        let description = SmallSearch.description()
        for (number, change) in [(9, "genes = '[0.5,0.5,0.5]'"), (17, "parents = '[1]'"), (12, "novelty = 77")] {
            let path = scratch("changed-\(number)")
            try SmallSearch.run(path, description, evaluations: 20)
            try SmallSearch.execute(path, "UPDATE individual SET \(change) WHERE number = \(number)")
            #expect(throws: SearchError(path: path, reason: .otherCourse(number))) {
                try SmallSearch.run(path, description, evaluations: 24)
            }
            #expect(try SearchStore(path).individuals().count == 20)
        }
    }

    @Test func `an individual is made again from its row, with the same numbers`() throws {
        var description = SearchDescription(.novelty, seed: 5, kind: .film, task: "narma10", hasBehaviour: true)
        (description.cells, description.films, description.material, description.length) = (4, 1, "Ni", 400)
        description.take(.init(population: 4))
        func bench() throws -> IndividualBench {
            try IndividualBench(description, store: "s") { inputs in
                try #require(try description.family(inputs: inputs, store: "s"))
            }
        }
        let summary = SmallSearch.summary(description, evaluations: 8)
        try SearchStore.create(scratch("s"), summary)
        try StoredSearch(try SearchStore(scratch("s")), try bench(), threads: 2).run(isStopped: { false })
        let individuals = try SearchStore(scratch("s"), readOnly: true).individuals()
        #expect(individuals.count == 8 && individuals.allSatisfy { $0.result.objective != nil && $0.result.behaviour != nil })
        let fresh = try bench()
        for individual in individuals {
            #expect(try fresh.result(individual.genes, seed: individual.seed) == individual.result)
        }
        #expect(try fresh.test(individuals[0].genes) != nil)
    }
}
