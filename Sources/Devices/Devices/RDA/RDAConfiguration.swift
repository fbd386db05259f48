public import Protocols

/// What the decoder of an RDA stream depends on.
public struct RDAConfiguration: DeviceConfiguration {
    /// Name of the device in the rig; its streams are called "name.eeg" and "name.markers".
    public var name: String
    /// The start message that the amplifier's computer sent.
    public var start: RDAStart

    public init(name: String, start: RDAStart) {
        self.name = name
        self.start = start
    }

    public static let kind = "rda"

    public func check() throws(InvalidField) {
        try checkName()
        do throws(InvalidField) { try start.check() } catch { throw error.inside("start") }
    }

    public func makeDecoder() -> any SampleDecoder { RDASampleDecoder(self) }

    public var properties: [DeviceProperty] {
        [
            .init("channels", "channels", start.names.count), .init("rate_hz", "rate", .number(start.rate), unit: "Hz"),
            .init("resolutions_uv", "resolution", .numbers(start.resolutions), unit: "µV"),
        ]
    }

    public var unaskedLine: UnaskedLine? { UnaskedLine(greeting: start.bytes, isOnNetwork: true) }
}
