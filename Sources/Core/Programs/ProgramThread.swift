import Dispatch
import Glibc
import Synchronization

/// The thread on which programs are started: it goes on while every thread of Swift's own pool waits or computes.
///
/// The pool has as many threads as the machine has processors, and whoever waits for a program may hold the last one.
final class ProgramThread: TaskExecutor {
    /// Nil when the system refused the thread: then programs are started by the pool.
    static let shared: ProgramThread? = {
        let thread = ProgramThread()
        return startDetached { thread.run() } ? thread : nil
    }()

    private let waiting = DispatchSemaphore(value: 0)
    private let jobs = Mutex<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        waiting.signal()
    }

    private func run() {
        while true {
            waiting.wait()
            guard let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { continue }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}

/// Starts a thread that nobody waits for.
/// - Returns: false when the system refuses it.
func startDetached(_ body: @escaping @Sendable () -> Void) -> Bool {
    final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
    let body = Unmanaged.passRetained(Body(body))
    var thread = pthread_t()
    let code = pthread_create(
        &thread, nil,
        { context in
            guard let context else { return nil }
            Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
            return nil
        }, body.toOpaque())
    guard code == 0 else {
        body.release()
        return false
    }
    pthread_detach(thread)
    return true
}
