/// Cuts what a client sends into lines. Whatever the bytes are, it holds no more of them than a limit.
public struct ControlLines {
    /// What comes out, in the order in which it came in.
    public enum Piece: Equatable, Sendable {
        /// A line without its end and without white space around it; never empty.
        case line(String)
        /// The client speaks something else: nothing that it sends is a command, and the connection is to be closed.
        case foreign(String)
    }

    /// Bytes that may wait; who sends more is not read for a while.
    public static let capacity = 16 * ControlCommand.longestLine

    private var bytes: [UInt8] = []
    /// Where the next line begins.
    private var begin = 0
    /// How far no line end was found.
    private var searched = 0
    private var isForeign = false

    public init() {}

    /// Bytes that still fit.
    public var room: Int { isForeign ? 0 : max(0, Self.capacity - (bytes.count - begin)) }

    /// Bytes of a line that has no end yet, as text to show; nil for none.
    public var unfinished: String? {
        guard !isForeign, begin < bytes.count, bytes[begin...].firstIndex(of: 0x0A) == nil else { return nil }
        let text = String(decoding: bytes[begin...].prefix(60), as: UTF8.self).trimmingWhitespace
        return text.isEmpty ? nil : text
    }

    /// - Precondition: no more than there is ``room`` for.
    public mutating func append(_ piece: some Collection<UInt8>) {
        guard !isForeign else { return }
        if begin > 0, begin == bytes.count || begin >= Self.capacity {
            bytes.removeFirst(begin)
            searched -= begin
            begin = 0
        }
        bytes += piece
    }

    /// The next line; nil until more bytes come. Lines without anything in them are passed over.
    public mutating func next() -> Piece? {
        while !isForeign {
            guard let end = bytes[searched...].firstIndex(of: 0x0A) else {
                searched = bytes.count
                guard bytes.count - begin > ControlCommand.longestLine else { return nil }
                return foreign("a line is longer than \(ControlCommand.longestLine) bytes")
            }
            let line = bytes[begin..<end]
            begin = end + 1
            searched = begin
            guard line.count <= ControlCommand.longestLine else {
                return foreign("a line is longer than \(ControlCommand.longestLine) bytes")
            }
            guard let text = String(validating: line, as: UTF8.self)?.trimmingWhitespace else {
                return foreign("a line is not UTF-8 text")
            }
            guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control && $0 != "\t" }) else {
                return foreign("a line holds a control character")
            }
            if Self.isHTTP(text) {
                return foreign("this is no web server: it takes LabRecorder's remote control over plain TCP")
            }
            if !text.isEmpty { return .line(text) }
        }
        return nil
    }

    /// The request line of HTTP, with which every browser begins: no page may start a recording by what it posts.
    private static func isHTTP(_ line: String) -> Bool {
        let words = line.split(separator: " ", omittingEmptySubsequences: true)
        return words.count >= 2 && words.first != "marker" && words.last?.uppercased().hasPrefix("HTTP/") == true
    }

    private mutating func foreign(_ reason: String) -> Piece {
        isForeign = true
        bytes = []
        begin = 0
        searched = 0
        return .foreign(reason)
    }
}
