import Signals
import Testing

@Suite struct LineDebouncerTests {
    private static func time(_ counter: UInt64) -> HostTime {
        HostTime(nanoseconds: Int64(truncatingIfNeeded: counter) &* 1_000_000)
    }

    /// Readings one after the other from a counter on; "x" holds no reading and "-" is a missing frame.
    private func changes(
        _ readings: String, from first: UInt64 = 0, debounce: Double = 0.003, rate: Double = 1000
    ) -> [LineDebouncer.Change] {
        var line = LineDebouncer(debounce: debounce, rate: rate)
        var found: [LineDebouncer.Change] = []
        for (index, reading) in readings.enumerated() where reading != "-" {
            let counter = first &+ UInt64(index)
            let value: Float = reading == "1" ? 1 : reading == "0" ? 0 : .nan
            if let change = line.take(value, counter: counter, time: Self.time(counter)) { found.append(change) }
        }
        return found
    }

    private func change(_ isHigh: Bool, _ counter: UInt64) -> LineDebouncer.Change {
        .init(isHigh: isHigh, counter: counter, time: Self.time(counter))
    }

    @Test func `the level at the start is no change, whatever it is`() {
        #expect(changes("1111111") == [] && changes("0000000") == [])
        #expect(changes("1111000") == [change(false, 4)])
    }

    @Test func `a level that lasts is a change at its first frame`() {
        // Three frames are 3 ms at 1000 a second.
        #expect(changes("000111") == [change(true, 3)] && changes("00011") == [])
        #expect(changes("000111111000111") == [change(true, 3), change(false, 9), change(true, 12)])
    }

    @Test func `bounces shorter than the debounce give one change, at the first edge that lasts`() {
        #expect(changes("0010110111111") == [change(true, 7)])
        #expect(changes("0001101100000") == [])
        #expect(changes("1110100100011") == [change(false, 8)])
    }

    @Test func `frames of one level count only without a hole between them`() {
        // Two frames before the hole and two behind it: four, but not in a row.
        #expect(changes("00011--11") == [] && changes("00011--111") == [change(true, 7)])
        #expect(changes("00011x111") == [change(true, 6)])
        // A change that nobody saw is told where it is first seen.
        #expect(changes("000----111") == [change(true, 7)])
        // A pulse within a hole is gone.
        #expect(changes("000----000") == [])
    }

    @Test func `after a loss a level begins to last anew, and is compared with the one before`() {
        var line = LineDebouncer(debounce: 0.002, rate: 1000)
        #expect(line.take(0, counter: 0, time: nil) == nil)
        #expect(line.take(1, counter: 1, time: nil) == nil)
        line.interrupt()
        #expect(line.take(1, counter: 2, time: nil) == nil)
        #expect(line.take(1, counter: 3, time: nil) == .init(isHigh: true, counter: 2, time: nil))
    }

    @Test func `a frame stands for its period, so at 250 a second two milliseconds are one frame`() {
        #expect(changes("0100", debounce: 0.002, rate: 250) == [change(true, 1), change(false, 2)])
        #expect(changes("01100", debounce: 0.0041, rate: 250) == [change(true, 1), change(false, 3)])
        #expect(changes("010110", debounce: 0.0041, rate: 250) == [change(true, 3)])
        #expect(changes("01", debounce: 0, rate: 250) == [change(true, 1)])
    }

    @Test func `half is high, and counters go on over their end`() {
        var line = LineDebouncer(debounce: 0, rate: 100)
        #expect(line.take(0.49, counter: .max &- 1, time: nil) == nil)
        #expect(line.take(0.5, counter: .max, time: nil) == .init(isHigh: true, counter: .max, time: nil))
        #expect(changes("00111", from: .max &- 2) == [change(true, .max)])
    }

    @Test(arguments: [-1, 1e300, Double.infinity, Double.nan]) func `a time or rate that is none is no trap`(number: Double) {
        var line = LineDebouncer(debounce: number, rate: number)
        for counter in 0..<10 as Range<UInt64> {
            _ = line.take(counter % 2 == 0 ? .infinity : -.infinity, counter: counter, time: nil)
        }
    }
}
