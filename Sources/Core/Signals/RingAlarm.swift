import Glibc
import Synchronization

/// Wakes the one thread that reads several rings when one of them has something new. Without a lock, and without a system call while
/// the reader is awake.
///
/// The reader says that it goes to sleep and looks once more; a writer first puts its item in, then looks whether the reader sleeps.
/// Each side has a full fence between the two, so one of them sees the other.
public final class RingAlarm: @unchecked Sendable {
    // Sendable because the semaphore is never replaced, and the system's calls on it are safe from every thread.
    private let semaphore: UnsafeMutablePointer<sem_t>
    private let isAsleep = Atomic<Bool>(false)

    /// Silent, with the reader awake.
    public init() {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    /// For writers, after something was put in or promised. Allowed on the real-time path.
    public func ring() {
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        guard isAsleep.load(ordering: .relaxed), isAsleep.exchange(false, ordering: .acquiringAndReleasing) else { return }
        sem_post(semaphore)
    }

    /// For the reader: sleeps until the next ``ring()``.
    /// - Parameters:
    ///   - longest: seconds after which it wakes by itself.
    ///   - hasWork: looks once more; nobody sleeps where there is work.
    public func sleep(longest: Double, unless hasWork: () -> Bool) {
        isAsleep.store(true, ordering: .relaxed)
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        guard !hasWork() else {
            // A writer that was faster has rung: its ring is taken away, so that the next sleep does not end at once.
            if !isAsleep.exchange(false, ordering: .acquiringAndReleasing) { sem_wait(semaphore) }
            return
        }
        var until = timespec()
        clock_gettime(CLOCK_REALTIME, &until)
        let nanoseconds = until.tv_nsec + Int(longest * 1e9)
        until.tv_sec += nanoseconds / 1_000_000_000
        until.tv_nsec = nanoseconds % 1_000_000_000
        while sem_timedwait(semaphore, &until) != 0 {
            if errno == EINTR { continue }
            if !isAsleep.exchange(false, ordering: .acquiringAndReleasing) { sem_wait(semaphore) }
            return
        }
    }
}
