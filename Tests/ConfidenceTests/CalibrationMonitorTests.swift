import Confidence
import Foundation
import Signals
import Testing

@Suite struct CalibrationMonitorTests {
    private func monitor(window: Int = 100, least: Int? = nil, level: Double = 0.05) throws -> CalibrationMonitor {
        CalibrationMonitor(try .init(window: window, least: least, level: level))
    }

    private func rows(_ set: ScoreSet) -> [(score: Double, isRight: Bool)] {
        zip(set.scores, set.outcomes).map { (score: $0, isRight: $1) }
    }

    @Test func `its posterior is that of an assessment of the window`() throws {
        let set = try SyntheticScores.hedger(400)
        var monitor = try monitor()
        var last: CalibrationMonitor.Reading?
        for (index, row) in rows(set).enumerated() {
            last = monitor.take([row])
            // Judged from the least number of rows on.
            #expect((last == nil) == (index < 49))
            guard index == 99 || index == 249 || index == 399, let last else { continue }
            let window = set.rows(Array(index - 99...index))
            let assessment = try CalibrationAssessment(window)
            #expect(last.posterior == assessment.posterior && last.rows == 100 && last.row == index + 1)
            #expect(last.effectiveRows == 100)
        }
        #expect(monitor.count == 400 && last?.row == 400)
    }

    @Test func `whole clusters leave the window, and the rest counts as fewer independent rows`() throws {
        let set = try SyntheticScores.hedger(600, rowsPerDraw: 6)
        var monitor = try monitor()
        var last: CalibrationMonitor.Reading?
        for first in stride(from: 0, to: 600, by: 6) { last = monitor.take(Array(rows(set)[first..<first + 6])) }
        // 16 clusters of six are 96 rows; a seventeenth would be 102.
        let assessment = try CalibrationAssessment(set.rows(Array(504..<600)))
        let found = try #require(last)
        #expect(found.rows == 96 && assessment.clusters == 16 && found.posterior == assessment.posterior)
        #expect(found.effectiveRows == assessment.effectiveCount && found.effectiveRows < 60)
    }

    @Test func `too few clusters for a design effect count as one row each`() throws {
        let set = try SyntheticScores.hedger(54, rowsPerDraw: 6)
        var monitor = try monitor(least: 20)
        var last: CalibrationMonitor.Reading?
        for first in stride(from: 0, to: 54, by: 6) { last = monitor.take(Array(rows(set)[first..<first + 6])) }
        let fit = try LogOddsFit(ScoreSet(scores: set.scores, outcomes: set.outcomes))
        let odds = log(9.0) - (fit.logLikelihood - fit.logLikelihoodOriginal) / 6
        #expect(near(try #require(last).posterior, 1 / (1 + exp(-odds)), 1e-12) && last?.effectiveRows == 9)
    }

    @Test func `where no map is best, the limit of the largest likelihood stands for it`() throws {
        // (scores, outcomes, limit)
        let cases: [([Double], [Bool], Double)] = [
            ([0.9, 0.8, 0.7], [true, true, true], 0),
            ([0.9, 0.8, 0.3], [true, true, false], 0),
            ([0.2, 0.8, 0.9], [true, false, false], 0),
            // Of three rows at the threshold one is wrong.
            ([0.9, 0.5, 0.5, 0.5, 0.1], [true, true, true, false, false], 2 * log(2.0 / 3) + log(1.0 / 3)),
            ([0.6, 0.6, 0.6], [true, false, true], 2 * log(2.0 / 3) + log(1.0 / 3)),
        ]
        for (scores, outcomes, limit) in cases {
            // Each row five times, so that there are enough.
            var monitor = try monitor(least: 10)
            let events = (0..<5).flatMap { _ in zip(scores, outcomes).map { (score: $0, isRight: $1) } }
            var last: CalibrationMonitor.Reading?
            for event in events { last = monitor.take([event]) }
            let n = Double(events.count)
            let original = events.reduce(0) { $0 + log($1.isRight ? $1.score : 1 - $1.score) }
            let odds = log(n) - (5 * limit - original)
            #expect(near(try #require(last).posterior, 1 / (1 + exp(-odds)), 1e-9), "\(scores) \(outcomes)")
        }
    }

    @Test func `an alarm begins below the level, and ends at the recovery`() throws {
        var random = SplitMix64(seed: 7)
        var monitor = try monitor(window: 200)
        var changes: [(row: Int, change: CalibrationMonitor.Reading.Change)] = []
        for row in 0..<2000 {
            let score = 0.02 + 0.96 * random.uniform()
            // Far too sure in the second quarter.
            let truth = (500..<1000).contains(row) ? 0.5 : score
            guard let reading = monitor.take([(score, random.uniform() < truth)]) else { continue }
            #expect(reading.isAlarm == (monitor.isAlarm) && (reading.change == nil || reading.row == row + 1))
            if reading.change == .alarm { #expect(reading.posterior < 0.05) }
            if reading.change == .recovery { #expect(reading.posterior >= 0.5) }
            if let change = reading.change { changes.append((row, change)) }
        }
        #expect(changes.map(\.change) == [.alarm, .recovery])
        #expect((500..<700).contains(changes[0].row) && (1000..<1300).contains(changes[1].row))
    }

    @Test func `scores at the ends and beyond, and such as are no numbers, give a posterior`() throws {
        var monitor = try monitor(least: 10)
        var last: CalibrationMonitor.Reading?
        for (index, score) in [0, 1, -3, 7, .nan, .infinity, 0.5, 0.7, 0.2, 0.9, 0.1, 0.4].enumerated() {
            last = monitor.take([(score, index % 2 == 0)])
        }
        let posterior = try #require(last).posterior
        #expect(posterior >= 0 && posterior <= 1)
        #expect(monitor.take([]) == nil)
    }

    @Test func `settings out of their ranges are refused by name`() {
        func name(_ body: () throws -> CalibrationMonitor.Settings) -> String? {
            if case .outOfRange(let name, _, _)? = reason({ _ = try body() }) { name } else { nil }
        }
        #expect(name { try .init(window: 19) } == "the window")
        #expect(name { try .init(window: 100, least: 101) } == "the least number of rows")
        #expect(name { try .init(level: 0) } == "the level" && name { try .init(prior: 1) } == "the prior")
        #expect(name { try .init(level: 0.6) } == "the recovery" && name { try .init(level: .nan) } == "the level")
    }
}
