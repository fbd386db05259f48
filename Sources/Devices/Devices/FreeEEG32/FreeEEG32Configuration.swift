public import Protocols

/// What the decoder of a FreeEEG32 depends on.
public struct FreeEEG32Configuration: Codable, Sendable, Equatable {
    /// Name of the device in the rig; its stream is called "name.eeg".
    public var name: String
    /// Bytes of a frame; the firmware decides it.
    public var frameSize: Int
    public var serialNumber: String

    public init(name: String, frameSize: Int = FreeEEG32Frame.size, serialNumber: String = "") {
        self.name = name
        self.frameSize = frameSize
        self.serialNumber = serialNumber
    }
}
