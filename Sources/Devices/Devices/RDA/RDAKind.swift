import Settings
import Transports

extension DeviceKind {
    public static let rda = DeviceKind(
        RDAConfiguration.self, simulators: ["rda"],
        driver: RDADriver.init(settings:port:waker:))
}

extension DecoderConfiguration {
    public static func rda(_ configuration: RDAConfiguration) -> Self { .init(configuration) }
}

extension RDADriver {
    /// - Throws: any setting; Recorder says all of itself.
    convenience init(settings: DeviceSettings, port: String, waker: Waker) throws(SettingsError) {
        try settings.allow([])
        self.init(name: settings.device, port: port, waker: waker)
    }
}
