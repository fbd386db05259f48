public import Protocols

/// What the decoder of an LSL stream depends on.
public struct LSLConfiguration: DeviceConfiguration {
    /// Name of the device in the rig; its stream is called "name.eeg", "name.markers", … after the stream's type.
    public var name: String
    /// What the stream said of itself.
    public var header: LSLStreamHeader
    /// The unit of all channels, in place of what the stream says; nil to believe the stream.
    public var unit: String?
    /// A step of the stamps that is this many seconds longer than the rate allows is a hole in a regular stream.
    public var gapSeconds: Double

    /// Seconds.
    public static let defaultGapSeconds = 0.5

    public init(
        name: String, header: LSLStreamHeader, unit: String? = nil, gapSeconds: Double = defaultGapSeconds
    ) {
        self.name = name
        self.header = header
        self.unit = unit
        self.gapSeconds = gapSeconds
    }

    public static let kind = "lsl"

    /// Values of ``gapSeconds``.
    static let gaps = 0.001...3600

    public func check() throws(InvalidField) {
        try checkName()
        do throws(InvalidField) { try header.check() } catch { throw error.inside("header") }
        guard Self.gaps.contains(gapSeconds) else {
            throw InvalidField(
                "gapSeconds", found: "\(gapSeconds)", expected: "\(Self.gaps.lowerBound) to \(Self.gaps.upperBound)")
        }
    }

    public func makeDecoder() -> any SampleDecoder { LSLSampleDecoder(self) }

    public var properties: [DeviceProperty] {
        [
            .init("stream", "stream", text: header.name), .init("type", "type", text: header.type),
            .init("host", "host", text: header.host), .init("maker", "maker", text: header.maker),
            .init("serial_number", "serial number", text: header.serialNumber),
            .init("source_id", "source", text: header.sourceID), .init("format", "format", text: header.format.name),
            .init("channels", "channels", header.channelCount),
            .init("rate_hz", "rate", .number(header.nominalRate), unit: "Hz"),
        ].compactMap(\.self)
    }
}
