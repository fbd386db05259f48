import Settings
import Transports

extension DeviceKind {
    public static let thinkgear = DeviceKind(
        ThinkGearConfiguration.self, simulators: ["thinkgear"], isOnAnySerialPort: true, usb: [.ft231X, .ft232R],
        driver: ThinkGearDriver.init(settings:port:waker:))
}

extension DecoderConfiguration {
    public static func thinkgear(_ configuration: ThinkGearConfiguration) -> Self { .init(configuration) }
}

extension ThinkGearDriver {
    /// - Throws: any setting; the module has none.
    convenience init(settings: DeviceSettings, port: String, waker: Waker) throws(SettingsError) {
        try settings.allow([])
        self.init(name: settings.device, port: port, waker: waker)
    }
}
