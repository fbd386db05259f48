import Dispatch
import Signals
import StudyFiles
import Synchronization

/// Runs points on this machine, some at once.
public struct LocalEngine: Sendable {
    /// Runs one attempt of a point on a thread of its own, until it ends or the closure that it is given says stop.
    public typealias Runner = @Sendable (StoredPoint, _ isStopped: @Sendable () -> Bool) -> PointEnd

    private let store: SweepStore
    private let objective: SweepObjective?
    private let jobs: Int
    private let attempts: Int
    private let run: Runner

    /// Seconds between two looks at whether to stop.
    private static let pace = 0.1

    /// - Parameters:
    ///   - store: whose points it runs.
    ///   - objective: what the best point is told by; nil for none.
    ///   - jobs: points at once, 1 or more.
    ///   - attempts: that a point may have, 1 or more.
    ///   - run: runs one attempt.
    public init(_ store: SweepStore, objective: SweepObjective?, jobs: Int, attempts: Int, run: @escaping Runner) {
        (self.store, self.objective, self.jobs, self.attempts, self.run) = (store, objective, max(1, jobs), attempts, run)
    }

    /// What the threads hand in.
    private final class Desk: Sendable {
        let ended = Mutex<[(Int, PointEnd)]>([])
        let news = DispatchSemaphore(value: 0)
        /// The store failed, or the sweep was stopped.
        let isOver = Atomic<Bool>(false)
    }

    /// Runs until no point waits, or until it shall stop: then what runs is stopped and waits again.
    /// - Throws: ``SweepError`` of the store, or when the system has no thread left.
    public func untilDone(isStopped: () -> Bool, progress: (SweepProgress) -> Void = { _ in }) throws(SweepError) {
        let desk = Desk()
        var running = 0
        var failure: SweepError?
        var state = SweepProgress(counts: try store.counts(), ended: 0, planned: 0, best: try store.best(objective))
        state.planned = state.counts.waiting
        progress(state)
        while true {
            if isStopped() || failure != nil { desk.isOver.store(true, ordering: .relaxed) }
            do throws(SweepError) {
                while running < jobs, failure == nil, !isStopped(), let point = try store.claim() {
                    try start(point, desk)
                    running += 1
                }
            } catch {
                failure = failure ?? error
            }
            if running == 0, failure != nil || isStopped() { break }
            if running == 0, try store.counts().waiting == 0 { break }
            _ = desk.news.wait(timeout: .now() + Self.pace)
            let ended = desk.ended.withLock { ended in
                defer { ended = [] }
                return ended
            }
            for (number, end) in ended {
                running -= 1
                do throws(SweepError) {
                    switch end {
                    case .ended(let outcome): try store.finish(number, outcome, attempts: attempts)
                    case .stopped: try store.release(number)
                    }
                } catch {
                    failure = failure ?? error
                }
            }
            if failure == nil, !ended.isEmpty { try report(&state, progress) }
        }
        if let failure { throw failure }
        try report(&state, progress)
    }

    private func start(_ point: StoredPoint, _ desk: Desk) throws(SweepError) {
        do {
            try WorkerThread("point") { [run] in
                let end = run(point) { desk.isOver.load(ordering: .relaxed) }
                desk.ended.withLock { $0.append((point.point.number, end)) }
                desk.news.signal()
            }.detach()
        } catch {
            try store.release(point.point.number)
            throw SweepError(path: store.path, reason: .store(.system(call: "pthread_create", code: error.code)))
        }
    }

    private func report(_ state: inout SweepProgress, _ progress: (SweepProgress) -> Void) throws(SweepError) {
        state.counts = try store.counts()
        state.ended = max(0, state.planned - state.counts.waiting - state.counts.running)
        state.best = try store.best(objective)
        progress(state)
    }
}
