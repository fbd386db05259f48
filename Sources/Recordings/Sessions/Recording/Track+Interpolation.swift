extension Recording.Track {
    /// Fewer samples tell no usual distance.
    private static let fewest = 10
    /// Of the usual distance: two samples that are farther apart have a gap between them.
    private static let longestPause = 3.0

    /// An irregular track at a uniform rate from its first sample on, where its samples come steadily, as an accelerometer's do: nine of
    /// ten distances are within a factor of two of the usual one. Straight lines lead from sample to sample; channels without a unit, which
    /// may be codes, keep the value that they had. Longer pauses are gaps. All other tracks stay as they are.
    /// - Parameter target: Hz, above 0.
    func interpolated(at target: Double) -> Recording.Track {
        guard samples >= Self.fewest, stamps.count == samples, channels > 0, let first = stamps.first, let last = stamps.last,
            (last - first) * target < 0x1p31
        else { return self }
        let distances = zip(stamps.dropFirst(), stamps).map { $0 - $1 }
        let usual = distances.sorted()[distances.count / 2]
        let steady = distances.count { $0 >= usual / 2 && $0 <= usual * 2 }
        guard usual > 0, steady * 10 >= distances.count * 9 else { return self }
        let isHeld = (0..<channels).map { units.indices.contains($0) && ["", "1", "count", "Boolean"].contains(units[$0]) }
        let source = values.doubles
        var track = self
        (track.rate, track.start, track.stamps, track.gaps, track.digitisation) = (target, first, [], [], nil)
        var result: [Double] = []
        var (place, missing) = (0, 0)
        for frame in 0...Int((last - first) * target + 1e-9) {
            let time = min(last, first + Double(frame) / target)
            // A rounding is no time.
            while place + 2 < samples, stamps[place + 1] <= time + 1e-9 { place += 1 }
            let (before, after) = (stamps[place], stamps[place + 1])
            let part = after > before ? max(0, min(1, (time - before) / (after - before))) : 1
            if time - before > 1e-9, after - time > 1e-9, after - before > usual * Self.longestPause {
                missing += 1
                continue
            }
            if missing > 0 { track.gaps.append(Gap(index: track.stamps.count, count: missing)) }
            missing = 0
            track.stamps.append(time)
            for channel in 0..<channels {
                let (a, b) = (source[place * channels + channel], source[(place + 1) * channels + channel])
                result.append(part == 1 ? b : part == 0 || isHeld[channel] ? a : a + part * (b - a))
            }
        }
        if case .float32 = values { track.values = .float32(result.map(Float.init)) } else { track.values = .double64(result) }
        return track
    }
}
