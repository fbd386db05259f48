public import Protocols

/// What the decoder of a Cyton depends on.
public struct CytonConfiguration: DeviceConfiguration {
    /// Name of the device in the rig; its streams are called "name.eeg", "name.accelerometer", ….
    public var name: String
    /// One per channel, of `CytonScale.gains`: eight, or sixteen with a Daisy.
    public var gains: [Int]
    /// As the start-up text has it.
    public var firmware: String
    public var serialNumber: String
    /// What the auxiliary bytes carry; nil in recordings from before there was a choice: the accelerometer.
    public var auxiliary: CytonAuxiliary?
    /// Whether the board stamps its packets with its clock.
    public var timeStamps: Bool?
    /// Milliseconds that a level of a digital pin must last to count; nil where the pins' changes are no events: in other modes, and in
    /// recordings from before there were any.
    public var debounceMs: Double?
    /// Whether the accelerometer's stream holds its readings alone, at irregular times. nil in recordings from before: the stream has a
    /// frame for each frame of the EEG, with zeros between two readings.
    public var readingsOnly: Bool?

    public init(
        name: String, gains: [Int], firmware: String, serialNumber: String = "",
        auxiliary: CytonAuxiliary = .accelerometer, timeStamps: Bool = false, debounceMs: Double? = nil,
        readingsOnly: Bool? = nil
    ) {
        self.name = name
        self.gains = gains
        self.firmware = firmware
        self.serialNumber = serialNumber
        self.auxiliary = auxiliary
        self.timeStamps = timeStamps
        self.debounceMs = debounceMs
        self.readingsOnly = readingsOnly
    }

    /// Whether the accelerometer's stream is irregular.
    var hasReadings: Bool { readingsOnly == true && (auxiliary ?? .accelerometer) == .accelerometer }

    /// Whether there are channels 9–16.
    public var hasDaisy: Bool { gains.count > CytonPacket.channels }

    public static let kind = "cyton"

    /// - Throws: other than eight gains or sixteen, or one that the board does not have.
    public func check() throws(InvalidField) {
        try checkName()
        try checkDebounce(debounceMs)
        guard gains.count == CytonPacket.channels || gains.count == 2 * CytonPacket.channels else {
            throw InvalidField("gains", found: "\(gains.count) numbers", expected: "eight, or sixteen with a Daisy")
        }
        for (index, gain) in gains.enumerated() where !CytonScale.gains.contains(gain) {
            let known = CytonScale.gains.map(String.init).joined(separator: ", ")
            throw InvalidField("gains[\(index)]", found: "\(gain)", expected: "one of \(known)")
        }
    }

    public func makeDecoder() -> any SampleDecoder { CytonSampleDecoder(self) }

    public var properties: [DeviceProperty] {
        [
            .init("firmware", "firmware", text: firmware), .init("serial_number", "serial number", text: serialNumber),
            .init("channels", "channels", gains.count), .init("gains", "gain", .numbers(gains.map(Double.init))),
            .init("auxiliary", "auxiliary", text: (auxiliary ?? .accelerometer).rawValue),
            .init("time_stamps", "time stamps of the board", .flag(timeStamps ?? false)),
            debounceMs.map { .init("debounce_ms", "debounce", .number($0), unit: "ms") },
        ].compactMap(\.self)
    }
}
