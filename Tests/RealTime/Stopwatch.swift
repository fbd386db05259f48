import Signals
import Synchronization

/// Real time, and what this machine took of it: for claims like "within two seconds", which hold where those at work may run.
///
/// ``lost`` is the sum of how late a thread was woken that only sleeps, and of how long the others were ready to run and did not, by the
/// kernel's own accounting: the thread that made the stopwatch, all threads of this process that somebody named (those of devices and
/// stands; not the many that compute other tests), and all threads of programs that are asked for. One after the other may wait for the
/// next, so what they lost adds up. On a quiet machine it is a few milliseconds.
public final class Stopwatch {
    private let begin = HostTime.now()
    private let state: State
    private let witness: WorkerThread?

    /// - Parameter programs: their threads count, and those of the programs that they started.
    public init(programs: [Int32] = []) {
        let state = State(programs)
        self.state = state
        state.look()
        witness = try? WorkerThread("witness") { state.watch() }
    }

    deinit {
        state.isOver.store(true, ordering: .releasing)
        witness?.join()
    }

    /// Since the beginning.
    public var seconds: Double { HostTime.now() - begin }

    /// Of ``seconds``, or more where several waited at the same time.
    public var lost: Double {
        state.look()
        return state.lateness + state.waited
    }

    /// Repeats a measurement that the machine may spoil: until it is good, or is bad although the machine took next to nothing.
    /// - Parameters:
    ///   - seconds: what the machine may take before it is to blame.
    ///   - attempts: at most.
    ///   - measure: whether the measurement is good, and what the machine took of it.
    public static func whileDisturbed(
        by seconds: Double, attempts: Int = 12, _ measure: () throws -> (isGood: Bool, lost: Double)
    ) rethrows {
        for _ in 0..<attempts {
            let (isGood, lost) = try measure()
            if isGood || lost < seconds { return }
        }
    }

    private final class State: Sendable {
        let isOver = Atomic<Bool>(false)
        private let late = Atomic<Int64>(0)
        private let due = Atomic<Int64>(.max)
        private let programs: [Int32]
        private let owner = ProcessThreads.current
        private let seen: Mutex<Seen>

        /// Nanoseconds of waiting by thread.
        private struct Seen {
            var isFirst = true
            var first: [Int32: Int64] = [:]
            var last: [Int32: Int64] = [:]
            var programs: Set<Int32>
        }

        init(_ programs: [Int32]) {
            self.programs = programs
            seen = Mutex(Seen(programs: Set(programs)))
        }

        /// The witness' thread.
        func watch() {
            var count = 0
            while !isOver.load(ordering: .acquiring) {
                let wake = HostTime.now() + 0.005
                due.store(wake.nanoseconds, ordering: .relaxed)
                WorkerThread.sleep(0.005)
                let lateness = HostTime.now().nanoseconds - wake.nanoseconds
                due.store(.max, ordering: .relaxed)
                // An idle machine's timer is a little late, too.
                if lateness > 1_000_000 { late.wrappingAdd(lateness, ordering: .relaxed) }
                count += 1
                if count % 8 == 0 { look() }
            }
        }

        /// Threads that end are no more to be asked, so they are asked again and again.
        func look() {
            seen.withLock { seen in
                var now = ProcessThreads.waited(owner: owner)
                for (thread, time) in ProcessThreads.waited(below: &seen.programs) { now[thread] = time }
                for (thread, time) in now {
                    if seen.first[thread] == nil { seen.first[thread] = seen.isFirst ? time : 0 }
                    seen.last[thread] = time
                }
                seen.isFirst = false
            }
        }

        var lateness: Double {
            let overdue = max(0, HostTime.now().nanoseconds &- due.load(ordering: .relaxed))
            let open = due.load(ordering: .relaxed) == .max || overdue < 1_000_000 ? 0 : overdue
            return Double(late.load(ordering: .relaxed) + open) * 1e-9
        }

        var waited: Double {
            seen.withLock { seen in
                Double(seen.last.reduce(0) { $0 + $1.value - (seen.first[$1.key] ?? 0) }) * 1e-9
            }
        }
    }
}
