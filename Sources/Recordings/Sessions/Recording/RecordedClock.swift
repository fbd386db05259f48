public import Signals

/// The times of a recorded stream's samples, each told with all arrivals of the recording, those after it included. ``Recording`` and
/// ``SessionVerification`` take it; where the samples came from is not their business.
public struct RecordedClock: Sendable {
    /// Samples whose counters follow each other.
    private struct Run: Sendable {
        let counter: UInt64
        var count: Int
    }

    private var runs: [Run] = []
    private var history: ClockHistory
    private let latency: Double
    /// Samples that were taken.
    public private(set) var samples = 0

    /// - Parameters:
    ///   - nominalRate: frames per second by the data sheet; above 0.
    ///   - latency: seconds from the sensor to the arrival, taken off all times.
    public init(nominalRate: Double, latency: Double = 0) {
        history = ClockHistory(nominalRate: nominalRate)
        self.latency = latency
    }

    /// Takes the stream's next block: its counter, number of frames and arrival.
    public mutating func take(_ item: SampleRingItem) {
        guard item.frames > 0 else { return }
        let count = Int(item.frames)
        history.observe(counter: item.firstCounter &+ UInt64(count - 1), host: item.hostTime)
        samples += count
        if let last = runs.last, last.counter &+ UInt64(last.count) == item.firstCounter {
            runs[runs.count - 1].count += count
        } else {
            runs.append(Run(counter: item.firstCounter, count: count))
        }
    }

    /// Takes a block of the regular stream whose frames the samples belong to, for a clock of an irregular stream.
    public mutating func follow(_ item: SampleRingItem) {
        guard item.frames > 0 else { return }
        history.observe(counter: item.firstCounter &+ UInt64(item.frames) &- 1, host: item.hostTime)
    }

    /// Takes the next sample of an irregular stream, which belongs to a frame of the stream that it follows.
    public mutating func takeSample(of frame: UInt64) {
        samples += 1
        runs.append(Run(counter: frame, count: 1))
    }

    /// An event of the device at its place between the blocks.
    public mutating func note(_ event: DeviceEvent) {
        if event.code == .reconnected { history.reset() }
    }

    /// Seconds of the host's clock, one for each sample, growing.
    public func stamps() -> [Double] {
        let curve = history.curve()
        var stamps: [Double] = []
        stamps.reserveCapacity(samples)
        var last: HostTime?
        for run in runs {
            curve.forEachHost(from: run.counter, count: run.count, after: &last) { stamps.append($0.seconds - latency) }
        }
        return stamps
    }

    /// The stamps again, a few at a time, for readers that do not keep them.
    struct Walk {
        private let runs: [Run]
        private let curve: ClockCurve
        private let latency: Double
        private var run = 0
        private var taken = 0
        private var walk: ClockCurve.Walk?
        private var last: HostTime?

        fileprivate init(_ clock: RecordedClock) {
            runs = clock.runs
            curve = clock.history.curve()
            latency = clock.latency
        }

        /// Hands on the next `count` stamps, or as many as there are.
        mutating func next(_ count: Int, _ body: (Double) -> Void) {
            var left = count
            while left > 0, run < runs.count {
                if taken == 0 { walk = curve.walk(from: runs[run].counter) }
                let part = min(left, runs[run].count - taken)
                walk?.next(part, after: &last) { body($0.seconds - latency) }
                taken += part
                left -= part
                if taken == runs[run].count { (run, taken) = (run + 1, 0) }
            }
        }
    }

    func walk() -> Walk { Walk(self) }
}
