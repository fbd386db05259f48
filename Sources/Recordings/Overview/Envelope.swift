import Sessions

/// Least and greatest values of one channel in each of many columns of equal length in time: what a trace of more samples than
/// pixels shows.
struct Envelope {
    /// One per column; nil where no sample lies in it.
    private(set) var columns: [ClosedRange<Float>?]

    /// - Parameters:
    ///   - values: shape `[samples, channels]`; values that are not finite are passed over.
    ///   - bounds: index of each column's first sample, and one more at the end, ascending.
    init(_ values: [Float], channel: Int, channels: Int, bounds: [Int]) {
        columns = zip(bounds, bounds.dropFirst()).map { first, end in
            var (low, high) = (Float.infinity, -Float.infinity)
            for sample in first..<max(first, end) {
                let value = values[sample * channels + channel]
                guard value.isFinite else { continue }
                low = min(low, value)
                high = max(high, value)
            }
            return low <= high ? low...high : nil
        }
    }

    /// The median of the columns' centres: where the trace lies. 0 without samples.
    var centre: Float {
        let centres = columns.compactMap { $0.map { ($0.lowerBound + $0.upperBound) / 2 } }.sorted()
        return centres.isEmpty ? 0 : centres[centres.count / 2]
    }

    /// Distances of the columns' extremes from ``centre``.
    var distances: [Float] {
        let centre = centre
        return columns.compactMap { $0.map { max(abs($0.upperBound - centre), abs($0.lowerBound - centre)) } }
    }

    /// Indices of first samples of columns, and one more at the end.
    static func bounds(_ times: TrackTimes, _ axis: TimeAxis, columns: Int) -> [Int] {
        (0...columns).map { $0 == columns ? times.samples : times.sample(at: axis.time(column: $0, of: columns)) }
    }
}
