import Foundation
import Signals

extension Recording {
    /// The tracks and markers of an XDF file, or of a session folder's.
    ///
    /// Larmor's own recordings carry their gaps as markers and stamps that need no treatment. Files of other programs get
    /// their clocks synchronised and their stamps dejittered; a break between two straight pieces is a gap of as many
    /// frames as fit into it.
    /// - Parameters:
    ///   - path: of the file.
    ///   - clocks: by streams' names, for Larmor's own recordings: the times of their samples instead of the file's.
    /// - Throws: ``SessionError``.
    public init(xdf path: String, clocks: [String: RecordedClock] = [:]) throws(SessionError) {
        self.init(try XDFReader(path: path, options: .init(synchronisesClocks: true)), clocks: clocks)
    }

    /// - Parameter file: its clocks are synchronised.
    init(_ file: XDFReader, clocks: [String: RecordedClock] = [:]) {
        var file = file
        let isOwn = file.anchor != nil
        if !isOwn { for position in file.streams.indices { file.streams[position].dejitter() } }
        self.init()
        remarks = file.problems.map(\.description)
        if !file.hasHeader { remarks.append("it has no file header behind “XDF:”") }
        if file.streams.isEmpty { remarks.append("it holds no stream") }
        remarks += file.nameApart(isOwn: isOwn)
        if isOwn { remarks += file.moveForeignStamps() + file.setStamps(clocks) }
        metadata = file.metadata
        let firsts = file.streams.compactMap(\.stamps.first)
        let zero = file.timeZero ?? firsts.min() ?? 0
        // Where it is no moment of a clock the recording counts from its first sample.
        clockZero = (0..<9e9).contains(zero) ? zero : nil
        if let anchor = file.anchor {
            if file.hasDate { start = Date(timeIntervalSince1970: anchor.utc + zero - anchor.monotonic) }
        } else {
            start = file.begun
            remarks += file.epochRemarks
        }
        let gapMarkers = file.streams.filter { isOwn && $0.isEventLog }.flatMap(\.texts).compactMap { GapMarker($0) }
        let gapsByStream = Dictionary(grouping: gapMarkers, by: \.stream)
        for (place, stream) in file.streams.enumerated() where stream.format != .string {
            var track = Track(
                name: stream.name, type: stream.type, labels: stream.labels, units: stream.units.map(Self.unit),
                rate: stream.nominalRate, values: stream.values, start: (stream.stamps.first ?? zero) - zero)
            track.stamps = stream.stamps.map { $0 - zero }
            track.digitisation = stream.digitisation
            (track.channelDetails, track.details, track.place) = (stream.channelDetails, stream.details, place)
            track.gaps = isOwn ? Self.gaps(stream, gapsByStream[stream.name] ?? []) : Self.breaks(stream)
            if track.isCodes { markers += track.codes }
            tracks.append(track)
        }
        for (place, stream) in file.streams.enumerated() where stream.format == .string {
            take(stream, place, isOwn: isOwn, zero: zero)
        }
        tellStreamsApart()
        markers.sort { $0.time < $1.time }
    }

    private mutating func take(_ stream: XDFReader.Stream, _ place: Int, isOwn: Bool, zero: Double) {
        func row(_ sample: Int) -> ArraySlice<String> {
            stream.texts[sample * stream.channels..<(sample + 1) * stream.channels]
        }
        if isOwn, stream.isAnnotations {
            for sample in 0..<stream.samples {
                markers.append(Marker(annotation: Array(row(sample)), time: stream.stamps[sample] - zero))
            }
            return
        }
        let isEventLog = isOwn && stream.isEventLog
        markers.reserveCapacity(markers.count + stream.samples)
        for sample in 0..<stream.samples {
            let time = stream.stamps[sample] - zero
            if stream.labels.starts(with: ["type", "description", "point"]) {
                // Its place is the stamp.
                let texts = Array(row(sample).prefix(2))
                markers.append(Marker(time: time, type: texts[0], description: texts[1], stream: stream.name))
                continue
            }
            let text = row(sample).filter { !$0.isEmpty }.joined(separator: " ")
            guard isEventLog else {
                markers.append(Marker(time: time, text: text, stream: stream.name))
                continue
            }
            guard GapMarker(text) == nil else { continue }
            // Recordings of earlier versions have a file's markers in this stream.
            let isEvent = RecordedSession.event(text, time) != nil
            markers.append(Marker(time: time, text: text, stream: isEvent ? stream.name : nil))
        }
        guard !isEventLog else { return }
        texts.append(
            TextTrack(
                name: stream.name, type: stream.type, labels: stream.labels, rate: stream.nominalRate,
                stamps: stream.stamps.map { $0 - zero }, texts: stream.texts, channelDetails: stream.channelDetails,
                details: stream.details, place: place))
    }

    /// Where two streams say the same their names stand before it: "Stimulus/1" and "Response/1".
    private mutating func tellStreamsApart() {
        var streams: [String: Set<String>] = [:]
        for marker in markers {
            if let stream = marker.stream, stream != SessionWriter.markersName {
                streams[marker.text, default: []].insert(stream)
            }
        }
        let alike = streams.values.filter { $0.count > 1 }.reduce(into: Set<String>()) { $0.formUnion($1) }
        guard !alike.isEmpty else { return }
        for index in markers.indices {
            guard let stream = markers[index].stream, alike.contains(stream) else { continue }
            markers[index].text = markers[index].text.isEmpty ? stream : "\(stream)/\(markers[index].text)"
        }
    }

    /// A session folder, with what its manifest adds: subject, start and the devices' full scales.
    /// - Parameters:
    ///   - folder: the session's.
    ///   - clocks: by streams' names: the times of their samples instead of the recorded ones.
    public init(session folder: String, clocks: [String: RecordedClock] = [:]) throws(SessionError) {
        let manifest = try SessionManifest(folder: folder)
        // Not by its path: a link in its place leads out of the folder.
        self.init(try XDFReader(session: folder, options: .init(synchronisesClocks: true)), clocks: clocks)
        subject = manifest.subject
        sessionTime = clockZero.map { $0 - manifest.anchor.host.seconds }
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

extension Recording.Track {
    /// Its samples are markers: codes at irregular times.
    var isCodes: Bool { samples > 0 && samples == stamps.count && Self.areCodes(type: type, rate: rate) }

    static func areCodes(type: String, rate: Double) -> Bool {
        rate <= 0 && ["marker", "stim", "trigger"].contains { type.lowercased().hasPrefix($0) }
    }

    fileprivate var codes: [Recording.Marker] {
        stamps.indices.map { sample in
            let texts = (0..<channels).map { channel in
                let value = values[sample * channels + channel]
                return Int(exactly: value).map(String.init) ?? "\(value)"
            }
            return Recording.Marker(time: stamps[sample], text: texts.joined(separator: " "), stream: name)
        }
    }
}

extension XDFReader {
    /// Streams of one name get names of their own, because files are called by them and gaps belong to them.
    fileprivate mutating func nameApart(isOwn: Bool) -> [String] {
        // Under these names our own recordings keep what is no stream of a device.
        var taken: Set<String> = isOwn ? [] : [SessionWriter.markersName, Stream.annotationsName]
        var remarks: [String] = []
        for position in streams.indices {
            let name = streams[position].name
            var number = 2
            var own = name.isEmpty ? "stream-\(position + 1)" : name
            while taken.contains(own) {
                own = "\(name.isEmpty ? "stream" : name)-\(number)"
                number += 1
            }
            streams[position].name = own
            taken.insert(streams[position].name)
            if streams[position].name != name {
                remarks.append(
                    "stream \(streams[position].id) is called “\(name)”, as another one is or may not be; here it is “\(streams[position].name)”"
                )
            }
        }
        return remarks
    }

    /// Streams whose clocks are plainly not of one epoch.
    fileprivate var epochRemarks: [String] {
        let firsts = streams.compactMap { stream in stream.stamps.first.map { (stream.name, $0) } }
        guard let earliest = firsts.min(by: { $0.1 < $1.1 }) else { return [] }
        // No recording lasts a year.
        return firsts.filter { $0.1 - earliest.1 > 365 * 86_400 }.map { name, first in
            "\(name) begins at \(first) s and \(earliest.0) at \(earliest.1) s: their clocks count from different moments, so the times "
                + "of one tell nothing of the other's"
        }
    }

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
