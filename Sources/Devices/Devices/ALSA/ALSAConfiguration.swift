public import Protocols
public import Transports

/// What the decoder of a sound device depends on.
public struct ALSAConfiguration: DeviceConfiguration {
    /// Name of the device in the rig; its stream is called "name.audio".
    public var name: String
    /// ALSA name of the device.
    public var port: String
    public var format: ALSATransport.Format
    /// Frames per second, as negotiated.
    public var rate: Int
    /// As negotiated.
    public var channels: Int
    /// As negotiated; nil in recordings that do not tell.
    public var access: ALSATransport.Access?
    /// Whose clock stamped the blocks; nil in recordings that do not tell.
    public var timeStamps: ALSATransport.TimeStamps?
    /// Frames of one delivery, and frames that the card keeps before it loses some.
    public var periodFrames: Int?
    /// Frames that the card keeps; nil likewise.
    public var bufferFrames: Int?

    public init(
        name: String, port: String, format: ALSATransport.Format, rate: Int, channels: Int,
        access: ALSATransport.Access? = nil, timeStamps: ALSATransport.TimeStamps? = nil, periodFrames: Int? = nil,
        bufferFrames: Int? = nil
    ) {
        self.name = name
        self.port = port
        self.format = format
        self.rate = rate
        self.channels = channels
        self.access = access
        self.timeStamps = timeStamps
        self.periodFrames = periodFrames
        self.bufferFrames = bufferFrames
    }

    /// The device in words, with what was negotiated.
    var device: String {
        let words = [format.rawValue, access?.rawValue, timeStamps.map { "time stamps of the \($0.rawValue)" }]
        return "ALSA \(port) (\(words.compactMap(\.self).joined(separator: ", ")))"
    }

    public static let kind = "alsa"

    /// Frames per second that a rig may ask for, and channels.
    static let rates = 8000...192_000
    static let channelCounts = 1...64

    /// - Throws: a rate or a number of channels that no rig can ask for.
    public func check() throws(InvalidField) {
        try checkName()
        guard Self.rates.contains(rate) else {
            throw InvalidField(
                "rate", found: "\(rate)", expected: "\(Self.rates.lowerBound) to \(Self.rates.upperBound)")
        }
        guard Self.channelCounts.contains(channels) else {
            throw InvalidField(
                "channels", found: "\(channels)",
                expected: "\(Self.channelCounts.lowerBound) to \(Self.channelCounts.upperBound)")
        }
    }

    public func makeDecoder() -> any SampleDecoder { ALSASampleDecoder(self) }

    public var properties: [DeviceProperty] {
        [
            .init("format", "format", text: format.rawValue), .init("rate_hz", "rate", rate, unit: "Hz"),
            .init("channels", "channels", channels), .init("access", "access", text: access?.rawValue ?? ""),
            periodFrames.map { .init("period_frames", "period", $0, unit: "frames") },
            bufferFrames.map { .init("buffer_frames", "buffer", $0, unit: "frames") },
            .init("time_stamps", "time stamps of the", text: timeStamps?.rawValue ?? ""),
        ].compactMap(\.self)
    }
}
