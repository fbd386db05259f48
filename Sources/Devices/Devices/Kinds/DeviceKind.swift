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
    private let finder: (@Sendable (DeviceSettings) throws -> [FoundDevice]?)?

    /// - Parameters:
    ///   - finder: the devices that a rule among the settings fits, nil where there is no rule; nil for a kind without rules.
    ///   - driver: makes the driver from settings, which it checks, and port; nil for a device that no rig can name.
    init(
        _ configuration: any DeviceConfiguration.Type, simulators: [String] = [], isFoundBySettings: Bool = false,
        isOnAnySerialPort: Bool = false, canBeDriven: Bool = false, usb: [KnownUSBDevice] = [],
        finder: (@Sendable (DeviceSettings) throws -> [FoundDevice]?)? = nil,
        driver: (@Sendable (DeviceSettings, String, Waker) throws(SettingsError) -> any Driver)?
    ) {
        name = configuration.kind
        self.simulators = simulators
        self.isFoundBySettings = isFoundBySettings
        self.isOnAnySerialPort = isOnAnySerialPort
        self.canBeDriven = canBeDriven
        self.usb = usb
        self.finder = finder
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

    /// The setting that is a rule.
    package static let rule = "match"
    /// Whether its settings may hold a ``rule``, which stands for every device that fits it.
    package var hasRules: Bool { finder != nil }

    /// The devices that are there now and fit the rule among a device's settings, in a fixed order.
    /// - Returns: nil where the settings hold no rule.
    /// - Throws: ``SettingsError``; `TransportError` where nothing can be looked for.
    package func find(_ settings: DeviceSettings) throws -> [FoundDevice]? { try finder?(settings) ?? nil }
}
