/// One line of LabRecorder's remote control, or of its dialects.
///
/// | line | command |
/// |---|---|
/// | `start`, `stop`, `update` | as they stand |
/// | `filename {root:…} {template:…} {task:…} {run:…} {participant:…} {session:…} {acquisition:…} {modality:…}` | any of the fields, in any order |
/// | `select all`, `select none` | as they stand |
/// | `status`, `streams` | answered by one line of JSON |
/// | `marker TEXT` | a marker at the moment of its arrival |
///
/// - Source: LabRecorder at 8419550, `src/tcpinterface.cpp`: exact words first, then lines that hold “filename”, then lines that hold
///   “select” and “all” or “none”.
public enum ControlCommand: Equatable, Sendable {
    case start
    case stop
    /// Look for streams again.
    case update
    case filename([FilenameField])
    case selectAll
    case selectNone
    case status
    case streams
    case marker(String)

    /// Bytes of the longest line.
    public static let longestLine = 4096

    /// - Parameter line: without its end; surrounding white space does not count.
    /// - Throws: ``ControlRefusal`` for a line that is no command.
    public init(line: String) throws(ControlRefusal) {
        let line = line.trimmingWhitespace
        switch line {
        case "start": self = .start
        case "stop": self = .stop
        case "update": self = .update
        case "status": self = .status
        case "streams": self = .streams
        default: self = try Self.withWords(line)
        }
    }

    private static func withWords(_ line: String) throws(ControlRefusal) -> ControlCommand {
        let words = line.split(whereSeparator: \.isWhitespace)
        if words.first == "marker" {
            guard words.count > 1 else { throw ControlRefusal("marker needs a text: marker TEXT") }
            return .marker(String(line.dropFirst("marker".count)).trimmingWhitespace)
        }
        if line.contains("filename") { return .filename(try FilenameField.all(in: line)) }
        if words.contains("select") {
            if words.contains("all") { return .selectAll }
            if words.contains("none") { return .selectNone }
            throw ControlRefusal("only select all and select none are known: all streams of the rig are recorded")
        }
        throw ControlRefusal(
            "unknown command “\(line.prefix(60))”; there are start, stop, update, filename, select all, select none, status, streams, marker TEXT"
        )
    }
}

extension StringProtocol {
    /// Without white space and line ends around it.
    var trimmingWhitespace: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text.drop(while: \.isWhitespace))
    }
}
