public import Failures

/// Why a command was not done, in words for whoever sent it.
public struct ControlRefusal: Failure, Equatable {
    public var reason: String

    public init(_ reason: String) { self.reason = reason }

    public var kind: FailureKind { .usage }

    public var description: String { reason }
}

/// An answer to one command.
public enum ControlReply: Equatable, Sendable {
    /// It is done.
    case done
    /// It was not done.
    case refused(String)
    /// One line of JSON.
    case json(String)

    /// What goes over the wire. "OK" has no line end, because LabRecorder sends none; the others end with a line feed.
    public var bytes: [UInt8] {
        switch self {
        case .done: Array("OK".utf8)
        case .refused(let reason): Array("ERROR \(Self.line(reason))\n".utf8)
        case .json(let text): Array("\(Self.line(text))\n".utf8)
        }
    }

    /// An answer stays on one line, whatever a path or a name in it holds.
    private static func line(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}
