public import Protocols

/// What the decoder of a Cyton depends on.
public struct CytonConfiguration: Codable, Sendable, Equatable {
    /// Name of the device in the rig; its streams are called "name.eeg", "name.accelerometer", ….
    public var name: String
    /// One per channel, of ``CytonScale/gains``: eight, or sixteen with a Daisy.
    public var gains: [Int]
    public var firmware: String
    public var serialNumber: String
    /// What the auxiliary bytes carry; nil in recordings from before there was a choice: the accelerometer.
    public var auxiliary: CytonAuxiliary?
    /// Whether the board stamps its packets with its clock.
    public var timeStamps: Bool?

    public init(
        name: String, gains: [Int], firmware: String, serialNumber: String = "",
        auxiliary: CytonAuxiliary = .accelerometer, timeStamps: Bool = false
    ) {
        self.name = name
        self.gains = gains
        self.firmware = firmware
        self.serialNumber = serialNumber
        self.auxiliary = auxiliary
        self.timeStamps = timeStamps
    }

    public var hasDaisy: Bool { gains.count > CytonPacket.channels }
}
