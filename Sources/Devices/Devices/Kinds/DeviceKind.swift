public import Settings
public import Transports

/// One kind of device: everything that the rest of the program has to know of it.
///
/// A value stands in each device's folder; ``all`` is the only other place that knows it.
public struct DeviceKind: Sendable {
    /// As `driver` in a rig file, and as the key of stored configurations.
    public let name: String
    /// The simulators that can stand in for it, as `simulator` in a rig file.
    public let simulators: [String]
    /// Whether its settings can say which device is meant, so that a rig may leave out its port.
    public let isFoundBySettings: Bool
    /// Whether it may be on a serial port that says nothing of what is behind it.
    public let isOnAnySerialPort: Bool
    /// Whether its driver may offer a ``DriveDoor``.
    public let canBeDriven: Bool
    /// USB devices that it is known to be behind.
    public let usb: [KnownUSBDevice]
    /// What its decoder depends on.
    public let configuration: any DeviceConfiguration.Type
    private let driver: (@Sendable (DeviceSettings, String, Waker) throws(SettingsError) -> any Driver)?

    /// - Parameter driver: makes the driver from settings, which it checks, and port; nil for a device that no rig can name.
    init(
        _ configuration: any DeviceConfiguration.Type, simulators: [String] = [], isFoundBySettings: Bool = false,
        isOnAnySerialPort: Bool = false, canBeDriven: Bool = false, usb: [KnownUSBDevice] = [],
        driver: (@Sendable (DeviceSettings, String, Waker) throws(SettingsError) -> any Driver)?
    ) {
        name = configuration.kind
        self.simulators = simulators
        self.isFoundBySettings = isFoundBySettings
        self.isOnAnySerialPort = isOnAnySerialPort
        self.canBeDriven = canBeDriven
        self.usb = usb
        self.configuration = configuration
        self.driver = driver
    }

    /// The kinds, the likelier first where one USB chip is in several, and those of other programs after those of one device.
    public static let all: [DeviceKind] = [
        .cyton, .thinkgear, .freeeeg32, .emotiv, .rda, .alsa, .lsl, .riglink, .console,
    ]

    /// Those that a rig file can name.
    public static let ofRigs = all.filter { $0.driver != nil }

    /// The kind with a name; nil for an unknown one.
    public static func named(_ name: String) -> DeviceKind? { all.first { $0.name == name } }

    /// The driver of a device, with its settings checked. Nothing is opened.
    /// - Parameters:
    ///   - settings: the device's table in the rig file.
    ///   - port: where the device is, from the rig or from its simulator.
    ///   - waker: ends a wait when the device is to stop.
    /// - Throws: a setting that the driver does not have or cannot use.
    public func makeDriver(_ settings: DeviceSettings, port: String, waker: Waker) throws(SettingsError) -> any Driver {
        guard let driver else {
            throw settings.invalid("driver", name, expected: "one of " + Self.ofRigs.map(\.name).joined(separator: ", "))
        }
        return try driver(settings, port, waker)
    }
}
