import Foundation
import Signals

extension Recording {
    /// The tracks and markers of an XDF file, or of a session folder's.
    ///
    /// Larmor's own recordings carry their gaps as markers and stamps that need no treatment. Files of other programs get
    /// their clocks synchronised and their stamps dejittered; a break between two straight pieces is a gap of as many
    /// frames as fit into it.
    /// - Parameter clocks: by streams' names, for Larmor's own recordings: the times of their samples instead of the file's.
    /// - Throws: ``SessionError``.
    public init(xdf path: String, clocks: [String: RecordedClock] = [:]) throws(SessionError) {
        var file = try XDFReader(path: path, options: .init(synchronisesClocks: true))
        let texts = file.streams.filter { $0.format == .string }
        let gapMarkers = texts.filter { !$0.isAnnotations }.flatMap(\.texts).compactMap { GapMarker($0) }
        let isOwn = file.anchor != nil
        if !isOwn { for position in file.streams.indices { file.streams[position].dejitter() } }
        self.init()
        remarks = file.problems.map(\.description)
        if isOwn { remarks += file.moveForeignStamps() + file.setStamps(clocks) }
        let firsts = file.streams.compactMap(\.stamps.first)
        let zero = file.timeZero ?? firsts.min() ?? 0
        if let anchor = file.anchor {
            if file.hasDate { start = Date(timeIntervalSince1970: anchor.utc + zero - anchor.monotonic) }
        } else {
            start = file.begun
        }
        for stream in file.streams where stream.format != .string {
            var track = Track(
                name: stream.name, type: stream.type, labels: stream.labels, units: stream.units.map(Self.unit),
                rate: stream.nominalRate, values: stream.values, start: (stream.stamps.first ?? zero) - zero)
            track.stamps = stream.stamps.map { $0 - zero }
            track.digitisation = stream.digitisation
            track.gaps =
                isOwn
                ? Self.gaps(stream, gapMarkers.filter { $0.stream == stream.name }) : Self.breaks(stream)
            tracks.append(track)
        }
        for stream in texts {
            for sample in 0..<stream.samples {
                let row = stream.texts[sample * stream.channels..<(sample + 1) * stream.channels]
                if stream.isAnnotations {
                    markers.append(Marker(annotation: Array(row), time: stream.stamps[sample] - zero))
                    continue
                }
                // Of an RDA marker, type and description; its place is the stamp.
                let text = (stream.labels.starts(with: ["type", "description", "point"]) ? row.prefix(2) : row)
                    .filter { !$0.isEmpty }.joined(separator: " ")
                guard GapMarker(text) == nil else { continue }
                markers.append(Marker(time: stream.stamps[sample] - zero, text: text))
            }
        }
        markers.sort { $0.time < $1.time }
    }

    /// A session folder, with what its manifest adds: subject, start and the devices' full scales.
    /// - Parameter clocks: by streams' names: the times of their samples instead of the recorded ones.
    public init(session folder: String, clocks: [String: RecordedClock] = [:]) throws(SessionError) {
        let manifest = try SessionManifest(folder: folder)
        try self.init(xdf: folder + "/" + SessionWriter.recordingName, clocks: clocks)
        subject = manifest.subject
        if let start {
            // Annotations count from the anchor, the recording from its first sample.
            let offset = start.timeIntervalSince1970 - Double(manifest.anchor.utcNanoseconds) * 1e-9
            for annotation in SessionAnnotations(folder: folder).annotations {
                if let at = annotation.at {
                    markers.append(Marker(time: at - offset, text: annotation.text, duration: annotation.duration ?? 0))
                }
            }
            markers.sort { $0.time < $1.time }
        } else if manifest.dateUnknown == true {
            // Time 0 of an import is the anchor's.
            for annotation in SessionAnnotations(folder: folder).annotations {
                if let at = annotation.at {
                    markers.append(Marker(time: at, text: annotation.text, duration: annotation.duration ?? 0))
                }
            }
            markers.sort { $0.time < $1.time }
        } else {
            start = manifest.created
        }
        let streams = manifest.devices.flatMap(\.streams)
        for position in tracks.indices {
            guard let stream = streams.first(where: { $0.name == tracks[position].name }),
                stream.channelCount == tracks[position].channels
            else { continue }
            tracks[position].fullScale = stream.channels.compactMap { channel in
                channel.fullScale.map { Double($0) / channel.scale }
            }
            if tracks[position].fullScale.count != stream.channelCount { tracks[position].fullScale = [] }
        }
    }

    /// The gaps that markers tell; older recordings do not name the sample, there the stamps' jump shows it.
    private static func gaps(_ stream: XDFReader.Stream, _ markers: [GapMarker]) -> [Track.Gap] {
        markers.compactMap { marker in
            guard let count = Int(exactly: marker.count), count > 0, count < 1 << 40 else { return nil }
            if let index = marker.index { return Track.Gap(index: min(index, stream.samples), count: count) }
            guard stream.nominalRate > 0 else { return nil }
            let expected = Double(count + 1) / stream.nominalRate
            let jumps = (1..<max(1, stream.samples)).filter {
                let distance = stream.stamps[$0] - stream.stamps[$0 - 1]
                return distance > expected * 0.7 && distance < expected * 1.3
            }
            return jumps.first.map { Track.Gap(index: $0, count: count) }
        }
    }

    private static func breaks(_ stream: XDFReader.Stream) -> [Track.Gap] {
        stream.segments.dropFirst().compactMap { segment in
            let distance = stream.stamps[segment.lowerBound] - stream.stamps[segment.lowerBound - 1]
            let count = (distance * stream.nominalRate).rounded() - 1
            return count > 0 && count < 1e12 ? Track.Gap(index: segment.lowerBound, count: Int(count)) : nil
        }
    }

    /// XDF's words for units, as symbols.
    private static func unit(_ word: String) -> String {
        switch word.lowercased() {
        case "volts", "volt", "v": "V"
        case "microvolts", "microvolt", "uv", "µv", "μv": "µV"
        case "millivolts", "millivolt", "mv": "mV"
        case "normalized": "FS"
        default: word
        }
    }
}

extension Recording.Marker {
    /// - Parameter annotation: a sample of ``XDFReader/Stream/annotationLabels``.
    fileprivate init(annotation: [String], time: Double) {
        let duration = Double(annotation[1]) ?? 0
        self.init(
            time: time, text: annotation[0], duration: duration >= 0 && duration.isFinite ? duration : 0,
            channel: annotation[2].isEmpty ? nil : annotation[2])
    }
}

extension XDFReader {
    /// Puts other times in place of the stamps of the streams that have a clock.
    /// - Returns: remarks on streams whose samples are not those that the clock knows; their stamps stay.
    fileprivate mutating func setStamps(_ clocks: [String: RecordedClock]) -> [String] {
        var remarks: [String] = []
        for position in streams.indices {
            guard let clock = clocks[streams[position].name], streams[position].samples > 0 else { continue }
            guard clock.samples == streams[position].samples else {
                remarks.append(
                    "\(streams[position].name): \(streams[position].samples) samples are recorded, the wire log gives \(clock.samples); "
                        + "the stamps stay as they were recorded")
                continue
            }
            streams[position].stamps = clock.stamps()
        }
        return remarks
    }
}
