import Settings
import Transports

extension DeviceKind {
    public static let riglink = DeviceKind(
        RigLinkConfiguration.self, simulators: ["film", "lines"], isOnAnySerialPort: true, canBeDriven: true,
        usb: [
            .ft231X, .ft232R, .stm32,
            // pid.codes gives 1209:0001 to everybody for tests; a product takes an id of its own.
            .init(vendor: 0x1209, product: 0x0001, name: "RigLink board", way: .bulk),
        ],
        driver: RigLinkDriver.init(settings:port:waker:))
}

extension DecoderConfiguration {
    public static func riglink(_ configuration: RigLinkConfiguration) -> Self { .init(configuration) }
}

extension RigLinkDriver {
    /// - Throws: a setting that a serial line does not have or cannot use.
    convenience init(settings: DeviceSettings, port: String, waker: Waker) throws(SettingsError) {
        try settings.allow(["baud_rate", "debounce_ms"])
        let rate = try settings.integer("baud_rate", in: 1200...4_000_000, byDefault: 921_600)
        self.init(name: settings.device, port: port, baudRate: rate, debounceMs: try settings.debounceMs(), waker: waker)
    }
}
