import Foundation

/// What the times of exported files count from.
///
/// Second 0 of an export is its recording's earliest stamp: of a sample, fitted to all arrivals, of a marker or of a device's event. The
/// session's event log and annotations, `info` and `verify` count from the session's start, some milliseconds away.
public struct ExportedTime: Codable, Sendable, Equatable {
    /// Seconds from the session's start to second 0: what must be added to a time of an export to find it in the event log.
    public var zeroAfterSessionStartS: Double
    /// When second 0 was, ISO 8601 with milliseconds; nil where nobody knows, or may know.
    public var zeroUtc: String?

    static let fileName = "time.json"

    /// Nil for a recording that is of no session.
    init?(_ recording: Recording) {
        guard let seconds = recording.sessionTime else { return nil }
        (zeroAfterSessionStartS, zeroUtc) = (seconds, recording.start.map { Self.text($0) })
    }

    /// `time.json` in the same folder, once for all streams, for formats that have no place for it.
    static func write(_ recording: Recording, beside path: String) throws(SessionError) {
        guard let time = ExportedTime(recording) else { return }
        let target = parentFolder(of: path) + "/" + fileName
        guard !FileManager.default.fileExists(atPath: target) else { return }
        let date = time.zeroUtc.map { ",\n  \"zero_utc\" : \"\($0)\"" } ?? ""
        try ExportFile(target).write(
            """
            {
              "counted_from" : "the earliest stamp of the recording (samples, markers, events of devices)",
              "zero_after_session_start_s" : \(time.zeroAfterSessionStartS)\(date)
            }

            """)
    }

    /// With milliseconds.
    static func text(_ moment: Date) -> String {
        moment.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true)) + "Z"
    }
}
