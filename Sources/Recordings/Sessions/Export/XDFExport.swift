import Foundation

/// A whole recording as one XDF file: its streams with all their stamps, its texts, and annotations as a stream of three texts
/// (description, seconds, channel). Gaps and what devices told of themselves stand in a stream "events". Its header says where second 0
/// (`time_zero_s`) and the session's start (`session_start_s`) are on the clock of the stamps.
struct XDFExport {
    static let fileName = "recording.xdf"

    /// - Returns: a report for each stream of numbers; one of no frames for a recording that has none.
    /// - Throws: ``SessionError`` when the recording is empty, too.
    static func write(_ recording: Recording, _ path: String) throws(SessionError) -> [SessionExport.File] {
        guard !recording.tracks.isEmpty || !recording.texts.isEmpty || !recording.markers.isEmpty else {
            throw SessionError(path: path, reason: .unsupported("the recording has no stream and no marker"))
        }
        let output = try ExportFile(path)
        let writer = try XDFWriter(
            creating: output.part, anchor: recording.anchor(recording.start ?? Date(timeIntervalSince1970: 0)),
            origin: .imported(
                hasDate: recording.start != nil, metadata: recording.metadata,
                sessionStart: recording.sessionTime.map { (recording.clockZero ?? 0) - $0 }))
        try writer.append(recording)
        try writer.close()
        try output.finish()
        guard recording.tracks.isEmpty else {
            return recording.tracks.map { SessionExport.report($0, path: path, filled: false) }
        }
        return [
            SessionExport.File(
                path: path, stream: EDFAnnotationsExport.fileName, rateHz: 0, measuredRateHz: nil, frames: 0, filledFrames: 0,
                resolution: 0)
        ]
    }
}
