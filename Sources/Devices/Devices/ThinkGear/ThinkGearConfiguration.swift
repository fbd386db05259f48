public import Protocols

/// What the decoder of a ThinkGear module depends on.
public struct ThinkGearConfiguration: DeviceConfiguration {
    /// Name of the device in the rig; its streams are called "name.eeg" and "name.status".
    public var name: String
    public var serialNumber: String

    public init(name: String, serialNumber: String = "") {
        self.name = name
        self.serialNumber = serialNumber
    }

    public static let kind = "thinkgear"

    public func check() throws(InvalidField) { try checkName() }

    public func makeDecoder() -> any SampleDecoder { ThinkGearSampleDecoder(self) }

    public var properties: [DeviceProperty] {
        [.init("serial_number", "serial number", text: serialNumber)].compactMap(\.self)
    }

    public var unaskedLine: UnaskedLine? { UnaskedLine() }
}
