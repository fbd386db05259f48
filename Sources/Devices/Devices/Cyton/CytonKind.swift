import Protocols
import Settings
import Transports

extension DeviceKind {
    public static let cyton = DeviceKind(
        CytonConfiguration.self, simulators: ["cyton"], usb: [.ft231X, .ft232R],
        driver: CytonDriver.init(settings:port:waker:))
}

extension DecoderConfiguration {
    public static func cyton(_ configuration: CytonConfiguration) -> Self { .init(configuration) }
}

extension CytonDriver {
    /// - Throws: a setting that a Cyton does not have or cannot use.
    convenience init(settings: DeviceSettings, port: String, waker: Waker) throws(SettingsError) {
        let setup = try CytonSetup(settings)
        let debounceMs = try settings.debounceMs()
        if let debounce = settings["debounce_ms"], setup.auxiliary != .digital {
            throw settings.invalid("debounce_ms", "\(debounce)", expected: "none without auxiliary = \"digital\"")
        }
        self.init(name: settings.device, port: port, setup: setup, debounceMs: debounceMs, waker: waker)
    }
}

extension CytonSetup {
    init(_ settings: DeviceSettings) throws(SettingsError) {
        try settings.allow([
            "gain", "gains", "off", "lead_off", "test_signal", "auxiliary", "debounce_ms", "time_stamps", "daisy",
        ])
        let daisy = try settings.choice("daisy", Daisy.self) ?? .automatic
        self.init(
            gains: try settings.gains(), off: try settings.channels("off"), leadOff: try settings.channels("lead_off"),
            testSignal: try settings.choice("test_signal", CytonTestSignal.self),
            auxiliary: try settings.choice("auxiliary", CytonAuxiliary.self) ?? .accelerometer,
            timeStamps: try settings.boolean("time_stamps") ?? false, daisy: daisy)
    }
}

extension DeviceSettings {
    fileprivate func gains() throws(SettingsError) -> [Int] {
        var gains = [try integer("gain", in: 1...24, byDefault: 24)]
        if let list = self["gains"] {
            let values = (list.list ?? []).compactMap(\.integer)
            guard values.count == CytonPacket.channels || values.count == 2 * CytonPacket.channels else {
                throw invalid("gains", "\(list)", expected: "a list of eight gains, or of sixteen with a Daisy")
            }
            gains = values
        }
        guard let wrong = gains.first(where: { !CytonScale.gains.contains($0) }) else { return gains }
        throw invalid("gain", "\(wrong)", expected: "one of 1, 2, 4, 6, 8, 12, 24")
    }

    /// A list of channels, from 1.
    fileprivate func channels(_ key: String) throws(SettingsError) -> [Int] {
        guard let setting = self[key] else { return [] }
        let values = (setting.list ?? []).compactMap(\.integer)
        guard let list = setting.list, values.count == list.count, values.allSatisfy({ (1...16).contains($0) })
        else { throw invalid(key, "\(setting)", expected: "a list of channels from 1 to 16") }
        return values
    }
}
