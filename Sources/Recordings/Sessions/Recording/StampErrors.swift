/// How far recorded stamps are from the times that all arrivals tell; taken in as they are read, in memory that does not grow with
/// their number.
struct StampErrors {
    private let expected: Int
    private var walk: RecordedClock.Walk
    private var samples = 0
    private var worst = 0.0
    /// Errors in milliseconds by the first 20 bits of their `Float`: each bin is 0.05 % wide.
    private var counts: [UInt32: Int] = [:]

    init(_ clock: RecordedClock) {
        expected = clock.samples
        walk = clock.walk()
    }

    mutating func take(_ stamps: UnsafeBufferPointer<Double>) {
        var place = 0
        var worst = worst
        var counts = counts
        walk.next(stamps.count) { time in
            let error = abs(stamps[place] - time) * 1000
            place += 1
            worst = max(worst, error)
            counts[Float(error).bitPattern >> 12, default: 0] += 1
        }
        samples += stamps.count
        (self.worst, self.counts) = (worst, counts)
    }

    /// Nil when the recording has no samples, or not as many as arrived.
    /// - Parameter samples: of the stream in the recording.
    func result(samples: Int) -> SessionVerification.StampError? {
        guard samples > 0, samples == expected, samples == self.samples else { return nil }
        var left = (samples - 1) * 99 / 100
        for (bits, count) in counts.sorted(by: { $0.key < $1.key }) {
            if left < count {
                // The middle of the bin.
                return .init(p99: min(worst, Double(Float(bitPattern: bits << 12 | 0x800))), worst: worst)
            }
            left -= count
        }
        return nil
    }
}
