import RealTime
import Signals
import Synchronization
import Testing

@Suite struct RingAlarmTests {
    /// Numbers for a reader that sleeps whenever nothing waits.
    private final class Line: Sendable {
        let numbers = RingBuffer<UInt64>(minimumCapacity: 1024)
        let alarm = RingAlarm()
        let sum = Atomic<UInt64>(0)
        let naps = Atomic<Int>(0)

        func read(until count: Int) {
            var taken = 0
            while taken < count {
                let more = numbers.read(upTo: 64) { waiting in
                    for number in waiting { sum.wrappingAdd(number, ordering: .relaxed) }
                    return waiting.count
                }
                taken += more
                guard more == 0, taken < count else { continue }
                naps.wrappingAdd(1, ordering: .relaxed)
                // So long that a ring that nobody hears shows.
                alarm.sleep(longest: 20) { numbers.count > 0 }
            }
        }

        func write(_ number: UInt64) {
            var isIn = false
            while !isIn {
                isIn = withUnsafePointer(to: number) { numbers.write(all: UnsafeBufferPointer(start: $0, count: 1)) }
            }
            alarm.ring()
        }
    }

    @Test func `no item is slept over, however writer and reader meet`() throws {
        let line = Line()
        let count = 50_000
        let watch = Stopwatch()
        let reader = try WorkerThread("reader") { line.read(until: count) }
        var random = SplitMix64(seed: 3)
        for number in 1...count {
            line.write(UInt64(number))
            // Pauses of other lengths let the reader fall asleep at other moments.
            for _ in 0..<random.integer(below: 400) { line.naps.wrappingAdd(0, ordering: .relaxed) }
        }
        reader.join()
        #expect(line.sum.load(ordering: .relaxed) == UInt64(count * (count + 1) / 2))
        #expect(watch.seconds < 19 + watch.lost)
    }

    @Test func `nobody sleeps where there is work, and rings that were heard already do not count later`() {
        let alarm = RingAlarm()
        alarm.ring()
        var looks = 0
        alarm.sleep(longest: 20) {
            looks += 1
            return true
        }
        #expect(looks == 1)
        // The first ring found nobody asleep: this sleep ends by itself.
        let begin = ContinuousClock.now
        alarm.sleep(longest: 0.02) { false }
        #expect(ContinuousClock.now - begin >= .milliseconds(15))
    }
}
