import Protocols
import Settings
import Transports

extension DeviceKind {
    public static let freeeeg32 = DeviceKind(
        FreeEEG32Configuration.self, simulators: ["freeeeg32"], usb: [.stm32],
        driver: FreeEEG32Driver.init(settings:port:waker:))
}

extension DecoderConfiguration {
    public static func freeeeg32(_ configuration: FreeEEG32Configuration) -> Self { .init(configuration) }
}

extension FreeEEG32Driver {
    /// - Throws: a setting that the board does not have or cannot use.
    convenience init(settings: DeviceSettings, port: String, waker: Waker) throws(SettingsError) {
        try settings.allow(["frame_bytes"])
        let size = try settings.integer(
            "frame_bytes", in: FreeEEG32Configuration.frameSizes, byDefault: FreeEEG32Frame.size)
        self.init(name: settings.device, port: port, frameSize: size, waker: waker)
    }
}
