import Foundation

/// Compares two session folders, two event logs (`.jsonl`) or two XDF files, and tells the first difference.
///
/// Event logs come first, then the streams in the order of the first recording: shape, and sample by sample stamp and value,
/// bit by bit (gaps and events are streams of text). Stamps count from each recording's own start, so that copies of one moment on two clocks are equal.
public struct SessionComparison: Codable, Sendable {
    public var equal: Bool { difference == nil }
    /// Nil when nothing differs.
    public private(set) var difference: SessionDifference?
    /// Lines of the event logs that are equal.
    public private(set) var lines = 0
    /// Samples of all streams that are equal.
    public private(set) var samples = 0

    private enum CodingKeys: String, CodingKey { case difference, lines, samples }

    /// - Parameters:
    ///   - a: session folder, event log (.jsonl) or XDF file.
    ///   - b: the other, of the same kind.
    ///   - ignoresStamps: compares values and gaps only: two recordings of the same bytes at other times.
    /// - Throws: ``SessionError`` when a file cannot be read, or the two have nothing that can be compared.
    public init(_ a: String, _ b: String, ignoresStamps: Bool = false) throws(SessionError) {
        let (left, right) = (try Side(a), try Side(b))
        var isCompared = false
        if let first = left.events, let second = right.events {
            isCompared = true
            let comparison = EventLogComparison(try Self.read(first), try Self.read(second))
            lines = comparison.equalLines
            difference = comparison.difference
        }
        if difference == nil, let first = left.recording, let second = right.recording {
            isCompared = true
            let comparison = try RecordingComparison(first, second, ignoresStamps: ignoresStamps)
            samples = comparison.equalSamples
            difference = comparison.difference
        }
        guard isCompared else {
            throw SessionError(
                path: b,
                reason: .unsupported("cannot be compared with \(a): give two session folders, two event logs or two XDF files"))
        }
    }

    /// What one of the two has.
    private struct Side {
        var events: String?
        var recording: String?

        init(_ path: String) throws(SessionError) {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            if isFolder.boolValue {
                // A link in a session's folder may lead anywhere.
                for name in [SessionWriter.eventsName, SessionWriter.recordingName] { try SessionFile.check(name, in: path) }
                events = path + "/" + SessionWriter.eventsName
                recording = path + "/" + SessionWriter.recordingName
            } else if path.lowercased().hasSuffix(".xdf") || XDFReader.isXDF(path) {
                recording = path
            } else {
                events = path
            }
        }
    }

    private static func read(_ path: String) throws(SessionError) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SessionError(path: path, reason: .system(call: "open", code: errno == 0 ? ENOENT : errno))
        }
        return Array(data)
    }
}
