public import Transports

/// What the decoder of a sound device depends on.
public struct ALSAConfiguration: Codable, Sendable, Equatable {
    /// Name of the device in the rig; its stream is called "name.audio".
    public var name: String
    public var port: String
    public var format: ALSATransport.Format
    /// Frames per second, as negotiated.
    public var rate: Int
    public var channels: Int
    /// As negotiated; nil in recordings that do not tell.
    public var access: ALSATransport.Access?
    public var timeStamps: ALSATransport.TimeStamps?
    /// Frames of one delivery, and frames that the card keeps before it loses some.
    public var periodFrames: Int?
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
}
