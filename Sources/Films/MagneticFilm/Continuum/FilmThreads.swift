import Glibc
import Synchronization

/// A few threads that share the cells of one film, phase by phase.
///
/// The result does not depend on the number of threads, because every phase writes disjoint cells and no sum crosses them.
/// Between phases a thread spins briefly and then gives the processor away, so a busy machine is slowed, not blocked; after
/// some milliseconds without work it sleeps.
final class FilmThreads: @unchecked Sendable {
    // Sendable because `count` is settled before the first job and `job` is written before `generation` is released and read after it is acquired.
    /// Threads at work, this one included; fewer than asked for when the system refuses more.
    private(set) var count = 1
    private var job: ((Int) -> Void)?
    private let generation = Atomic<Int>(0)
    private let finished = Atomic<Int>(0)
    private let stopping = Atomic<Bool>(false)
    private var handles: [pthread_t] = []

    private final class Start {
        let owner: Unmanaged<FilmThreads>
        let part: Int
        init(_ owner: Unmanaged<FilmThreads>, _ part: Int) { (self.owner, self.part) = (owner, part) }
    }

    init(count: Int) {
        precondition(count >= 1, "at least one thread")
        for part in 1..<max(count, 1) {
            var handle = pthread_t()
            let start = Unmanaged.passRetained(Start(Unmanaged.passUnretained(self), part))
            let code = pthread_create(
                &handle, nil,
                { context in
                    guard let context else { return nil }
                    let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
                    start.owner._withUnsafeGuaranteedRef { $0.serve(start.part) }
                    return nil
                }, start.toOpaque())
            // Any number of threads gives the same bits, so fewer only take longer.
            guard code == 0 else {
                start.release()
                break
            }
            handles.append(handle)
        }
        self.count = handles.count + 1
    }

    deinit {
        stopping.store(true, ordering: .releasing)
        for handle in handles { pthread_join(handle, nil) }
    }

    /// Runs `body` once for each part 0 ..< count, and returns when all are done.
    func run(_ body: (Int) -> Void) {
        guard count > 1 else { return body(0) }
        withoutActuallyEscaping(body) { escaping in
            job = escaping
            finished.store(0, ordering: .relaxed)
            generation.wrappingAdd(1, ordering: .releasing)
            escaping(0)
            var spins = 0
            while finished.load(ordering: .acquiring) < count - 1 { Self.pause(&spins) }
            job = nil
        }
    }

    private func serve(_ part: Int) {
        var seen = 0
        while true {
            var spins = 0
            while generation.load(ordering: .acquiring) == seen {
                if stopping.load(ordering: .acquiring) { return }
                Self.pause(&spins)
            }
            seen = generation.load(ordering: .acquiring)
            job?(part)
            finished.wrappingAdd(1, ordering: .releasing)
        }
    }

    private static func pause(_ spins: inout Int) {
        spins += 1
        if spins < 4000 { return }
        if spins < 20_000 {
            sched_yield()
        } else {
            var time = timespec(tv_sec: 0, tv_nsec: 50_000)
            nanosleep(&time, nil)
        }
    }

    /// The share of `total` things that falls to a part, in multiples of sixteen cells, a cache line of Float, so that parts share none.
    func range(_ total: Int, part: Int) -> Range<Int> {
        let blocks = (total + 15) / 16
        return min(total, blocks * part / count * 16)..<min(total, blocks * (part + 1) / count * 16)
    }
}
