/// What the decoder of a ThinkGear module depends on.
public struct ThinkGearConfiguration: Codable, Sendable, Equatable {
    /// Name of the device in the rig; its streams are called "name.eeg" and "name.status".
    public var name: String
    public var serialNumber: String

    public init(name: String, serialNumber: String = "") {
        self.name = name
        self.serialNumber = serialNumber
    }
}
