public import Protocols

/// What the decoder of an LSL stream depends on.
public struct LSLConfiguration: Codable, Sendable, Equatable {
    /// Name of the device in the rig; its stream is called "name.eeg", "name.markers", … after the stream's type.
    public var name: String
    public var header: LSLStreamHeader
    /// The unit of all channels, in place of what the stream says; nil to believe the stream.
    public var unit: String?
    /// A step of the stamps that is this many seconds longer than the rate allows is a hole in a regular stream.
    public var gapSeconds: Double

    public static let defaultGapSeconds = 0.5

    public init(
        name: String, header: LSLStreamHeader, unit: String? = nil, gapSeconds: Double = defaultGapSeconds
    ) {
        self.name = name
        self.header = header
        self.unit = unit
        self.gapSeconds = gapSeconds
    }
}
