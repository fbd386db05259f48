import Sessions

/// Where a track's samples and gaps lie in time.
struct TrackTimes {
    private let stamps: [Double]
    private let start: Double
    private let rate: Double
    /// Sample index of the first sample after each gap, ascending, and frames missing up to there.
    private let gaps: [(index: Int, before: Int)]
    let samples: Int
    /// Stretches without data, in seconds of the recording.
    private(set) var holes: [ClosedRange<Double>] = []

    init(_ track: Recording.Track) {
        stamps = track.stamps.count == track.samples ? track.stamps : []
        start = track.start
        rate = track.rate
        samples = track.samples
        var missing = 0
        gaps = track.gaps.sorted { $0.index < $1.index }.map { gap in
            missing += gap.count
            return (gap.index, missing)
        }
        holes = gaps.filter { $0.index > 0 && $0.index < samples }.compactMap { gap in
            let (before, after) = (time(gap.index - 1), time(gap.index))
            let period = rate > 0 ? 1 / rate : 0
            return after - before > 1.5 * period ? before + period...after : nil
        }
    }

    /// Seconds of the recording at which a sample was taken.
    func time(_ sample: Int) -> Double {
        if !stamps.isEmpty { return stamps[sample] }
        guard rate > 0 else { return start }
        var (low, high) = (0, gaps.count)
        while low < high {
            let middle = (low + high) / 2
            if gaps[middle].index <= sample { low = middle + 1 } else { high = middle }
        }
        return start + Double(sample + (low > 0 ? gaps[low - 1].before : 0)) / rate
    }

    /// The first sample at or after a moment; `samples` when there is none.
    func sample(at moment: Double) -> Int {
        var (low, high) = (0, samples)
        while low < high {
            let middle = (low + high) / 2
            if time(middle) < moment { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether frames are missing between two samples.
    func hasHole(from first: Int, to last: Int) -> Bool { gaps.contains { $0.index > first && $0.index <= last } }

    var first: Double? { samples > 0 ? time(0) : nil }
    var last: Double? { samples > 0 ? time(samples - 1) : nil }
}
