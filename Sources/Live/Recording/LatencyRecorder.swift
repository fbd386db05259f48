import Histogram

/// Gathers latencies in microseconds, to three digits, up to a minute.
struct LatencyRecorder {
    private var histogram = Histogram<UInt32>(
        highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: .three)

    mutating func record(seconds: Double) {
        _ = histogram.record(UInt64(max(0, min(60, seconds)) * 1e6))
    }

    /// nil when nothing was recorded.
    var quantiles: RunReport.Latency? {
        guard histogram.totalCount > 0 else { return nil }
        let milliseconds = { (percentile: Double) in Double(histogram.valueAtPercentile(percentile)) / 1000 }
        return RunReport.Latency(
            p50: milliseconds(50), p99: milliseconds(99), p999: milliseconds(99.9),
            max: Double(histogram.max) / 1000, count: Int(histogram.totalCount))
    }
}
