import Glibc
import Histogram
package import LiveGraph
package import Rigs
package import Signals
import Synchronization

/// How long what took, while a rig runs.
///
/// The pipeline's thread puts its measurements into a ring and never waits; whoever asks empties it into histograms. Times are beside the
/// decisions: a replay makes the same decisions and has other times.
public final class RunMetrics: Sendable {
    /// What the pipeline measures.
    private struct Measurement: BitwiseCopyable {
        /// Of ``series``; below 0 an item of the stream −1 − series.
        var series: Int32
        var frames: UInt32 = 0
        var seconds: Float
        var stamp: HostTime = HostTime(nanoseconds: 0)
        var drift: Float = .nan
    }

    /// What a time is: see ``RunReport/Latency``.
    private struct Series {
        var kind: String
        var stage: String?
    }

    private struct State {
        var histograms: [Histogram<UInt32>]
        var sums: [Double]
        var streams: [Stream]
    }

    /// One stream's arrivals.
    private struct Stream {
        var jitter = RunMetrics.histogram
        var last: HostTime?
        var drift: Double?
    }

    private let ring = RingBuffer<Measurement>(minimumCapacity: 1 << 14)
    private let refused = Atomic<UInt64>(0)
    private let series: [Series]
    /// By stage, in the order of the rig: the first of its series.
    private let words: [(name: String?, first: Int)]
    private let films: [(name: String?, first: Int)]
    private let predictors: [(name: String?, first: Int)]
    private let rates: [Double]
    private let firstStream: [Int]
    private let state: Mutex<State>

    /// In microseconds, to three digits, up to a minute.
    fileprivate static var histogram: Histogram<UInt32> {
        Histogram(highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: .two)
    }

    package init(_ rig: Rig, streams: [[StreamDescription]]) {
        var series = [Series(kind: "pipeline", stage: nil)]
        func places(_ names: [String?], _ fallback: String, hasEnd: Bool) -> [(name: String?, first: Int)] {
            names.map { name in
                let first = series.count
                series.append(Series(kind: "computing", stage: name ?? fallback))
                if hasEnd { series.append(Series(kind: "word_delay", stage: name ?? fallback)) }
                return (name, first)
            }
        }
        words = places(rig.recognizers.map(\.name), "recognizer", hasEnd: true)
        films = places(rig.readouts.map(\.name), "readout", hasEnd: true)
        predictors = places(rig.predictors.map(\.name), "prediction", hasEnd: false)
        self.series = series
        rates = streams.flatMap { $0.map(\.nominalRate) }
        var first = 0
        firstStream = streams.map { list in
            defer { first += list.count }
            return first
        }
        state = Mutex(
            State(
                histograms: series.map { _ in Self.histogram }, sums: series.map { _ in 0 },
                streams: rates.map { _ in Stream() }))
    }

    // MARK: The pipeline's thread

    /// An item has passed all stages.
    package func took(_ item: SampleRingItem, device: Int, now: HostTime, drift: Double?) {
        guard item.kind == .samples else { return }
        let seconds = Float(now - item.hostTime)
        put(Measurement(series: 0, seconds: seconds))
        put(
            Measurement(
                series: Int32(-1 - firstStream[device] - Int(item.stream)),
                frames: item.missingBefore > 0 ? 0 : item.frames, seconds: seconds, stamp: item.hostTime,
                drift: drift.map { Float($0) } ?? .nan))
    }

    /// A decision was made.
    package func decided(_ decision: Decision, now: HostTime) {
        guard !decision.isPartial else { return }
        switch decision.content {
        case .word: put(decision, words, now)
        case .filmWord: put(decision, films, now)
        case .prediction: put(decision, predictors, now)
        default: break
        }
    }

    private func put(_ decision: Decision, _ places: [(name: String?, first: Int)], _ now: HostTime) {
        guard let place = places.first(where: { $0.name == decision.stage }) else { return }
        put(Measurement(series: Int32(place.first), seconds: Float(now - decision.hostTime)))
        if let end = decision.spanEnd, place.first + 1 < series.count, series[place.first + 1].kind == "word_delay" {
            put(Measurement(series: Int32(place.first + 1), seconds: Float(now - end)))
        }
    }

    private func put(_ measurement: Measurement) {
        let written = ring.write(upTo: 1) { slot in
            slot[0] = measurement
            return 1
        }
        if written == 0 { refused.wrappingAdd(1, ordering: .relaxed) }
    }

    // MARK: Whoever asks

    /// Takes what waits. To be called at least once in ten seconds; any thread.
    public func collect() { state.withLock { collect(&$0) } }

    private func collect(_ state: inout State) {
        while true {
            let count = ring.read { waiting in
                for measurement in waiting { take(measurement, &state) }
                return waiting.count
            }
            if count == 0 { return }
        }
    }

    private func take(_ measurement: Measurement, _ state: inout State) {
        if measurement.series >= 0 {
            let place = Int(measurement.series)
            let seconds = max(0, min(60, Double(measurement.seconds)))
            _ = state.histograms[place].record(UInt64(seconds * 1e6))
            state.sums[place] += seconds
            return
        }
        let place = -1 - Int(measurement.series)
        if measurement.drift.isFinite { state.streams[place].drift = Double(measurement.drift) }
        defer { state.streams[place].last = measurement.stamp }
        guard let last = state.streams[place].last, measurement.frames > 0, rates[place] > 0 else { return }
        // A block of n frames is due n periods after the one before it.
        let late = (measurement.stamp - last) - Double(measurement.frames) / rates[place]
        _ = state.streams[place].jitter.record(UInt64(min(60, abs(late)) * 1e6))
    }

    /// The times so far; those of nothing that happened are left out.
    public var latencies: [RunReport.Latency] {
        state.withLock { state in
            collect(&state)
            return series.indices.compactMap { place in
                let histogram = state.histograms[place]
                guard histogram.totalCount > 0 else { return nil }
                let milliseconds = { (percentile: Double) in Double(histogram.valueAtPercentile(percentile)) / 1000 }
                var latency = RunReport.Latency(
                    kind: series[place].kind, stage: series[place].stage, count: UInt64(histogram.totalCount),
                    meanMs: state.sums[place] * 1000 / Double(histogram.totalCount), p50: milliseconds(50),
                    p99: milliseconds(99), p999: milliseconds(99.9), max: Double(histogram.max) / 1000)
                latency.counts = Self.counts(histogram)
                return latency
            }
        }
    }

    /// Upper edges of the buckets that are told, in microseconds.
    private static let edges: [UInt64] = [
        100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000,
    ]

    private static func counts(_ histogram: Histogram<UInt32>) -> [UInt64] {
        edges.map { histogram.count(within: 0...$0) } + [histogram.totalCount]
    }

    /// Of each stream, in the order of the devices: the 99th percentile of its arrivals' deviation in milliseconds, and its drift.
    public var arrivals: [(jitterMs: Double?, driftPpm: Double?)] {
        state.withLock { state in
            collect(&state)
            return state.streams.map {
                (
                    $0.jitter.totalCount > 0 ? Double($0.jitter.valueAtPercentile(99)) / 1000 : nil,
                    $0.drift
                )
            }
        }
    }

    /// Measurements for which there was no room, because nobody asked.
    public var lost: UInt64 { refused.load(ordering: .relaxed) }

    /// Processor time of this program so far, in seconds.
    public static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
