/// What an LSL stream says of itself: the short header that resolving gives, and channels from its description.
public struct LSLStreamHeader: Codable, Sendable, Equatable {
    /// One channel, as the sender describes it.
    public struct Channel: Codable, Sendable, Equatable {
        /// Empty where the description names none.
        public var label: String
        /// As the sender wrote it ("microvolts"); empty where the description has none.
        public var unit: String
        public var type: String

        public init(label: String, unit: String, type: String = "") {
            self.label = label
            self.unit = unit
            self.type = type
        }
    }

    /// Name of the stream.
    public var name: String
    /// "EEG", "Markers", …; free text.
    public var type: String
    /// Type of its values.
    public var format: LSLFormat
    /// Values of one sample.
    public var channelCount: Int
    /// Hz; 0 for an irregular stream.
    public var nominalRate: Double
    /// Names the device; stays the same when its program is started again. Often empty.
    public var sourceID: String
    /// Name of the sender's machine.
    public var host: String
    /// One for each channel, or none when the description has none.
    public var channels: [Channel]
    /// Of the device; empty where the description has none.
    public var maker: String
    /// Of the device; empty likewise.
    public var serialNumber: String

    public init(
        name: String, type: String, format: LSLFormat, channelCount: Int, nominalRate: Double, sourceID: String = "",
        host: String = "", channels: [Channel] = [], maker: String = "", serialNumber: String = ""
    ) {
        self.name = name
        self.type = type
        self.format = format
        self.channelCount = channelCount
        self.nominalRate = nominalRate
        self.sourceID = sourceID
        self.host = host
        self.channels = channels
        self.maker = maker
        self.serialNumber = serialNumber
    }

    /// More channels are refused: blocks count them with 16 bits.
    public static let maximumChannels = 65_535
    /// A stream with more samples per second is refused.
    public static let maximumRate = 1e8

    /// - Throws: a field that no stream can have: no channels or more than ``maximumChannels``, a rate that is negative, above
    ///   ``maximumRate`` or not a number.
    public func check() throws(InvalidField) {
        try InvalidField.check(
            (1...Self.maximumChannels).contains(channelCount), "channelCount", "\(channelCount)", "1 to \(Self.maximumChannels)"
        )
        try InvalidField.check(
            (0...Self.maximumRate).contains(nominalRate), "nominalRate", "\(nominalRate)", "0 to \(Self.maximumRate)")
    }

    /// Whether data of both can be taken by one decoder.
    public func hasSameShape(as other: LSLStreamHeader) -> Bool {
        format == other.format && channelCount == other.channelCount && nominalRate == other.nominalRate
    }
}
