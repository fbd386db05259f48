import Texts

/// Tracks that come whole, with stamps of their own.
extension XDFWriter {
    /// Declares a track's stream.
    /// - Returns: its identifier.
    func addStream(_ track: Recording.Track) throws(SessionError) -> Int {
        streams.append(Stream())
        let channels = track.labels.indices.map { channel in
            let unit = Self.word(track.units.indices.contains(channel) ? track.units[channel] : "")
            let details = track.channelDetails.indices.contains(channel) ? track.channelDetails[channel] : []
            // Beside channels with a type, one without is told to have none.
            let hasNone = details.contains { $0.name == "type" } || track.details.contains(Recording.Track.declaredTypes)
            let type = hasNone ? "" : HeaderElement("type", track.type).xml
            return "<channel>" + HeaderElement("label", track.labels[channel]).xml + HeaderElement("unit", unit).xml + type
                + details.map(\.xml).joined() + (track.digitisation?.element(channel) ?? "") + "</channel>"
        }
        // A reader numbers channels of which nothing is told.
        let isBare =
            track.labels.enumerated().allSatisfy { $1 == "\($0 + 1)" } && track.units.allSatisfy(\.isEmpty)
            && track.channelDetails.isEmpty && track.digitisation == nil
        try header(
            name: track.name, type: ForeignText.xml(track.type), channels: track.channels, rate: track.rate,
            format: track.values.format.rawValue, source: track.name,
            content: Self.description(
                isBare ? [] : channels, (track.digitisation?.element ?? "") + track.details.map(\.xml).joined()))
        return streams.count
    }

    /// Declares the stream of a track of texts.
    func addStream(_ track: Recording.TextTrack) throws(SessionError) -> Int {
        streams.append(Stream())
        let channels = track.labels.indices.map { channel in
            let details = track.channelDetails.indices.contains(channel) ? track.channelDetails[channel] : []
            return "<channel>" + HeaderElement("label", track.labels[channel]).xml + details.map(\.xml).joined() + "</channel>"
        }
        let isBare = track.labels.enumerated().allSatisfy { $1 == "\($0 + 1)" } && track.channelDetails.isEmpty
        try header(
            name: track.name, type: ForeignText.xml(track.type), channels: track.channels, rate: track.rate,
            format: XDFFormat.string.rawValue, source: track.name,
            content: Self.description(isBare ? [] : channels, track.details.map(\.xml).joined()))
        return streams.count
    }

    private static func description(_ channels: [String], _ rest: String) -> String {
        let list = channels.isEmpty ? "" : "<channels>\(channels.joined())</channels>"
        return list.isEmpty && rest.isEmpty ? "<desc/>" : "<desc>\(list)\(rest)</desc>"
    }

    /// Declares the stream of a file's annotations: text, seconds, and the channel that told them.
    func addAnnotations() throws(SessionError) -> Int {
        streams.append(Stream())
        let channels = XDFReader.Stream.annotationLabels.map { "<channel><label>\($0)</label></channel>" }
        let name = XDFReader.Stream.annotationsName
        try header(
            name: name, type: "Markers", channels: channels.count, rate: 0, format: "string", source: name,
            content: "<desc><channels>\(channels.joined())</channels></desc>")
        return streams.count
    }

    /// - Parameter zero: second 0 of the marker's time on the file's clock.
    func append(_ marker: Recording.Marker, stream id: Int, zero: Double) throws(SessionError) {
        let duration = marker.duration > 0 ? "\(marker.duration)" : ""
        try append(texts: [marker.text, duration, marker.channel ?? ""], stream: id, at: marker.time + zero)
    }

    /// Appends all samples in chunks of at most a second. A stamp is written where it does not follow from the one before by
    /// the nominal rate within a nanosecond.
    /// - Parameter zero: second 0 of the track's stamps on the file's clock.
    func append(_ track: Recording.Track, stream id: Int, zero: Double) throws(SessionError) {
        let size = track.values.format.size * track.channels
        let length = track.rate > 0 ? max(1, Int(min(65_536, track.rate))) : 1024
        let period = track.rate > 0 ? 1 / track.rate : 0
        var last = -Double.infinity
        for start in stride(from: 0, to: track.samples, by: length) {
            let end = min(start + length, track.samples)
            var content: [UInt8] = []
            content.reserveCapacity(16 + (end - start) * (9 + size))
            XDF.append(UInt32(id), to: &content)
            content += XDF.variableLength(end - start)
            let first = NumPyExport.stamp(track, start) + zero
            track.values.withBytes { bytes in
                for sample in start..<end {
                    let stamp = NumPyExport.stamp(track, sample) + zero
                    if sample > start, abs(stamp - (last + period)) < 1e-9 {
                        content.append(0)
                        last += period
                    } else {
                        content.append(8)
                        XDF.append(stamp.bitPattern, to: &content)
                        last = stamp
                    }
                    content.append(contentsOf: bytes[sample * size..<(sample + 1) * size])
                }
            }
            try file.append(XDF.chunk(.samples, content))
            // As a reader that lost its way needs them: every ten seconds of a regular stream, or so.
            if start / length % 10 == 9 { try file.append(XDF.chunk(.boundary, XDF.boundary)) }
            note(id, frames: end - start, first: first, last: last)
        }
    }

    private static func word(_ unit: String) -> String {
        switch unit {
        case "V": "volts"
        case "µV": "microvolts"
        case "mV": "millivolts"
        case "FS": "normalized"
        default: unit
        }
    }
}
