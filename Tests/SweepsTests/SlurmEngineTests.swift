import Foundation
import Sweeps
import Synchronization
import Testing

/// The Slurm engine on a queue in memory; the tasks run scripts in place of larmor.
struct SlurmEngineTests {
    private let scratch = Scratch()

    private struct Stand {
        let scratch: Scratch
        let slurm = VirtualSlurm()
        let store: SweepStore
        let engine: SlurmEngine
        let place: SweepPlace

        init(
            _ scratch: Scratch, _ program: String = "echo '{\"error\": '${5#*=}'}'", settings: String = "points_per_task = 4",
            attempts: Int = 3
        )
            throws
        {
            self.scratch = scratch
            let text = SmallSweep.text + "\n[slurm]\n" + settings
            place = SweepPlace(file: scratch("s.toml"))
            let (sweep, place) = (try SmallSweep.sweep(text), place)
            let path = try script(program.replacingOccurrences(of: "SCRATCH", with: scratch.path), scratch("program"))
            try FileManager.default.createDirectory(atPath: place.points, withIntermediateDirectories: true)
            store = try SmallSweep.store(scratch("s.sqlite"), text)
            engine = SlurmEngine(
                store, sweep, place, attempts: attempts, program: "/bin/larmor", calls: slurm.calls,
                pace: .init(results: 0.001, queue: 0, grace: 0.02)
            ) { PointCommand($0, of: sweep, program: path, place: place, limit: nil) }
        }

        /// Lets the engine look once, then ends it.
        func look() throws -> [String] { try engine.untilDone(isStopped: { true }) }

        /// Runs to the end; every look of the engine's lets the queue work.
        func finish(_ work: (VirtualSlurm) throws -> Void = { try $0.runTasks() }) throws {
            let begin = ContinuousClock.now
            _ = try engine.untilDone(isStopped: { ContinuousClock.now - begin > .seconds(30) }) { _ in try? work(slurm) }
        }
    }

    @Test func `points go to tasks of a job array, and their results come to the store`() throws {
        let stand = try Stand(
            scratch, settings: "points_per_task = 4\ncpus = 2\nmemory = \"1G\"\ntime = \"10\"\npartition = \"short\"")
        #expect(try stand.look() == ["100"])
        #expect(try stand.store.counts().running == 6)
        let script = try #require(stand.slurm.state.withLock { $0.jobs[100]?.script })
        for line in ["--array=0-1", "--cpus-per-task=2", "--mem=1G", "--time=10", "--partition=short", "--ntasks=1"] {
            #expect(script.contains("#SBATCH \(line)\n"), "\(script)")
        }
        #expect(script.contains("exec '/bin/larmor' sweep task '\(stand.place.points)/slurm/1' \"$SLURM_ARRAY_TASK_ID\""))
        try stand.finish()
        #expect(try stand.store.points().map(\.value) == [0.1, 0.1, 0.2, 0.2, 0.3, 0.3])
        #expect(try stand.store.points().map(\.attempts) == [1, 1, 1, 1, 1, 1])
        #expect(stand.slurm.state.withLock { $0.calls } == 1)
    }

    @Test func `a process that is killed after handing in leaves all to the next, which hands in nothing twice`() throws {
        let stand = try Stand(scratch, settings: "points_per_task = 2")
        #expect(try stand.look() == ["100"])
        try stand.slurm.runTasks(1)
        try stand.store.prepare(attempts: 3)
        #expect(try stand.look() == ["100"])
        #expect(try stand.store.counts().done == 2 && stand.store.counts().running == 4)
        try stand.finish()
        #expect(try stand.store.counts().done == 6)
        #expect(stand.slurm.state.withLock { $0.calls } == 1)
    }

    @Test func `a point whose task is lost is tried again, and one whose task is lost every time fails with the task's state`()
        throws
    {
        let stand = try Stand(scratch, settings: "points_per_task = 1", attempts: 2)
        try stand.finish { slurm in
            for task in slurm.waiting {
                let plan = try SlurmPlan(folder: task.folder)
                if plan.tasks[task.index][0].number == 3 {
                    slurm.end(task.job, task.index, "NODE_FAIL")
                } else if plan.tasks[task.index][0].number == 4, task.job == 100 {
                    slurm.end(task.job, task.index, "TIMEOUT")
                } else {
                    _ = try SlurmPlan.runTask(task.index, in: task.folder) { false }
                    slurm.end(task.job, task.index, "COMPLETED")
                }
            }
        }
        let points = try stand.store.points()
        #expect(points.map(\.state) == [.done, .done, .failed, .done, .done, .done])
        #expect(points.map(\.attempts) == [1, 1, 2, 2, 1, 1])
        #expect(points[2].failure?.hasSuffix("ended without a result (NODE_FAIL)") == true)
    }

    @Test func `of a lost task only the point that it was at has failed`() throws {
        // The second point of the first task kills its task, once.
        let stand = try Stand(scratch, "echo '{\"error\": '${5#*=}'}'", settings: "points_per_task = 6", attempts: 2)
        _ = try stand.look()
        let task = try #require(stand.slurm.waiting.first)
        let numbers = try SlurmPlan(folder: task.folder).tasks[0].map(\.number)
        let result = "{\"exitCode\":0,\"result\":\"{}\",\"value\":0.5,\"seconds\":1,\"host\":\"n\"}"
        for name in ["\(numbers[0]).begun", "\(numbers[1]).begun"] {
            try "".write(toFile: task.folder + "/results/" + name, atomically: true, encoding: .utf8)
        }
        try result.write(toFile: task.folder + "/results/\(numbers[0]).json", atomically: true, encoding: .utf8)
        stand.slurm.end(task.job, 0, "FAILED")
        try stand.finish()
        #expect(try stand.store.points().map(\.attempts) == [1, 2, 1, 1, 1, 1])
        #expect(try stand.store.counts().done == 6)
    }

    @Test func `a controller that does not answer is waited for, and a job whose number was lost is found by its name`() throws
    {
        let stand = try Stand(scratch)
        stand.slurm.state.withLock { $0.losesAnswers = true }
        #expect(try stand.look() == [])
        stand.slurm.state.withLock { ($0.losesAnswers, $0.isAnswering) = (false, false) }
        var notes: [String] = []
        var looks = 0
        _ = try stand.engine.untilDone(isStopped: { looks > 3 }) { progress in
            looks += 1
            if let note = progress.note { notes.append(note) }
        }
        #expect(notes.first?.contains("does not answer") == true)
        stand.slurm.state.withLock { $0.isAnswering = true }
        try stand.finish()
        #expect(try stand.store.counts().done == 6)
        #expect(stand.slurm.state.withLock { $0.calls } == 1)
    }

    @Test func `a task that its node could not start, which Slurm keeps back, is taken out of the queue and tried again`()
        throws
    {
        let stand = try Stand(scratch, settings: "points_per_task = 6", attempts: 2)
        _ = try stand.look()
        stand.slurm.state.withLock { $0.jobs[100]?.reason = "launch failed requeued held" }
        try stand.finish { slurm in
            for task in slurm.waiting where task.job != 100 {
                _ = try SlurmPlan.runTask(task.index, in: task.folder) { false }
                slurm.end(task.job, task.index, "COMPLETED")
            }
        }
        #expect(stand.slurm.state.withLock { $0.cancelled.contains("100_0") })
        #expect(try stand.store.counts().done == 6)
        #expect(try stand.store.points().allSatisfy { $0.attempts == 2 })
    }

    @Test func `a job that was never handed in is handed in`() throws {
        let stand = try Stand(scratch)
        _ = try stand.look()
        // As if the process had died before sbatch, and Slurm knew nothing.
        try DatabaseQueueAccess.execute(stand.scratch("s.sqlite"), "UPDATE submission SET job = NULL")
        stand.slurm.state.withLock { $0.jobs = [:] }
        try stand.finish()
        #expect(try stand.store.counts().done == 6)
        #expect(try stand.store.points().allSatisfy { $0.attempts == 1 })
    }

    @Test func `a job that sbatch refuses is told in its words, and no point is lost`() throws {
        let stand = try Stand(scratch)
        stand.slurm.state.withLock { $0.refusal = "invalid partition specified: short" }
        #expect {
            _ = try stand.look()
        } throws: { error in
            "\(error)" == "sbatch: sbatch failed: sbatch: error: invalid partition specified: short"
        }
        #expect(try stand.store.counts().waiting == 6)
        #expect(try stand.store.points().allSatisfy { $0.attempts == 0 })
    }

    @Test func `with a limit of points at once one array follows the other`() throws {
        let stand = try Stand(
            scratch,
            "case $6 in --seed=1) exit 1;; esac; echo '{\"error\": 1}'", settings: "array_limit = 2", attempts: 2)
        _ = try stand.look()
        #expect(stand.slurm.state.withLock { $0.jobs[100]?.script.contains("--array=0-5%2\n") } == true)
        try stand.slurm.runTasks(3)
        _ = try stand.look()
        #expect(stand.slurm.state.withLock { $0.calls } == 1)
        try stand.finish()
        #expect(stand.slurm.state.withLock { $0.calls } == 2)
        #expect(try stand.store.counts().done == 3 && stand.store.counts().failed == 3)
    }

    @Test func `a task that runs again after its node was lost runs what has no result yet`() throws {
        let stand = try Stand(scratch, "echo x >> SCRATCH/runs; echo '{\"error\": 1}'", settings: "points_per_task = 6")
        _ = try stand.look()
        let task = try #require(stand.slurm.waiting.first)
        var asked = 0
        #expect(
            try !SlurmPlan.runTask(0, in: task.folder) {
                asked += 1
                return asked > 4
            })
        #expect(try SlurmPlan.runTask(0, in: task.folder) { false })
        let runs = try String(contentsOfFile: stand.scratch("runs"), encoding: .utf8).split(separator: "\n").count
        #expect((6...7).contains(runs))
        try stand.finish()
        #expect(try stand.store.counts().done == 6)
    }

    @Test func `points run elsewhere only when Slurm has none of them`() throws {
        let stand = try Stand(scratch)
        _ = try stand.look()
        #expect {
            try stand.engine.settle()
        } throws: { error in
            (error as? SweepError)?.reason == .inSlurm(["100"])
        }
        try stand.slurm.runTasks(1)
        stand.slurm.end(100, 1, "CANCELLED")
        try stand.engine.settle()
        let counts = try stand.store.counts()
        #expect(counts.done == 4 && counts.waiting == 2)
        #expect(try stand.store.points(.waiting).allSatisfy { $0.attempts == 0 })
    }

    @Test func `without Slurm the error says what is missing`() throws {
        let sweep = try SmallSweep.sweep()
        let engine = SlurmEngine(
            try SmallSweep.store(scratch("s.sqlite")), sweep, SweepPlace(file: scratch("s.toml")), attempts: 1,
            program: "larmor",
            calls: SlurmCalls { _, _ in nil }
        ) { PointCommand($0, of: sweep, program: "larmor", place: SweepPlace(file: "s.toml"), limit: nil) }
        #expect {
            _ = try engine.untilDone(isStopped: { true })
        } throws: { error in
            "\(error)" == "squeue: squeue failed: it is not installed, or not on PATH; run this where Slurm is"
        }
    }
}
