import Failures
import Foundation
import GRDB
import Origin
import Reservoirs
import Searches
import StudyFiles
import Testing

/// The store: what it refuses without a change.
struct SearchStoreTests {
    private let scratch = Scratch()

    private func fault(_ body: () throws -> Void) -> SearchError.Reason? {
        do { try body() } catch { return (error as? SearchError)?.reason }
        return nil
    }

    @Test func `what is no store or another version's is told and stays as it was, to the byte`() throws {
        #expect(fault { _ = try SearchStore(scratch("none")) } == .store(.missing))
        try "notes of mine".write(toFile: scratch("text"), atomically: true, encoding: .utf8)
        try DatabaseQueue(path: scratch("other")).write { try $0.execute(sql: "CREATE TABLE search (number)") }
        for name in ["text", "other"] {
            let before = try Data(contentsOf: URL(fileURLWithPath: scratch(name)))
            #expect(fault { _ = try SearchStore(scratch(name)) } == .store(.foreign))
            #expect(fault { try SearchStore.check(scratch(name)) } == .store(.foreign))
            #expect(try Data(contentsOf: URL(fileURLWithPath: scratch(name))) == before)
        }
        try SmallSearch.run(scratch("newer"), SmallSearch.description(), evaluations: 4)
        try SmallSearch.execute(scratch("newer"), "PRAGMA user_version = 9")
        #expect(fault { _ = try SearchStore(scratch("newer")) } == .store(.otherFormat(9, expected: 1)))
        #expect(SearchError(path: "x", reason: .store(.foreign)).kind == .badInput)
        #expect(SearchError(path: "x", reason: .store(.missing)).kind == .missingInput)
    }

    @Test func `a store of another search is refused with the options that differ`() throws {
        let description = SmallSearch.description()
        try SmallSearch.run(scratch("s"), description, evaluations: 6)
        let before = try SmallSearch.dump(scratch("s"))
        func changed(_ change: (inout SearchDescription) -> Void) -> SearchError.Reason? {
            var other = description
            change(&other)
            return fault { try SmallSearch.run(scratch("s"), other, evaluations: 6) }
        }
        #expect(changed { $0.seed = 2 } == .changed(["--seed"]))
        #expect(changed { $0.method = .random } == .changed(["--by"]))
        #expect(changed { $0.population = 9 } == .changed(["--population"]))
        #expect(changed { ($0.cells, $0.material) = (9, "Co") } == .changed(["--cells", "--material"]))
        #expect(changed { $0.features.delays = [1] } == .changed(["--delays"]))
        #expect(changed { $0.series = .init(path: "a", sha256: "b") } == .changed(["--series"]))
        #expect(changed { $0.batch = 1 } == .changed(["--batch"]))
        #expect(changed { _ in } == nil)
        var newer = SmallSearch.summary(description, evaluations: 6)
        newer.provenance.version = "0.2.0"
        let store = try SearchStore(scratch("s"))
        #expect(fault { try store.adopt(newer) } == .otherVersion("0.1.0", own: "0.2.0"))
        #expect(try SmallSearch.dump(scratch("s")) == before)
    }

    @Test func `where a file lies does not count, only what is in it`() {
        var (a, b) = (SmallSearch.description(), SmallSearch.description())
        a.series = .init(path: "here.txt", sha256: "1")
        b.series = .init(path: "there.txt", sha256: "1")
        #expect(a.differences(b) == [])
        b.series?.sha256 = "2"
        #expect(a.differences(b) == ["--series"])
    }

    @Test func `an individual that is not there is told with those that are`() throws {
        try SmallSearch.run(scratch("s"), SmallSearch.description(), evaluations: 6)
        let table = try SearchTable(SearchStore(scratch("s")))
        #expect(fault { _ = try table.individual(7) } == .noIndividual(7, most: 6))
        #expect(try table.individual(3).number == 3)
        #expect(try table.individual(nil) == table.foremost)
    }

    @Test func `a store whose bytes are wrong inside is told as damaged`() throws {
        try SmallSearch.run(scratch("s"), SmallSearch.description(), evaluations: 6)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: scratch("s")))
        for place in 4096..<bytes.count { bytes[place] = 0x5A }
        try bytes.write(to: URL(fileURLWithPath: scratch("s")))
        guard case .store(.damaged) = fault({ _ = try SearchTable(SearchStore(scratch("s"))) }) else {
            Issue.record("not told")
            return
        }
    }

    /// SQLite is content with all of them.
    @Test(arguments: [
        "individual SET genes = 'x'", "individual SET parents = '[1,'", "search SET settings = '{}'",
        "individual SET genes = '[0.5]'",
        "individual SET genes = replace(genes, '[', '[-')", "individual SET generation = 'x'", "individual SET objective = 'x'",
        "individual SET seed = 'x'",
        "individual SET archived = 'x'",
        "search SET evaluations = 'x'", "search SET reservoir = x'FF'",
        "search SET settings = replace(settings, '\"batch\":4', '\"batch\":0')",
        "search SET settings = replace(settings, '\"virtualNodes\":1', '\"virtualNodes\":0')",
    ])
    func `a value that somebody has changed is told as damaged`(change: String) throws {
        try SmallSearch.run(scratch("s"), SmallSearch.description(), evaluations: 6)
        try SmallSearch.execute(scratch("s"), "UPDATE " + change)
        let found = fault { _ = try SearchTable(SearchStore(scratch("s"))) }
        guard case .store(.damaged) = found else {
            Issue.record("\(change): \(String(describing: found))")
            return
        }
    }

    @Test func `fewer individuals than the highest number that is there are refused, also with a hole`() throws {
        try SmallSearch.run(scratch("s"), SmallSearch.description(), evaluations: 6)
        try SmallSearch.execute(scratch("s"), "DELETE FROM individual WHERE number = 5")
        let store = try SearchStore(scratch("s"))
        var wanted = try store.summary()
        wanted.evaluations = 5
        #expect(fault { try store.adopt(wanted) } == .tooMany(6, asked: 5))
    }
}
