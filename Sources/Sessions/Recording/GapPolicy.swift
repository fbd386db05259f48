import Foundation

/// What an exporter does with missing frames when its format knows only a uniform rate. Time is never compressed.
public enum GapPolicy: String, Sendable, CaseIterable, Codable {
    /// A recording with gaps is refused, and the error lists them.
    case error
    /// The missing frames are written as zeros, and each such stretch gets an annotation "BAD_gap" with its length.
    case annotate
}

extension Recording.Track {
    /// Text of the annotation over frames that are not data.
    static let gapText = "BAD_gap"

    /// - Throws: ``SessionError`` that lists the gaps, when there are any and the policy is to refuse them.
    func check(_ policy: GapPolicy, path: String) throws(SessionError) {
        guard (frames - samples) * channels < 1 << 30 else {
            throw SessionError(
                path: path,
                reason: .unsupported(
                    "stream \(name) misses \(frames - samples) frames, more than one file of a uniform rate can be filled with; csv "
                        + "and npy keep their stamps"))
        }
        guard policy == .error, !gaps.isEmpty else { return }
        let list = gaps.prefix(5).map { gap in
            let second = Double(frame(gap.index) - gap.count) / max(rate, 1)
            return "\(gap.count) frames at \(String(format: "%.3f", second)) s"
        }
        let more = gaps.count > 5 ? " and \(gaps.count - 5) more" : ""
        throw SessionError(
            path: path,
            reason: .unsupported(
                "stream \(name) has \(gaps.count) gaps (\(list.joined(separator: ", "))\(more)), and this format has only a "
                    + "uniform rate; --gaps annotate fills them with zeros under an annotation, csv and npy keep their stamps"))
    }

    /// Calls `body` with runs of frames in their order: samples of the track, or missing frames.
    func forEachRun(_ body: (Run) throws -> Void) rethrows {
        var next = 0
        for gap in gaps.sorted(by: { $0.index < $1.index }) {
            if gap.index > next { try body(.samples(next..<gap.index)) }
            try body(.missing(gap.count))
            next = gap.index
        }
        if next < samples { try body(.samples(next..<samples)) }
    }

    enum Run {
        case samples(Range<Int>)
        case missing(Int)
    }

    /// Frame-major values with zeros where frames are missing, shape `[frames, channels]`.
    func filled() -> [Float] {
        let source = values.floats
        guard !gaps.isEmpty else { return source }
        var result: [Float] = []
        result.reserveCapacity(frames * channels)
        forEachRun { run in
            switch run {
            case .samples(let range): result += source[range.lowerBound * channels..<range.upperBound * channels]
            case .missing(let count): result += [Float](repeating: 0, count: count * channels)
            }
        }
        return result
    }

    /// The recording's markers and this track's gaps, on the time axis of a uniform file of this track.
    func annotations(_ markers: [Recording.Marker]) -> [Recording.Marker] {
        let moved = markers.map { marker in
            Recording.Marker(time: fileTime(marker.time), text: marker.text, duration: marker.duration)
        }
        let holes = gaps.map { gap in
            Recording.Marker(
                time: Double(frame(gap.index) - gap.count) / rate, text: Self.gapText, duration: Double(gap.count) / rate)
        }
        return (moved + holes).filter { $0.time >= 0 && $0.time < 1e10 && $0.duration < 1e10 }.sorted { $0.time < $1.time }
    }
}
