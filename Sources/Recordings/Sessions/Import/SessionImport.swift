import Foundation
import Signals

/// Makes a session folder of a recording that another program made.
///
/// `recording.xdf` holds the samples; the file that was read lies unchanged under `source/`. There is no wire log: such a session
/// can be exported and used for training, and a replay of it starts at the samples.
public struct SessionImport {
    /// What the reader had to say about the file: cut tails, damage, missing parts.
    public let remarks: [String]

    /// - Parameters:
    ///   - path: a file that ``Recording/init(contentsOf:)`` reads.
    ///   - folder: the session's folder, which must not exist or be empty.
    /// - Throws: ``SessionError``.
    public init(_ path: String, to folder: String, subject: String? = nil, version: String) throws(SessionError) {
        let recording = try Recording(contentsOf: path)
        remarks = recording.remarks
        let start = recording.start ?? Date()
        let anchor = WallClockAnchor(
            host: HostTime(nanoseconds: 0), utcNanoseconds: Int64(saturating: start.timeIntervalSince1970 * 1e9))
        var manifest = SessionManifest(
            larmor: version, created: start, anchor: anchor, seed: 0, subject: subject ?? recording.subject,
            note: Self.note(path, remarks), rig: "", rigName: "import")
        manifest.dateUnknown = recording.start == nil ? true : nil
        let writer = try SessionWriter(
            folder: folder, manifest: manifest, devices: [], origin: .imported(hasDate: recording.start != nil))
        do throws(SessionError) {
            try writer.append(recording)
            try Self.copySource(path, to: folder + "/source")
            try writer.close()
        } catch {
            writer.discard(folders: ["source"])
            throw error
        }
    }

    /// The first remarks stay with the session.
    private static func note(_ path: String, _ remarks: [String]) -> String {
        let first = remarks.prefix(5) + (remarks.count > 5 ? ["\(remarks.count - 5) more remarks"] : [])
        return (["imported from \(URL(fileURLWithPath: path).lastPathComponent)"] + first).joined(separator: "; ")
    }

    /// The file, and those that belong to it by its stem (BrainVision).
    private static func copySource(_ path: String, to folder: String) throws(SessionError) {
        let manager = FileManager.default
        let url = URL(fileURLWithPath: path)
        var names = [url.lastPathComponent]
        if url.pathExtension.lowercased() == "vhdr" {
            let stem = url.deletingPathExtension().lastPathComponent
            names += [".eeg", ".vmrk", ".dat"].map { stem + $0 }.filter {
                manager.fileExists(atPath: url.deletingLastPathComponent().appendingPathComponent($0).path)
            }
        }
        try makeFolderDurably(folder)
        for name in names {
            try copyDurably(url.deletingLastPathComponent().appendingPathComponent(name).path, to: folder + "/" + name)
        }
    }
}

extension SessionWriter {
    /// Appends a whole recording: its gaps as markers, its own markers as annotations, which may have a duration.
    func append(_ recording: Recording) throws(SessionError) {
        for track in recording.tracks {
            let id = try xdf.addStream(track)
            for gap in track.gaps {
                let frame = track.frame(gap.index) - gap.count
                let marker = GapMarker(
                    stream: track.name, first: UInt64(frame), count: UInt64(gap.count), index: gap.index)
                let time = NumPyExport.stamp(track, min(gap.index, max(0, track.samples - 1)))
                try xdf.append(marker: marker.text, stream: markers, at: HostTime(seconds: time))
            }
            try xdf.append(track, stream: id)
        }
        // What devices told of themselves is no annotation of the subject.
        let events = recording.markers.filter { $0.duration == 0 && RecordedSession.event($0.text, $0.time) != nil }
        for event in events { try xdf.append(marker: event.text, stream: markers, at: HostTime(seconds: event.time)) }
        let others = recording.markers.filter { $0.duration > 0 || RecordedSession.event($0.text, $0.time) == nil }
        guard !others.isEmpty else { return }
        let annotations = try xdf.addAnnotations()
        for marker in others { try xdf.append(marker, stream: annotations) }
    }
}
