import Foundation

/// A whole recording as one XDF file: its streams with all their stamps, its texts, and annotations as a stream of three texts
/// (description, seconds, channel). Gaps and what devices told of themselves stand in a stream "events".
struct XDFExport {
    static let fileName = "recording.xdf"

    /// - Returns: a report for each stream of numbers.
    static func write(_ recording: Recording, _ path: String) throws(SessionError) -> [SessionExport.File] {
        let output = try OutputFile(path)
        let writer = try XDFWriter(
            creating: output.part, anchor: recording.anchor(recording.start ?? Date(timeIntervalSince1970: 0)),
            origin: .imported(hasDate: recording.start != nil, metadata: recording.metadata))
        try writer.append(recording)
        try writer.close()
        try output.finish()
        let reports = recording.tracks.map { SessionExport.report($0, path: path, filled: false) }
        guard reports.isEmpty else { return reports }
        return recording.texts.map { track in
            SessionExport.File(
                path: path, stream: track.name, rateHz: track.rate, measuredRateHz: nil, frames: track.stamps.count,
                filledFrames: 0, resolution: 0)
        }
    }
}
