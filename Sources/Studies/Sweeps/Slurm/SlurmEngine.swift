import Foundation
import Glibc

/// Runs points as job arrays of Slurm, and collects what the tasks write.
///
/// The jobs do not need this process: it may end at any time, and the next one collects.
public struct SlurmEngine: Sendable {
    private let store: SweepStore
    private let sweep: SweepDescription
    private let place: SweepPlace
    private let attempts: Int
    private let command: @Sendable (SweepPoint) -> PointCommand
    private let program: String
    private let calls: SlurmCalls
    private let pace: Pace

    /// Seconds between looks.
    public struct Pace: Sendable {
        /// At the results.
        public var results: Double
        /// At the queue.
        public var queue: Double
        /// How long a task must be gone before it is given up: its last file may still be on its way over a network's disk.
        public var grace: Double

        public init(results: Double = 0.5, queue: Double = 5, grace: Double = 10) {
            (self.results, self.queue, self.grace) = (results, queue, grace)
        }
    }

    /// - Parameters:
    ///   - store: whose points it runs.
    ///   - sweep: that the store is of.
    ///   - place: where plans and results of the tasks are.
    ///   - attempts: that a point may have, 1 or more.
    ///   - program: path of larmor on the nodes.
    ///   - calls: of Slurm's programs.
    ///   - pace: how often it looks.
    ///   - command: the process of a point.
    public init(
        _ store: SweepStore, _ sweep: SweepDescription, _ place: SweepPlace, attempts: Int, program: String,
        calls: SlurmCalls = SlurmCalls(), pace: Pace = Pace(), command: @escaping @Sendable (SweepPoint) -> PointCommand
    ) {
        (self.store, self.sweep, self.place, self.attempts) = (store, sweep, place, attempts)
        (self.program, self.calls, self.pace, self.command) = (program, calls, pace, command)
    }

    /// Runs until no point waits or runs, or until it shall stop: the jobs go on then.
    /// - Returns: the jobs that go on.
    /// - Throws: ``SweepError``.
    public func untilDone(isStopped: () -> Bool, progress: (SweepProgress) -> Void = { _ in }) throws(SweepError) -> [String] {
        var watch = Watch()
        var state = SweepProgress(counts: try store.counts(), ended: 0, planned: 0, best: nil)
        state.planned = state.counts.waiting + state.counts.running
        // A finished sweep needs no queue.
        if state.planned == 0, try store.openSubmissions().isEmpty { return [] }
        while true {
            let note = try step(&watch)
            state.counts = try store.counts()
            state.ended = max(0, state.planned - state.counts.waiting - state.counts.running)
            state.best = try store.best(sweep.objective)
            state.note = note
            progress(state)
            let open = try store.openSubmissions()
            if state.counts.waiting + state.counts.running == 0, open.isEmpty { return [] }
            if isStopped() { return open.compactMap(\.job) }
            usleep(UInt32(pace.results * 1e6))
        }
    }

    /// Before points run elsewhere: collects, and makes sure that Slurm has none of them.
    /// - Throws: ``SweepError/Reason/inSlurm(_:)``.
    public func settle() throws(SweepError) {
        try collect()
        for submission in try store.openSubmissions() {
            guard let tasks = try calls.tasks() else {
                throw SweepError(path: place.store, reason: .inSlurm([submission.job ?? "not known"]))
            }
            let own = tasks.filter { isOf($0, submission) }
            guard !own.contains(where: \.isActive) else {
                throw SweepError(path: place.store, reason: .inSlurm([own[0].job]))
            }
            try collect()
            try store.closeSubmission(submission.id)
        }
    }

    // MARK: Steps

    private struct Watch {
        var looked: Date?
        var isAnswering = true
        /// Why tasks wait while none runs.
        var reason: String?
        /// When a task was first seen to be gone, by submission and index.
        var gone: [String: Date] = [:]
    }

    /// - Returns: what is waited for.
    private func step(_ watch: inout Watch) throws(SweepError) -> String? {
        try collect()
        let now = Date()
        if watch.looked.map({ now.timeIntervalSince($0) >= pace.queue }) ?? true {
            watch.looked = now
            if let tasks = try calls.tasks() {
                watch.isAnswering = true
                try collect()
                let own = try store.openSubmissions().flatMap { submission in
                    tasks.filter { isOf($0, submission) && $0.isActive }
                }
                watch.reason = own.allSatisfy { $0.state == "PENDING" } ? own.first?.reason : nil
                try settle(tasks, now, &watch)
                try submit(&watch)
            } else {
                watch.isAnswering = false
            }
        }
        guard watch.isAnswering else { return "Slurm's controller does not answer, and is waited for" }
        return watch.reason.map { "Slurm's queue is waited for (\($0))" }
    }

    /// Takes the results that are there.
    private func collect() throws(SweepError) {
        let token = try store.summary().token
        for submission in try store.openSubmissions() {
            let job = SlurmJob(place: place, token: token, submission: submission.id)
            let found = job.outcomes(submission.points)
            try store.finish(found, attempts: attempts)
            if found.count == submission.points.count { try store.closeSubmission(submission.id) }
        }
    }

    private func isOf(_ task: SlurmCalls.Task, _ submission: SweepStore.Submission) -> Bool {
        // By its name, too: a controller that lost its state gives numbers anew.
        guard let token = try? store.summary().token else { return false }
        return task.name == SlurmJob.name(token, submission.id) && (submission.job.map { $0 == task.job } ?? true)
    }

    /// Finds the points whose tasks are gone without a result.
    private func settle(_ tasks: [SlurmCalls.Task], _ now: Date, _ watch: inout Watch) throws(SweepError) {
        let token = try store.summary().token
        for submission in try store.openSubmissions() {
            let own = tasks.filter { isOf($0, submission) }
            let job = SlurmJob(place: place, token: token, submission: submission.id)
            guard let number = submission.job ?? own.first?.job else {
                // It was never handed in, as far as anybody knows.
                if isGone("\(submission.id)", now, &watch) { try store.closeSubmission(submission.id) }
                continue
            }
            if submission.job == nil { try store.setJob(number, of: submission.id) }
            // What is given up must not run later.
            for task in own where task.isHeldBack { calls.cancel(task) }
            let active = Set(own.filter(\.isActive).map(\.index))
            let states = Dictionary(own.map { ($0.index, $0.isHeldBack ? $0.reason : $0.state) }) { $1 }
            guard let plan = try? SlurmPlan(folder: job.folder) else {
                if isGone("\(submission.id)", now, &watch) { try store.closeSubmission(submission.id) }
                continue
            }
            let owed = Set(submission.points)
            var isOver = true
            var lost: [(number: Int, outcome: PointOutcome)] = []
            for (index, commands) in plan.tasks.enumerated() {
                let missing = commands.map(\.number).filter(owed.contains)
                guard !missing.isEmpty else { continue }
                guard !active.contains(index), isGone("\(submission.id).\(index)", now, &watch) else {
                    if active.contains(index) { watch.gone["\(submission.id).\(index)"] = nil }
                    isOver = false
                    continue
                }
                let state = states[index] ?? calls.accountedState(job: number, index: index)
                let failure = "Slurm's task \(number)_\(index) ended without a result" + (state.map { " (\($0))" } ?? "")
                // Of a task's points, the one that it was at has failed; those behind it have not begun and wait again. Where none
                // has begun, the task as a whole has failed.
                let hasBegun = commands.contains { job.isBegun($0.number) }
                for point in missing {
                    if hasBegun, !job.isBegun(point) {
                        try store.release(point)
                    } else {
                        lost.append((point, PointOutcome(failure: failure, standardError: job.log(index))))
                    }
                }
            }
            try store.finish(lost, attempts: attempts)
            if isOver { try store.closeSubmission(submission.id) }
        }
    }

    /// Whether something has been gone for a while.
    private func isGone(_ key: String, _ now: Date, _ watch: inout Watch) -> Bool {
        let first = watch.gone[key] ?? now
        watch.gone[key] = first
        return now.timeIntervalSince(first) >= pace.grace
    }

    /// Hands in what waits. With a limit of points at once, one array after the other, because the limit is each array's own.
    private func submit(_ watch: inout Watch) throws(SweepError) {
        let token = try store.summary().token
        let each = sweep.slurm.pointsPerTask
        while true {
            if sweep.slurm.arrayLimit != nil {
                let open = try store.openSubmissions()
                guard open.isEmpty else { return }
            }
            guard let (id, points) = try store.openSubmission(points: SlurmJob.mostTasks * each) else { return }
            let commands = points.map { command($0.point) }
            let plan = SlurmPlan(
                tasks: stride(from: 0, to: commands.count, by: each).map {
                    Array(commands[$0..<min($0 + each, commands.count)])
                })
            let job = SlurmJob(place: place, token: token, submission: id)
            do {
                try job.write(plan, program: program, settings: sweep.slurm)
                // Where the controller does not answer, its queue tells later whether it has the job.
                guard let number = try calls.submit(job.arguments) else { return }
                try store.setJob(number, of: id)
            } catch {
                try store.closeSubmission(id)
                if let error = error as? SweepError { throw error }
                throw SweepError(path: job.folder, reason: .noPlan("\(error)"))
            }
        }
    }
}
