public import Protocols

/// What the decoder of an RDA stream depends on.
public struct RDAConfiguration: Codable, Sendable, Equatable {
    /// Name of the device in the rig; its streams are called "name.eeg" and "name.markers".
    public var name: String
    /// The start message that the amplifier's computer sent.
    public var start: RDAStart

    public init(name: String, start: RDAStart) {
        self.name = name
        self.start = start
    }
}
