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
        try settings.allow(["baud_rate", "debounce_ms", "drive_largest", "drive_slew", "drive_safe"])
        let rate = try settings.integer("baud_rate", in: 1200...4_000_000, byDefault: 921_600)
        self.init(
            name: settings.device, port: port, baudRate: rate, debounceMs: try settings.debounceMs(),
            limits: try settings.driveLimits(), waker: waker)
    }
}

extension DeviceSettings {
    /// Limits of a drive, in the unit of the device's drive stream.
    fileprivate func driveLimits() throws(SettingsError) -> DriveLimits {
        func number(_ key: String, _ expected: String, _ isFit: (Float) -> Bool) throws(SettingsError) -> Float? {
            guard let setting = self[key] else { return nil }
            // As it is sent: a number beyond the range of 32 bits is none.
            guard let value = setting.number.map({ Float($0) }), value.isFinite, isFit(value) else {
                throw invalid(key, "\(setting)", expected: expected)
            }
            return value
        }
        let largest = try number("drive_largest", "a number above 0, in the unit of the drive") { $0 > 0 }
        let slew = try number("drive_slew", "a number above 0, in the unit of the drive for each frame") {
            $0 > 0 && $0.isFinite
        }
        let limit = largest ?? .infinity
        let safe = try number("drive_safe", "a number within drive_largest") { abs($0) <= limit }
        return DriveLimits(largest: limit, slew: slew ?? .infinity, safe: safe)
    }
}
