import Histogram

/// Gathers computing times: from the stamp of the last item that a decision needs to the decision. To three digits, up to a minute.
///
/// The stamp is the arrival of the item's bytes; of a sound card that stamps itself, the capture of its last frame. So it is what the
/// program takes, and no word's delay: ``WordDelays`` tells that.
package struct ComputingTimes {
    private var histogram = Histogram<UInt32>(
        highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: .three)

    package init() {}

    package mutating func record(seconds: Double) {
        _ = histogram.record(UInt64(max(0, min(60, seconds)) * 1e6))
    }

    /// nil when nothing was recorded.
    package var quantiles: RunReport.Quantiles? {
        guard histogram.totalCount > 0 else { return nil }
        let milliseconds = { (percentile: Double) in Double(histogram.valueAtPercentile(percentile)) / 1000 }
        return RunReport.Quantiles(
            p50: milliseconds(50), p99: milliseconds(99), p999: milliseconds(99.9),
            max: Double(histogram.max) / 1000, count: Int(histogram.totalCount))
    }
}
