import Settings
import Transports

extension DeviceKind {
    public static let alsa = DeviceKind(
        ALSAConfiguration.self, simulators: ["microphone"],
        driver: ALSADriver.init(settings:port:waker:))
}

extension DecoderConfiguration {
    public static func alsa(_ configuration: ALSAConfiguration) -> Self { .init(configuration) }
}

extension ALSADriver {
    /// - Throws: a setting that a sound card does not have or cannot use.
    convenience init(settings: DeviceSettings, port: String, waker: Waker) throws(SettingsError) {
        try settings.allow(["rate", "channels", "format", "access"])
        let rate = try settings.integer("rate", in: ALSAConfiguration.rates, byDefault: 16_000)
        let channels = try settings.integer("channels", in: ALSAConfiguration.channelCounts, byDefault: 1)
        let format = try settings.choice("format", ALSATransport.Format.self)
        let access = try settings.choice("access", ALSATransport.Access.self) ?? .read
        self.init(
            name: settings.device, port: port, rate: rate, channels: channels, format: format, access: access, waker: waker)
    }
}
