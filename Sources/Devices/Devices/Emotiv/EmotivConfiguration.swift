public import Protocols

/// What the decoder of an Emotiv headset depends on. It is stored with recordings: neither the key nor the dongle's serial
/// number, from which the key is made, is in it.
public struct EmotivConfiguration: DeviceConfiguration {
    /// Name of the device in the rig; its streams are called "name.eeg", "name.gyroscope" and "name.contact".
    public var name: String

    public init(name: String) { self.name = name }

    public static let kind = "emotiv"

    public func check() throws(InvalidField) { try checkName() }

    public func makeDecoder() -> any SampleDecoder { EmotivSampleDecoder(self) }
}
