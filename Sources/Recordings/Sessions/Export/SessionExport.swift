import Foundation

/// Writes a recording for other programs: one file per stream, because streams have clocks of their own.
///
/// What devices told of themselves is kept apart from the subject's markers in every format (``Recording/Marker/isDeviceEvent``).
public struct SessionExport: Sendable {
    public enum Format: String, Sendable, CaseIterable, Codable {
        case edf, bdf, brainvision, xdf, wav, flac, bids, csv, npy
    }

    /// One file that was written.
    public struct File: Codable, Sendable, Equatable {
        public var path: String
        public var stream: String
        /// Frames per second that the file claims.
        public var rateHz: Double
        /// Frames per second by the recorder's clock; absent where it cannot be told. The difference to `rateHz` is the drift
        /// of the device's clock; annotations are placed by the device's clock, so that they stay on their samples.
        public var measuredRateHz: Double?
        /// Frames in the file, with those that were filled in.
        public var frames: Int
        /// Frames that were filled with zeros under an annotation.
        public var filledFrames: Int
        /// Greatest distance of a stored value from the recorded one, in the stream's unit; 0 for formats that keep floats.
        public var resolution: Double
        /// What had to be changed or left out to fit the format.
        public var remarks: [String] = []
    }

    public struct Skipped: Codable, Sendable, Equatable {
        public var stream: String
        public var reason: String
    }

    /// What the times of the files count from; nil where nothing is known of it.
    public let time: ExportedTime?
    public private(set) var files: [File] = []
    /// Streams that the format cannot hold, with the reason.
    public private(set) var skipped: [Skipped] = []

    /// Writes a recording.
    /// - Parameters:
    ///   - recording: to write.
    ///   - format: of the files.
    ///   - folder: is made where it is missing.
    ///   - gaps: what to do about missing frames.
    ///   - streams: names of the streams to write; nil for all that fit the format.
    ///   - bids: where the recording stands in a BIDS data set.
    ///   - progress: told after each stream how many are done of how many; false stops.
    /// - Throws: ``SessionError``; existing files are never overwritten.
    public init(
        _ recording: Recording, as format: Format, to folder: String, gaps: GapPolicy, streams: [String]? = nil,
        bids: BIDSNaming = BIDSNaming(), progress: (Int, Int) -> Bool = { _, _ in true }
    ) throws(SessionError) {
        let log = OutputLog()
        log.note(folder: folder)
        let result = ExportFile.$log.withValue(log) {
            Result { () throws(SessionError) in
                try SessionExport(recording, as: format, into: folder, gaps, streams, bids, progress)
            }
        }
        // What was written before a refusal would pass for an export.
        if case .failure = result { log.takeBack() }
        self = try result.get()
    }

    private init(
        _ recording: Recording, as format: Format, into folder: String, _ gaps: GapPolicy, _ streams: [String]?,
        _ bids: BIDSNaming, _ progress: (Int, Int) -> Bool
    ) throws(SessionError) {
        time = ExportedTime(recording)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw SessionError(path: folder, reason: .system(call: "mkdir", code: errno == 0 ? EACCES : errno))
        }
        if let streams {
            let names = recording.tracks.map(\.name) + (format == .xdf ? recording.texts.map(\.name) : [])
            for name in streams where !names.contains(name) {
                let known = names.joined(separator: ", ")
                throw SessionError(path: folder, reason: .unsupported("there is no stream \(name); there are: \(known)"))
            }
        }
        let wanted = recording.tracks.filter { streams?.contains($0.name) ?? true }
        if format == .bids {
            var dataset = try BIDSDataset(folder: folder, recording: recording, gaps: gaps, naming: bids)
            try dataset.write(wanted)
            (files, skipped) = (dataset.files, dataset.skipped)
            return
        }
        if format == .xdf {
            var recording = recording
            recording.tracks = wanted
            if let streams { recording.texts.removeAll { !streams.contains($0.name) } }
            files = try XDFExport.write(recording, folder + "/" + XDFExport.fileName)
            return
        }
        let names = Self.fileNames(wanted.map(\.name))
        let together = try writeTogether(wanted, recording, format, folder, gaps, names)
        for (done, track) in wanted.enumerated() where !together.contains(done) {
            guard progress(done, wanted.count) else { return }
            if let reason = Self.obstacle(track, format) {
                skipped.append(Skipped(stream: track.name, reason: reason))
                continue
            }
            let base = folder + "/" + names[done]
            switch try Self.write(track, recording, format, base, gaps) {
            case .success(let file): files.append(file)
            case .failure(let obstacle): skipped.append(Skipped(stream: track.name, reason: obstacle.reason))
            }
        }
        if files.isEmpty, streams == nil, !recording.markers.isEmpty, !wanted.contains(where: { $0.samples > 0 }) {
            try writeMarkers(recording, format, folder)
        }
        if files.isEmpty {
            let reasons = skipped.map { "\($0.stream): \($0.reason)" }.joined(separator: "; ")
            throw SessionError(path: folder, reason: .unsupported("nothing fits the format \(format.rawValue) (\(reasons))"))
        }
    }

    /// Why a stream does not fit a format, found when its values were measured.
    struct Obstacle: Error { var reason: String }

    static func write(
        _ track: Recording.Track, _ recording: Recording, _ format: Format, _ base: String, _ gaps: GapPolicy
    ) throws(SessionError) -> Result<File, Obstacle> {
        switch format {
        case .edf, .bdf:
            let export = try EDFExport(
                track, recording, is24Bit: format == .bdf, gaps, path: base + "." + format.rawValue)
            if let reason = export.obstacle { return .failure(Obstacle(reason: reason)) }
            return .success(try export.write())
        case .brainvision, .bids: return .success(try BrainVisionExport(track, recording).write(base, gaps))
        case .wav, .flac: return .success(try AudioExport(track).write(base + "." + format.rawValue, gaps))
        // One file holds them all.
        case .xdf: return .failure(Obstacle(reason: "XDF is written as a whole"))
        case .csv: return .success(try CSVExport(track, recording).write(base + ".csv"))
        case .npy: return .success(try NumPyExport(track, recording).write(base))
        }
    }

    /// Tracks of several rates that came from one file of the same kind.
    /// - Returns: their numbers.
    private mutating func writeTogether(
        _ tracks: [Recording.Track], _ recording: Recording, _ format: Format, _ folder: String, _ gaps: GapPolicy,
        _ names: [String]
    ) throws(SessionError) -> Set<Int> {
        guard format == .edf || format == .bdf else { return [] }
        var written: Set<Int> = []
        for group in EDFSharedExport.groups(tracks) {
            guard let file = tracks[group[0]].digitisation?.sharedFile else { continue }
            var name = Self.fileName(file)
            // A track alone may be called so.
            if names.indices.contains(where: { !group.contains($0) && names[$0].lowercased() == name.lowercased() }) {
                name += "-all"
            }
            let export = EDFSharedExport(group.map { tracks[$0] }, recording, is24Bit: format == .bdf)
            guard let reports = try export.write(folder + "/" + name + "." + format.rawValue, gaps) else { continue }
            files += reports
            written.formUnion(group)
        }
        return written
    }

    /// The markers of a recording that has no samples, where the format can hold them alone.
    private mutating func writeMarkers(_ recording: Recording, _ format: Format, _ folder: String) throws(SessionError) {
        let base = folder + "/" + EDFAnnotationsExport.fileName
        switch format {
        case .edf, .bdf:
            files.append(
                try EDFAnnotationsExport.write(recording, is24Bit: format == .bdf, path: base + "." + format.rawValue))
        case .csv, .npy:
            try CSVExport.writeMarkers(recording, beside: base)
            try ExportedTime.write(recording, beside: base)
            files.append(
                File(
                    path: base + ".csv", stream: EDFAnnotationsExport.fileName, rateHz: 0, measuredRateHz: nil, frames: 0,
                    filledFrames: 0, resolution: 0))
        case .brainvision, .bids, .wav, .flac, .xdf: break
        }
    }

    /// Why a stream cannot be written in a format; nil when it can.
    static func obstacle(_ track: Recording.Track, _ format: Format) -> String? {
        if track.samples == 0 { return "it has no samples" }
        if format == .csv || format == .npy || format == .xdf { return nil }
        if track.isCodes { return "its samples are markers, and written as such" }
        if track.rate <= 0 {
            return "its samples come at irregular times; csv, npy and xdf keep them, and --rate brings them to a uniform rate"
        }
        if format == .brainvision, let reason = BrainVisionExport.obstacle(track) { return reason }
        if format == .wav || format == .flac {
            if track.rate.rounded() != track.rate || track.rate > 655_350 {
                return "its rate is no whole number of hertz"
            }
            if format == .flac, track.type != "Audio" { return "it is no audio, and this format holds −1 … 1 only" }
            if track.channels > (format == .flac ? 8 : 1024) { return "it has too many channels" }
        }
        return nil
    }

    /// A stream's name as a file's: letters, digits, `.`, `-` and `_` stay.
    static func fileName(_ name: String) -> String {
        let kept = name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" }
        let text = String(kept).drop { $0 == "." }
        return text.isEmpty ? "stream" : String(text)
    }

    /// Names of files for streams: no two are alike, not even to systems that know no case.
    static func fileNames(_ names: [String]) -> [String] {
        // This one is the markers'.
        var taken: Set = [EDFAnnotationsExport.fileName]
        return names.map { name in
            let stem = fileName(name)
            var (own, number) = (stem, 2)
            while !taken.insert(own.lowercased()).inserted {
                own = "\(stem)-\(number)"
                number += 1
            }
            return own
        }
    }

    static func report(
        _ track: Recording.Track, path: String, frames: Int? = nil, filled: Bool = true, resolution: Double = 0
    ) -> File {
        File(
            path: path, stream: track.name, rateHz: track.rate, measuredRateHz: track.measuredRate,
            frames: frames ?? (filled ? track.frames : track.samples),
            filledFrames: filled ? track.frames - track.samples : 0, resolution: resolution)
    }
}
