import Foundation

/// What an exporter does with missing frames when its format knows only a uniform rate. Time is never compressed.
public enum GapPolicy: String, Sendable, CaseIterable, Codable {
    /// A recording with gaps is refused, and the error lists them.
    case error
    /// The missing frames are written as zeros, and each such stretch gets an annotation "BAD_gap" with its length.
    case annotate
    /// EDF+D and BDF+D: data records leave the gaps out, and each tells when it begins; what is shorter than a record is filled up as by
    /// `annotate`. BrainVision: a segment after each gap tells its date. Other formats refuse it.
    case discontinuous
}

extension Recording.Track {
    /// Text of the annotation over frames that are not data.
    static let gapText = "BAD_gap"

    /// - Parameter leavesGapsOut: the format knows ``GapPolicy/discontinuous``.
    /// - Throws: ``SessionError`` that lists the gaps, when there are any and the policy is to refuse them.
    func check(_ policy: GapPolicy, path: String, leavesGapsOut: Bool = false) throws(SessionError) {
        if policy == .discontinuous, leavesGapsOut { return }
        guard (frames - samples) * channels < 1 << 30 else {
            throw SessionError(
                path: path,
                reason: .unsupported(
                    "stream \(name) misses \(frames - samples) frames, more than one file of a uniform rate can be filled with; csv "
                        + "and npy keep their stamps"))
        }
        guard policy != .annotate, !gaps.isEmpty else { return }
        let list = gaps.prefix(5).map { gap in
            let second = Double(frame(gap.index) - gap.count) / max(rate, 1)
            return "\(gap.count) frames at \(String(format: "%.3f", second)) s"
        }
        let more = gaps.count > 5 ? " and \(gaps.count - 5) more" : ""
        throw SessionError(
            path: path,
            reason: .unsupported(
                "stream \(name) has \(gaps.count) gaps (\(list.joined(separator: ", "))\(more)), and this format has only a "
                    + "uniform rate; --gaps annotate fills them with zeros under an annotation, --gaps discontinuous leaves them out of "
                    + "EDF, BDF and BrainVision, csv, npy and xdf keep their stamps"))
    }

    /// Hands on all frames in pieces, zeros where frames are missing, so that no copy of the track is made.
    /// - Parameters:
    ///   - frames: of a piece, at least 1; the last one may be shorter.
    ///   - body: frame-major values, shape `[frames, channels]`.
    func forEachPiece(
        frames: Int, _ body: (borrowing [Float]) throws(SessionError) -> Void
    ) throws(SessionError) {
        try forEachPiece(of: Float.self, frames: frames, body)
    }

    /// Runs of frames in their order: from a sample on, or missing (nil).
    func runs() -> [(first: Int?, count: Int)] {
        var runs: [(first: Int?, count: Int)] = []
        var next = 0
        for gap in gaps.sorted(by: { $0.index < $1.index }) {
            if gap.index > next { runs.append((next, gap.index - next)) }
            runs.append((nil, gap.count))
            next = max(next, gap.index)
        }
        if next < samples { runs.append((next, samples - next)) }
        return runs
    }

    /// The recording's markers on the time axis of a uniform file of this track, gaps counted.
    func moved(_ markers: [Recording.Marker]) -> [Recording.Marker] {
        let moved = markers.map { marker in
            var marker = marker
            marker.time = fileTime(marker.time)
            return marker
        }
        // Half a frame before the first one is still its place.
        let least = rate > 0 ? -0.5 / rate : 0
        let kept = moved.filter { $0.time >= least && $0.time < 1e10 && $0.duration < 1e10 }
        // Those of one moment keep their order.
        return kept.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }

    /// The same with this track's gaps.
    func annotations(_ markers: [Recording.Marker]) -> [Recording.Marker] {
        let holes = gaps.map { gap in
            Recording.Marker(
                time: Double(frame(gap.index) - gap.count) / rate, text: Self.gapText, duration: Double(gap.count) / rate)
        }
        let all = moved(markers) + holes
        return all.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }
}
