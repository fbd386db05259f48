import Glibc
public import Sessions
public import Signals

/// EEG of any length from recordings in which nobody heard the sounds: pieces of up to four seconds in a random order, each faded into the next
/// over a quarter of a second.
///
/// Each piece comes without its mean, and with the mean of the whole recording. Pieces of which a channel is more than three times as strong
/// as usual (blinks, movements) are left out: they would make the rest of that channel stronger by the same ratio of signal to noise.
public struct BackgroundPieces: Sendable {
    public let rate: Double
    public let labels: [String]
    public var channels: Int { labels.count }
    /// Microvolts without their means, shape `[samples, channels]`.
    private var pieces: [[Float]] = []
    /// Of the channels, microvolts.
    private var offsets: [Double]
    public var count: Int { pieces.count }

    private static let (longest, fade) = (4.0, 0.25)

    /// - Parameters:
    ///   - paths: sessions, or files of recordings (XDF, EDF, BDF, BrainVision, OpenBCI's text, FEIS).
    ///   - channels: only the first so many; nil for all.
    /// - Throws: `SessionError` that names the recording.
    public init(_ paths: [String], channels wanted: Int? = nil) throws(SessionError) {
        var (rate, labels): (Double, [String]) = (0, [])
        var sums: [Double] = []
        var samples = 0.0
        for path in paths {
            let recording = try Recording(contentsOf: path)
            func refuse(_ why: String) -> SessionError { SessionError(path: path, reason: .unsupported(why)) }
            guard let track = recording.tracks.first(where: { $0.type == "EEG" && $0.rate > 0 }) else {
                throw refuse("it holds no EEG of an even rate")
            }
            let count = wanted ?? track.channels
            guard track.rate >= 50, count <= track.channels else {
                throw refuse(
                    "its EEG has \(track.channels) channels at \(track.rate) Hz; expected \(count) or more, at 50 Hz or more")
            }
            if labels.isEmpty {
                (rate, labels) = (track.rate, Array(track.labels.prefix(count)))
                sums = [Double](repeating: 0, count: count)
            }
            guard track.rate == rate, count == labels.count else {
                throw refuse(
                    "its EEG has \(track.channels) channels at \(track.rate) Hz; the others have \(labels.count) at \(rate) Hz")
            }
            let scales = track.units.prefix(count).map { Float(UnitWord(word: $0).scale * 1e6) }
            let values = track.values.floats
            guard values.allSatisfy(\.isFinite) else { throw refuse("a value of its EEG is no finite number") }
            for n in 0..<track.samples {
                for c in 0..<count { sums[c] += Double(values[n * track.channels + c] * scales[c]) }
            }
            samples += Double(track.samples)
            let edges = [0] + track.gaps.map(\.index) + [track.samples]
            for (first, end) in zip(edges, edges.dropFirst()) where Double(end - first) >= 3 * Self.fade * rate {
                let parts = max(1, Int((Double(end - first) / (Self.longest * rate)).rounded(.up)))
                for part in 0..<parts {
                    let span = first + (end - first) * part / parts..<first + (end - first) * (part + 1) / parts
                    pieces.append(Self.piece(values, span, of: track.channels, scales))
                }
            }
        }
        guard !pieces.isEmpty else {
            throw SessionError(
                path: paths.first ?? "", reason: .unsupported("it holds no EEG of three quarters of a second without a gap"))
        }
        (self.rate, self.labels) = (rate, labels)
        offsets = sums.map { $0 / max(1, samples) }
        leaveOutArtefacts()
    }

    private static func piece(_ values: [Float], _ span: Range<Int>, of stride: Int, _ scales: [Float]) -> [Float] {
        let count = scales.count
        var result = [Float](repeating: 0, count: span.count * count)
        for c in 0..<count {
            var mean = 0.0
            for n in span { mean += Double(values[n * stride + c]) }
            let center = Float(mean / Double(span.count))
            for n in span { result[(n - span.lowerBound) * count + c] = (values[n * stride + c] - center) * scales[c] }
        }
        return result
    }

    private mutating func leaveOutArtefacts() {
        let count = channels
        let levels = pieces.map { piece in
            (0..<count).map { c in
                (stride(from: c, to: piece.count, by: count).reduce(Float(0)) { $0 + piece[$1] * piece[$1] }
                    / Float(piece.count / count)).squareRoot()
            }
        }
        let usual = (0..<count).map { c in levels.map { $0[c] }.sorted()[levels.count / 2] }
        let kept = pieces.indices.filter { place in (0..<count).allSatisfy { levels[place][$0] <= 3 * usual[$0] } }
        if !kept.isEmpty { pieces = kept.map { pieces[$0] } }
    }

    /// - Parameter samples: how many.
    /// - Returns: microvolts, shape `[samples, channels]`.
    public func signal(samples: Int, _ random: inout SplitMix64) -> [Float] {
        let (count, fade) = (channels, Int(Self.fade * rate))
        var result = [Float](repeating: 0, count: (samples + fade) * count)
        var order: [Int] = []
        // The first piece is in full strength when the signal begins.
        var place = -fade
        while place < samples {
            if order.isEmpty { order = Array(pieces.indices).shuffled(using: &random) }
            let piece = pieces[order.removeLast()]
            let length = piece.count / count
            for n in 0..<length where place + n >= 0 && place + n < samples {
                // Squares of the two weights add up to 1: unrelated pieces keep their power.
                let edge = Double(min(n, length - 1 - n)) + 0.5
                let weight = edge < Double(fade) ? Float(sin(0.5 * .pi * edge / Double(fade))) : 1
                for c in 0..<count { result[(place + n) * count + c] += weight * piece[n * count + c] }
            }
            place += length - fade
        }
        result.removeLast(fade * count)
        for n in 0..<samples { for c in 0..<count { result[n * count + c] += Float(offsets[c]) } }
        return result
    }
}
