import Devices
public import Reservoirs
import Settings
import Transports

extension Rig.Device {
    /// Whether its driver may take a drive.
    public var canBeDriven: Bool { DeviceKind.named(driver)?.canBeDriven == true }
}

extension Rig {
    /// Opens a device of this rig as a reservoir of its own, outside of a live run.
    /// - Throws: `TransportError` when it is absent or has no drive stream.
    public func makeReservoir(_ device: Device, port: String) throws -> any Reservoir {
        let waker = try Waker()
        let driver = try makeDriver(device, port: port, waker: waker)
        guard device.canBeDriven else {
            let names = DeviceKind.ofRigs.filter(\.canBeDriven).map(\.name)
            throw SettingsError(
                file: file, line: device.line,
                reason: .invalidValue(
                    key: "driver", value: device.driver, expected: "\(names.joined(separator: " or ")), for a reservoir"))
        }
        let runner = DeviceRunner(name: device.name, driver: driver, waker: waker)
        return try RigLinkReservoir(name: device.name, driver: driver, runner: runner)
    }
}
