import Glibc
import Synchronization

/// A few threads that share the cells of one film, phase by phase.
///
/// The result does not depend on the number of threads, because every phase writes disjoint cells and no sum crosses them.
/// Between phases a thread spins briefly and then gives the processor away; after some milliseconds without work it sleeps. Where other
/// programs take the processor while it waits, each phase would cost a slice of theirs: then one thread computes all parts for a while.
final class FilmThreads: @unchecked Sendable {
    // Sendable because `count` is settled before the first job, `job` is written before `generation` is released and read after it is
    // acquired, and `phasesAlone` belongs to the thread that calls ``run(_:)``.
    /// Threads at work, this one included; fewer than asked for when the system refuses more.
    private(set) var count = 1
    private var job: ((Int) -> Void)?
    private let generation = Atomic<Int>(0)
    private let finished = Atomic<Int>(0)
    private let stopping = Atomic<Bool>(false)
    private var handles: [pthread_t] = []
    /// So many phases are still computed by the calling thread alone, because the machine is crowded.
    private var phasesAlone = 0
    /// Phases, after which it is tried again, and seconds in another program's hands that tell that the machine is crowded.
    private static let retreat = 2000
    private static let crowded = 1e-3

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
        if phasesAlone > 0 {
            phasesAlone -= 1
            for part in 0..<count { body(part) }
            return
        }
        withoutActuallyEscaping(body) { escaping in
            job = escaping
            finished.store(0, ordering: .relaxed)
            generation.wrappingAdd(1, ordering: .releasing)
            escaping(0)
            var spins = 0
            while finished.load(ordering: .acquiring) < count - 1 {
                let seconds = Self.pause(&spins)
                if seconds > Self.crowded { phasesAlone = Self.retreat }
            }
            job = nil
        }
    }

    private func serve(_ part: Int) {
        var seen = 0
        while true {
            var spins = 0
            while generation.load(ordering: .acquiring) == seen {
                if stopping.load(ordering: .acquiring) { return }
                _ = Self.pause(&spins)
            }
            seen = generation.load(ordering: .acquiring)
            job?(part)
            finished.wrappingAdd(1, ordering: .releasing)
        }
    }

    /// - Returns: how long another program had the processor, in seconds.
    private static func pause(_ spins: inout Int) -> Double {
        spins += 1
        if spins < 4000 { return 0 }
        if spins < 20_000 {
            let begin = seconds()
            sched_yield()
            return seconds() - begin
        }
        var time = timespec(tv_sec: 0, tv_nsec: 50_000)
        nanosleep(&time, nil)
        return 0
    }

    private static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// The share of `total` things that falls to a part, in multiples of sixteen cells, a cache line of Float, so that parts share none.
    func range(_ total: Int, part: Int) -> Range<Int> {
        let blocks = (total + 15) / 16
        return min(total, blocks * part / count * 16)..<min(total, blocks * (part + 1) / count * 16)
    }
}
