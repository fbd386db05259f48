import Foundation

/// Tracks of several rates that came from one EDF or BDF file, as one file again.
///
/// Each track is written as a file of its own, with records of the same duration; their records are then put together signal by signal, in
/// the source's order. The annotations are those of the first track's file.
struct EDFSharedExport {
    private let tracks: [Recording.Track]
    private let recording: Recording
    private let is24Bit: Bool

    /// Tracks that one file can hold: of one source, with as many records of one duration, and pauses at the same places.
    /// - Returns: the tracks' numbers, of at least two; those that are not in a group stand alone.
    static func groups(_ tracks: [Recording.Track]) -> [[Int]] {
        struct Key: Hashable {
            var file: String
            var seconds: Double
            var start: Double
            var records: Int
            var pauses: [[Int]]
        }
        var groups: [Key: [Int]] = [:]
        for (index, track) in tracks.enumerated() {
            guard let source = track.digitisation, let file = source.sharedFile, source.recordFrames > 0, track.samples > 0,
                source.signals.count == track.channels, track.samples % source.recordFrames == 0,
                abs(track.rate * source.recordSeconds - Double(source.recordFrames)) < 1e-6
            else { continue }
            let frames = source.recordFrames
            // Pauses of whole records; others cannot be told by signals of all rates.
            guard track.gaps.allSatisfy({ $0.index % frames == 0 && $0.count % frames == 0 }) else { continue }
            let key = Key(
                file: file, seconds: source.recordSeconds, start: track.start, records: track.samples / frames,
                pauses: track.gaps.map { [$0.index / frames, $0.count / frames] })
            groups[key, default: []].append(index)
        }
        return groups.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
    }

    init(_ tracks: [Recording.Track], _ recording: Recording, is24Bit: Bool) {
        self.tracks = tracks
        self.recording = recording
        self.is24Bit = is24Bit
    }

    /// Writes the file.
    /// - Returns: a report for each track; nil when one of them cannot be written so, and nothing is.
    func write(_ path: String, _ policy: GapPolicy) throws(SessionError) -> [SessionExport.File]? {
        let output = try ExportFile(path)
        let paths = tracks.indices.map { "\(path).rate-\($0 + 1)" }
        defer { for path in paths { unlink(path) } }
        var reports: [SessionExport.File] = []
        var files: [EDFReader] = []
        for (index, track) in tracks.enumerated() {
            var own = recording
            // Once is enough.
            if index > 0 { own.markers = [] }
            let export = try EDFExport(track, own, is24Bit: is24Bit, policy, path: paths[index])
            guard export.obstacle == nil else { return nil }
            var report = try export.write()
            report.path = path
            reports.append(report)
            files.append(try EDFReader(path: paths[index]))
        }
        guard let first = files.first,
            files.allSatisfy({ $0.records == first.records && $0.header.seconds == first.header.seconds })
        else { return nil }
        try combine(files, output)
        return reports
    }

    private func combine(_ files: [EDFReader], _ output: ExportFile) throws(SessionError) {
        // Signals in the source's order; channels that were left out are not in the files.
        var places: [(number: Int, file: Int, signal: Int)] = []
        for (index, file) in files.enumerated() {
            let numbers = tracks[index].digitisation?.signals ?? []
            let kept = zip(tracks[index].labels.indices, numbers).filter { keeps($0.0, index, file) }
            for (signal, channel) in kept.enumerated() { places.append((channel.1, index, signal)) }
        }
        places.sort { $0.number < $1.number }
        guard var header = files.first?.header, let annotations = header.signals.indices.last else { return }
        places.append((.max, 0, annotations))
        let labels = EDFText.labels(places.dropLast().map { files[$0.file].header.signals[$0.signal].label }).labels
        header.signals = places.map { files[$0.file].header.signals[$0.signal] }
        for (index, label) in labels.enumerated() { header.signals[index].label = label }
        let target = try AppendFile(creating: output.part)
        try target.append(try header.bytes(path: output.path))
        for record in 0..<(files.first?.records ?? 0) {
            for place in places {
                let source = files[place.file]
                let begin = source.header.size + record * source.header.recordSize + source.header.offset(of: place.signal)
                let count = source.header.signals[place.signal].samples * source.header.format.sampleSize
                try source.file.withBytes { bytes throws(SessionError) in
                    try target.append(UnsafeRawBufferPointer(rebasing: bytes[begin..<begin + count]))
                }
            }
        }
        try target.close()
        try output.finish()
    }

    /// Whether a channel is in its track's file: a Status channel with wide codes is not.
    private func keeps(_ channel: Int, _ index: Int, _ file: EDFReader) -> Bool {
        let written = file.header.signals.count - 1
        return written == tracks[index].channels || !tracks[index].isStatus(channel)
    }
}
