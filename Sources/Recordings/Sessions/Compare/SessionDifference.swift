/// The first place at which two recordings differ.
public struct SessionDifference: Codable, Sendable, Equatable, CustomStringConvertible {
    /// Line of the event logs, from 1; nil for a difference of streams.
    public var line: Int?
    /// Key of the line's JSON object; "line" where a line is missing or no object; of a stream "value", "stamp",
    /// "text", "samples", "channels", "rate", "format" or "stream" (one recording lacks it).
    public var field: String
    /// Name of the stream; nil for a difference of event logs.
    public var stream: String?
    /// Number of the sample in its stream, from 0.
    public var sample: Int?
    /// Channel, from 0, for values.
    public var channel: Int?
    /// What the first recording has; nil where it has nothing.
    public var a: String?
    /// What the second recording has.
    public var b: String?

    public init(
        line: Int? = nil, field: String, stream: String? = nil, sample: Int? = nil, channel: Int? = nil, a: String?, b: String?
    ) {
        self.line = line
        self.field = field
        self.stream = stream
        self.sample = sample
        self.channel = channel
        self.a = a
        self.b = b
    }

    public var description: String {
        var place = line.map { "event log, line \($0)" } ?? "stream \(stream ?? "")"
        if let sample { place += ", sample \(sample)" }
        if let channel { place += ", channel \(channel + 1)" }
        return "\(place), \(field): \(a ?? "nothing") in the first, \(b ?? "nothing") in the second"
    }
}
