import Foundation
import Plots
import Synchronization
import TeamLearning
import Testing

/// Several kinds of teams over several seeds.
struct TeamStudyTests {
    private func outcomes(threads: Int) throws -> [TeamStudy.Outcome] {
        var settings = TeamGame.miniCleanup.standardTraining
        settings.steps = 400
        let study = TeamStudy(.miniCleanup, settings, seeds: [1, 2, 3], threads: threads)
        return try [1, 2, 6].map { size in
            try #require(try study.outcome("size \(size)", .equal(teams: 6 / size, size: size)))
        }
    }

    @Test func `threads change no number`() throws {
        let one = try outcomes(threads: 1)
        #expect(try outcomes(threads: 3) == one)
        #expect(one.allSatisfy { $0.runs.count == 3 && $0.courses.allSatisfy { $0.count == 100 } })
    }

    @Test func `a study that is stopped has no outcome`() throws {
        let study = TeamStudy(.miniCleanup, TeamGame.miniCleanup.standardTraining, seeds: [1, 2, 3])
        #expect(try study.outcome("", .solo(2), note: { false }) == nil)
    }

    @Test func `a study that was stopped goes on to the same numbers, and one of other settings is refused`() throws {
        let path = NSTemporaryDirectory() + "larmor-trainings-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = try TrainingFolder(path)
        var study = TeamStudy(.miniCleanup, TeamGame.miniCleanup.standardTraining, seeds: [1, 2])
        let calls = Atomic<Int>(0)
        let stopped = try study.outcome("", .solo(3), in: folder) { calls.wrappingAdd(1, ordering: .relaxed).newValue < 7 }
        #expect(stopped == nil)
        let there = try FileManager.default.contentsOfDirectory(atPath: path)
        #expect(there.count == 1)
        #expect(try study.outcome("", .solo(3), in: folder) == study.outcome("", .solo(3)))
        study.settings.learner.rate = 0.2
        #expect(throws: TeamLearningError(.otherTraining)) { try study.outcome("", .solo(3), in: folder) }
    }

    @Test func `pictures show every kind of teams, by size and in the course of learning`() throws {
        let found = try outcomes(threads: 2)
        let sizes = TeamPictures.bySize(found, game: "mini", random: 0.1)
        #expect(sizes.curves.first?.x == [1, 2, 6] && sizes.curves.first?.y == found.map(\.reward.mean))
        #expect(sizes.svg.contains("random agents"))
        let course = TeamPictures.course(found, game: "mini", steps: 400)
        #expect(course.curves.map(\.name) == ["size 1", "size 2", "size 6"])
        #expect(course.curves.allSatisfy { $0.x.count == 100 && $0.x.last == 398 })
    }
}
