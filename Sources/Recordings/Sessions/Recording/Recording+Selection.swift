import Foundation
import Signals

/// What of a recording is exported.
public struct RecordingSelection: Sendable, Equatable {
    /// Seconds from the recording's second 0; nil for its beginning.
    public var from: Double?
    /// Seconds from the recording's second 0, not included; nil for its end.
    public var to: Double?
    /// Labels of channels, in the order in which they are written; nil for all.
    public var channels: [String]?
    /// Hz to which all regular streams and steady irregular ones are brought; nil for their own.
    public var rate: Double?

    public init(from: Double? = nil, to: Double? = nil, channels: [String]? = nil, rate: Double? = nil) {
        self.from = from
        self.to = to
        self.channels = channels
        self.rate = rate
    }

    public var isAll: Bool { self == RecordingSelection() }
}

extension Recording {
    /// A part of the recording: a window of time, some channels, at one rate. Times still count from the recording's start.
    ///
    /// Markers stay where they begin in the window; one that began before it and lasts into it is cut to it.
    /// - Throws: ``SessionError`` for a window without a sample, a channel that no stream has, or a rate that is none.
    public func selecting(_ selection: RecordingSelection, path: String) throws(SessionError) -> Recording {
        if selection.isAll { return self }
        func refuse(_ what: String) -> SessionError { SessionError(path: path, reason: .unsupported(what)) }
        var part = self
        if selection.from != nil || selection.to != nil {
            let (from, to) = (selection.from ?? -.infinity, selection.to ?? .infinity)
            let window = Self.window(selection)
            guard from < to, !from.isNaN, !to.isNaN else { throw refuse("the window \(window) is empty") }
            part.tracks = tracks.map { $0.window(from, to) }
            guard part.tracks.contains(where: { $0.samples > 0 }) || tracks.allSatisfy({ $0.samples == 0 }) else {
                let end = tracks.compactMap(\.lastTime).max() ?? 0
                throw refuse(
                    "no stream has a sample \(window); the recording ends at \(String(format: "%.3f", end)) s")
            }
            part.keepMarkers(from, to)
        }
        if let labels = selection.channels { part.tracks = try part.channels(labels, refuse) }
        if let rate = selection.rate {
            guard rate > 0, rate.isFinite, rate <= 1e9 else { throw refuse("\(rate) Hz is no rate") }
            part.tracks = part.tracks.map { $0.resampled(to: rate) }
        }
        return part
    }

    /// "from 2.0 s to 3.0 s", "from 2.0 s on" or "before 3.0 s".
    private static func window(_ selection: RecordingSelection) -> String {
        switch (selection.from, selection.to) {
        case (let from?, let to?): "from \(from) s to \(to) s"
        case (let from?, nil): "from \(from) s on"
        case (nil, let to?): "before \(to) s"
        case (nil, nil): "of all times"
        }
    }

    private mutating func keepMarkers(_ from: Double, _ to: Double) {
        let count = markers.count
        markers = markers.compactMap { marker in
            guard marker.time < to else { return nil }
            guard marker.time < from else { return marker }
            guard marker.time + marker.duration > from else { return nil }
            var cut = marker
            cut.duration -= from - marker.time
            cut.time = from
            return cut
        }
        for index in texts.indices {
            let kept = texts[index].stamps.indices.filter { texts[index].stamps[$0] >= from && texts[index].stamps[$0] < to }
            let width = texts[index].channels
            texts[index].texts = kept.flatMap { texts[index].texts[$0 * width..<($0 + 1) * width] }
            texts[index].stamps = kept.map { texts[index].stamps[$0] }
        }
        if markers.count < count {
            remarks.append("\(count - markers.count) markers lie outside of the window and were left out")
        }
    }

    private func channels(_ labels: [String], _ refuse: (String) -> SessionError) throws(SessionError) -> [Track] {
        let regular = tracks.filter { !$0.isCodes }
        for label in labels where !regular.contains(where: { $0.labels.contains(label) }) {
            let known = regular.flatMap(\.labels)
            throw refuse(
                "there is no channel \(label); there are: " + known.prefix(40).joined(separator: ", ")
                    + (known.count > 40 ? " and \(known.count - 40) more" : ""))
        }
        return tracks.compactMap { track in
            if track.isCodes { return track }
            let numbers = labels.flatMap { label in track.labels.indices.filter { track.labels[$0] == label } }
            var seen: Set<Int> = []
            let unique = numbers.filter { seen.insert($0).inserted }
            return unique.isEmpty ? nil : track.selecting(unique)
        }
    }
}

extension Recording.Track {
    /// The samples from one time up to another; a gap at either end is left out.
    fileprivate func window(_ from: Double, _ to: Double) -> Recording.Track {
        func first(notBefore time: Double) -> Int {
            var (low, high) = (0, samples)
            while low < high {
                let middle = (low + high) / 2
                // A rounding is no time.
                if NumPyExport.stamp(self, middle) < time - 1e-9 { low = middle + 1 } else { high = middle }
            }
            return low
        }
        let lower = first(notBefore: from)
        let range = lower..<max(lower, first(notBefore: to))
        var track = selecting(Array(0..<channels), samples: range)
        track.start = range.isEmpty ? start : NumPyExport.stamp(self, range.lowerBound)
        track.gaps = gaps.filter { $0.index > range.lowerBound && $0.index < range.upperBound }.map {
            Gap(index: $0.index - range.lowerBound, count: $0.count)
        }
        // Records of the source no longer fit.
        if range != 0..<samples { track.digitisation?.sharedFile = nil }
        return track
    }

    /// The same signal at another rate (``BandLimitedResampler``), run by run between gaps, from the same first moment. Channels of codes
    /// keep the value that they had; streams of markers stay. Irregular streams: ``interpolated(at:)``.
    func resampled(to target: Double) -> Recording.Track {
        if rate <= 0 { return isCodes ? self : interpolated(at: target) }
        guard samples > 0, channels > 0, rate != target else { return self }
        let resampler = BandLimitedResampler(from: rate, to: target)
        let isHeld = (0..<channels).map { channel in
            // Counts of a file that have a unit are measured values.
            isStatus(channel)
                || (isCount(channel) && (!units.indices.contains(channel) || ["", "Boolean"].contains(units[channel])))
        }
        let source = values.doubles
        var result: [Double] = []
        var track = self
        (track.gaps, track.stamps) = ([], [])
        var place = 0
        var next = 0
        var row = [Double](repeating: 0, count: channels)
        source.withUnsafeBufferPointer { source in
            for run in runs() {
                defer { place += run.count }
                guard let first = run.first else { continue }
                let input = UnsafeBufferPointer(rebasing: source[first * channels..<(first + run.count) * channels])
                let begin = Int((Double(place) / resampler.step - 1e-9).rounded(.up))
                let end = Int((Double(place + run.count - 1) / resampler.step + 1e-9).rounded(.down))
                guard begin <= end else { continue }
                if begin > next { track.gaps.append(Gap(index: result.count / channels, count: begin - next)) }
                for frame in begin...end {
                    let time = min(Double(run.count - 1), max(0, Double(frame) * resampler.step - Double(place)))
                    resampler.values(at: time, of: input, channels: channels, into: &row)
                    let held = Int(time + 1e-9)
                    for channel in 0..<channels {
                        result.append(isHeld[channel] ? input[held * channels + channel] : row[channel])
                    }
                    if !stamps.isEmpty { track.stamps.append(stamp(first, time, run.count)) }
                }
                next = end + 1
            }
        }
        track.rate = target
        if case .float32 = values { track.values = .float32(result.map(Float.init)) } else { track.values = .double64(result) }
        // Values between the source's numbers are none of its numbers any more, but codes are.
        track.digitisation?.recordFrames = 0
        track.digitisation?.recordSeconds = 0
        track.digitisation?.sharedFile = nil
        for channel in track.digitisation?.channels.indices ?? 0..<0 where !isHeld[channel] {
            track.digitisation?.channels[channel] = nil
        }
        return track
    }

    /// The stamp between two samples of a run.
    private func stamp(_ first: Int, _ time: Double, _ count: Int) -> Double {
        let before = min(count - 1, Int(time))
        let after = min(count - 1, before + 1)
        return stamps[first + before] + (time - Double(before)) * (stamps[first + after] - stamps[first + before])
    }
}
