/// What a recording tells beside its samples of numbers, each counted as what it is. Notes of gaps are none of them.
public struct MarkerCounts: Codable, Sendable, Equatable {
    /// Samples of streams of markers (texts or codes), changes of digital lines, and annotations that an imported file holds.
    public var markers = 0
    /// Samples of other streams of texts: a diary, a transcript, what a device says in words.
    public var texts = 0
    /// What devices told of themselves: "headset started 1".
    public var deviceEvents = 0

    public init(markers: Int = 0, texts: Int = 0, deviceEvents: Int = 0) {
        self.markers = markers
        self.texts = texts
        self.deviceEvents = deviceEvents
    }

    private static let markerWords = ["marker", "stim", "trigger", "event", "annotation"]

    /// Whether a stream of texts says of itself that they are markers: by its type, and where it has none by its name.
    static func areMarkers(type: String, name: String) -> Bool {
        let word = type.lowercased()
        if !word.isEmpty { return markerWords.contains { word.hasPrefix($0) } }
        let named = name.lowercased()
        return markerWords.contains { named.contains($0) }
    }
}

extension XDFReader {
    public var markerCounts: MarkerCounts { markerCounts(isOwn: anchor != nil) }

    /// - Parameter isOwn: the file is a session's.
    func markerCounts(isOwn: Bool) -> MarkerCounts {
        var counts = MarkerCounts()
        for stream in streams {
            if stream.format != .string {
                if Recording.Track.areCodes(type: stream.type, rate: stream.nominalRate) { counts.markers += stream.samples }
            } else if isOwn, stream.isEventLog {
                if let tally = stream.tally {
                    counts.deviceEvents += tally.deviceEvents
                    counts.markers += tally.samples - tally.deviceEvents - tally.gaps
                } else {
                    for text in stream.texts where GapMarker(text) == nil {
                        if RecordedSession.event(text, 0) == nil { counts.markers += 1 } else { counts.deviceEvents += 1 }
                    }
                }
            } else if isOwn && stream.isAnnotations || MarkerCounts.areMarkers(type: stream.type, name: stream.name) {
                counts.markers += stream.samples
            } else {
                counts.texts += stream.samples
            }
        }
        return counts
    }
}

extension Recording {
    /// ``markers`` by what they are. Exports write texts as markers, too: their formats know nothing else for words at a moment.
    public var markerCounts: MarkerCounts {
        let streams = texts.filter { !MarkerCounts.areMarkers(type: $0.type, name: $0.name) }.map(\.name)
        let ofTexts = Set(streams)
        var counts = MarkerCounts()
        for marker in markers {
            if marker.isDeviceEvent {
                counts.deviceEvents += 1
            } else if let stream = marker.stream, ofTexts.contains(stream) {
                counts.texts += 1
            } else {
                counts.markers += 1
            }
        }
        return counts
    }
}
