/// What the decoder of an Emotiv headset depends on. It is stored with recordings: neither the key nor the dongle's serial
/// number, from which the key is made, is in it.
public struct EmotivConfiguration: Codable, Sendable, Equatable {
    /// Name of the device in the rig; its streams are called "name.eeg", "name.gyroscope" and "name.contact".
    public var name: String

    public init(name: String) { self.name = name }
}
