package import Devices
import Settings
package import Transports

extension Rig {
    /// The driver of a device, with its settings checked.
    /// - Parameter port: where the device is, from the rig or from its simulator.
    /// - Throws: ``SettingsError`` for a setting that the driver does not have or cannot use, `TransportError` when the system is
    ///   out of descriptors.
    package func makeDriver(_ device: Device, port: String, waker: Waker) throws -> any Driver {
        let settings = DeviceSettings(
            device.settings, device: device.name, file: file, line: device.line, lines: device.settingLines)
        guard let kind = DeviceKind.named(device.driver) else {
            throw SettingsError(
                file: file, line: device.line,
                reason: .invalidValue(
                    key: "driver", value: device.driver,
                    expected: "one of " + DeviceKind.ofRigs.map(\.name).sorted().joined(separator: ", ")))
        }
        return try kind.makeDriver(settings, port: port, waker: waker)
    }
}
