import CLinux
import Foundation
import Synchronization

/// What a piece of work takes: time, processor, and memory that the allocator has handed out, looked at every millisecond.
final class TrainingMeter {
    /// What was measured.
    struct Reading {
        var seconds: Double
        /// Of all threads.
        var cpuSeconds: Double
        /// Largest number of live bytes above those of the moment before.
        var peakBytes: Int
    }

    /// The thread that looks.
    private final class Watch: Sendable {
        let peak = Atomic<UInt64>(0)
        let isOver = Atomic<Bool>(false)
        let hasEnded = DispatchSemaphore(value: 0)

        func run() {
            while !isOver.load(ordering: .relaxed) {
                peak.store(max(peak.load(ordering: .relaxed), larmor_live_bytes()), ordering: .relaxed)
                usleep(1000)
            }
            hasEnded.signal()
        }
    }

    static func measure<Value>(_ work: () throws -> Value) rethrows -> (Value, Reading) {
        let watch = Watch()
        let before = larmor_live_bytes()
        let (begin, cpu) = (ContinuousClock.now, cpuSeconds)
        Thread { watch.run() }.start()
        defer {
            watch.isOver.store(true, ordering: .relaxed)
            watch.hasEnded.wait()
        }
        let value = try work()
        let reading = Reading(
            seconds: (ContinuousClock.now - begin) / .seconds(1), cpuSeconds: cpuSeconds - cpu,
            peakBytes: max(0, Int(watch.peak.load(ordering: .relaxed)) - Int(before)))
        return (value, reading)
    }

    private static var cpuSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
