import Foundation
import MagneticFilm
import Testing

@Suite struct FilmValidationTests {
    /// What the suite has time for: all but the largest cube of problem 3.
    private static let groups = FilmValidation.groups.filter {
        $0.isQuick || $0.name.contains("200 × 50") || $0.name.contains("N = 20")
    }

    private static var context: FilmCheckGroup.Context {
        FilmCheckGroup.Context(data: FilmRecord.folder?.deletingLastPathComponent(), threads: 2)
    }

    @Test(arguments: groups.filter { $0.needs == nil }.map(\.name))
    func `what other programs, papers and closed forms say is met`(name: String) throws { try check(name) }

    @Test(
        .enabled(if: groups.allSatisfy { $0.obstacle(context) == nil }, "needs shared/data/film-record"),
        arguments: groups.filter { $0.needs != nil }.map(\.name))
    func `what other programs recorded is met`(name: String) throws { try check(name) }

    private func check(_ name: String) throws {
        let group = try #require(Self.groups.first { $0.name == name })
        let start = ContinuousClock.now
        let checks = try group.run(Self.context)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print("\(name): \(checks.count) checks, \(seconds) s")
        #expect(!checks.isEmpty)
        for check in checks {
            #expect(
                check.pass,
                "\(check.name): \(check.value.map { "\($0)" } ?? "none") for \(check.reference) ± \(check.tolerance)")
        }
    }

    @Test func `a value beyond its tolerance, or none, fails`() {
        #expect(FilmCheck("x", 1.1, reference: 1, tolerance: 0.2, source: "").pass)
        #expect(!FilmCheck("x", 1.3, reference: 1, tolerance: 0.2, source: "").pass)
        #expect(!FilmCheck("x", .nan, reference: 1, tolerance: 0.2, source: "").pass)
    }

    @Test func `a group without its files says which folder it needs`() throws {
        let group = try #require(FilmValidation.groups.first { $0.needs != nil })
        let reason = group.obstacle(FilmCheckGroup.Context(data: URL(fileURLWithPath: "/nonexistent"), threads: 1))
        #expect(reason?.contains("film-record") == true)
    }
}
