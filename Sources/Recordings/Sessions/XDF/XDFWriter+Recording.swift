import Foundation
import Signals

extension XDFWriter {
    /// Appends a whole recording: its tracks with their gaps as markers, its texts as they were, and annotations, which may have a
    /// duration.
    /// - Parameter events: the stream for gaps and what devices told of themselves; nil to make one where there is something to tell.
    func append(_ recording: Recording, events: Int? = nil) throws(SessionError) {
        var events = events
        func note(_ text: String, _ time: Double) throws(SessionError) {
            let id: Int
            if let events { id = events } else { id = try addMarkers(name: SessionWriter.markersName) }
            events = id
            try append(texts: [text], stream: id, at: time)
        }
        let zero = recording.clockZero ?? 0
        func add(_ track: Recording.Track) throws(SessionError) {
            let id = try addStream(track)
            for gap in track.gaps {
                let frame = track.frame(gap.index) - gap.count
                let marker = GapMarker(stream: track.name, first: UInt64(frame), count: UInt64(gap.count), index: gap.index)
                try note(marker.text, NumPyExport.stamp(track, min(gap.index, max(0, track.samples - 1))) + zero)
            }
            try append(track, stream: id, zero: zero)
        }
        func add(_ track: Recording.TextTrack) throws(SessionError) {
            let id = try addStream(track)
            for (sample, stamp) in track.stamps.enumerated() {
                let row = track.texts[sample * track.channels..<(sample + 1) * track.channels]
                try append(texts: Array(row), stream: id, at: stamp + zero)
            }
        }
        // In the source's order; what has no place there comes behind.
        var texts = recording.texts[...]
        for track in recording.tracks {
            while let text = texts.first, let place = text.place, place < track.place ?? .max {
                try add(text)
                texts = texts.dropFirst()
            }
            try add(track)
        }
        for text in texts { try add(text) }
        // What devices told of themselves is no annotation of the subject.
        for marker in recording.markers where marker.stream == SessionWriter.markersName {
            try note(marker.text, marker.time + zero)
        }
        let others = recording.markers.filter { $0.stream == nil }
        guard !others.isEmpty else { return }
        let annotations = try addAnnotations()
        for marker in others { try append(marker, stream: annotations, zero: zero) }
    }
}

extension Recording {
    /// The moments that a file of the recording is written with: second 0 on the clock of its stamps, and in UTC.
    func anchor(_ start: Date) -> WallClockAnchor {
        WallClockAnchor(
            host: HostTime(seconds: clockZero ?? 0), utcNanoseconds: Int64(saturating: start.timeIntervalSince1970 * 1e9))
    }
}
