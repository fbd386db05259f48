import Foundation
import RealTime
import Sweeps
import Synchronization
import Testing

/// The local engine with a runner of the test's own.
struct LocalEngineTests {
    private let scratch = Scratch()

    private let objective = SweepObjective(path: "error", isMaximised: false)

    /// Attempts at each point.
    private final class Tally: Sendable {
        let attempts = Mutex<[Int: Int]>([:])
        let running = Mutex((now: 0, most: 0))

        func begin(_ point: StoredPoint) -> Int {
            running.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            return attempts.withLock {
                $0[point.point.number, default: 0] += 1
                return $0[point.point.number] ?? 0
            }
        }

        func end() { running.withLock { $0.now -= 1 } }
    }

    @Test func `every point runs once, as many at once as asked, and the best is known`() throws {
        let store = try SmallSweep.store(scratch("s.sqlite"))
        let tally = Tally()
        try LocalEngine(store, objective: objective, jobs: 3, attempts: 3) { point, _ in
            _ = tally.begin(point)
            // Ends only when as many as asked for have run at once.
            _ = waitUntil { tally.running.withLock { $0.most >= 3 } }
            tally.end()
            return .ended(SmallSweep.outcome(point.point))
        }.untilDone(isStopped: { false })
        #expect(tally.attempts.withLock { $0 } == [1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1])
        #expect(tally.running.withLock { $0.most } == 3)
        #expect(try store.counts().done == 6)
        #expect(try store.best(objective)?.point.identity == "--damping=0.1 --seed=1")
        #expect(try store.best(SweepObjective(path: "error", isMaximised: true))?.point.number == 6)
        let point = try #require(try store.points().first)
        #expect(point.attempts == 1 && point.exitCode == 0 && point.value == 1.1 && point.host == "here")
    }

    @Test func `a point that fails is tried again, and a point that fails every time is kept with its reason`() throws {
        let store = try SmallSweep.store(scratch("s.sqlite"))
        let tally = Tally()
        let engine = LocalEngine(store, objective: objective, jobs: 2, attempts: 3) { point, _ in
            let attempt = tally.begin(point)
            if point.point.number == 2 || (point.point.number == 5 && attempt < 3) {
                return .ended(PointOutcome(exitCode: 65, failure: "attempt \(attempt)", standardError: "words", seconds: 1))
            }
            return .ended(SmallSweep.outcome(point.point))
        }
        try engine.untilDone(isStopped: { false })
        #expect(tally.attempts.withLock { $0 } == [1: 1, 2: 3, 3: 1, 4: 1, 5: 3, 6: 1])
        let failed = try store.points(.failed)
        #expect(failed.map(\.point.number) == [2])
        #expect(
            failed[0].failure == "attempt 3" && failed[0].exitCode == 65 && failed[0].standardError == "words"
                && failed[0].attempts == 3)
        // A later run leaves it alone, unless it may have more attempts or is asked for it.
        try store.prepare(attempts: 3)
        #expect(try store.counts().failed == 1)
        try store.prepare(attempts: 4)
        #expect(try store.counts().waiting == 1)
        try store.prepare(attempts: 3, retryFailed: true)
        try engine.untilDone(isStopped: { false })
        #expect(try store.points(.failed).map(\.attempts) == [3])
        #expect(tally.attempts.withLock { $0[2] } == 6)
    }

    @Test func `when it is stopped, what runs waits again and its attempt does not count`() throws {
        let store = try SmallSweep.store(scratch("s.sqlite"))
        let tally = Tally()
        try LocalEngine(store, objective: objective, jobs: 2, attempts: 3) { point, isStopped in
            _ = tally.begin(point)
            if point.point.number < 3 { return .ended(SmallSweep.outcome(point.point)) }
            while !isStopped() { usleep(1000) }
            return .stopped
        }.untilDone(isStopped: { tally.attempts.withLock { $0.count } >= 4 })
        let counts = try store.counts()
        #expect(counts.done == 2 && counts.waiting == 4 && counts.running == 0)
        #expect(try store.points(.waiting).allSatisfy { $0.attempts == 0 })
    }

    @Test func `points of a run that died wait again, and the end is the same as without the death`() throws {
        let store = try SmallSweep.store(scratch("s.sqlite"))
        // As a killed process leaves it: two points run, one is done.
        try LocalEngine(store, objective: objective, jobs: 1, attempts: 3) { point, _ in .ended(SmallSweep.outcome(point.point))
        }
        .untilDone(isStopped: { (try? store.counts().done) ?? 0 >= 1 })
        try DatabaseQueueAccess.execute(
            scratch("s.sqlite"), "UPDATE point SET state = 'running', attempts = 1 WHERE number IN (3, 4)")
        let reopened = try SweepStore(scratch("s.sqlite"))
        try reopened.prepare(attempts: 3)
        try LocalEngine(reopened, objective: objective, jobs: 2, attempts: 3) { point, _ in
            .ended(SmallSweep.outcome(point.point))
        }
        .untilDone(isStopped: { false })
        let whole = try SmallSweep.store(scratch("whole.sqlite"))
        try LocalEngine(whole, objective: objective, jobs: 2, attempts: 3) { point, _ in .ended(SmallSweep.outcome(point.point))
        }
        .untilDone(isStopped: { false })
        #expect(try reopened.points() == whole.points())
    }

    @Test func `progress counts what has ended and names the best so far`() throws {
        let store = try SmallSweep.store(scratch("s.sqlite"))
        var told: [SweepProgress] = []
        try LocalEngine(store, objective: objective, jobs: 1, attempts: 1) { point, _ in .ended(SmallSweep.outcome(point.point))
        }
        .untilDone(isStopped: { false }) { told.append($0) }
        #expect(told.last?.fraction == 1 && told.last?.ended == 6 && told.last?.best?.point.number == 1)
        #expect(told.map(\.ended) == told.map(\.ended).sorted())
    }
}
