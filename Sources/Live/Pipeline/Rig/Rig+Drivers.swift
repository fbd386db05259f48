package import Devices
package import Transports

extension Rig {
    /// The driver of a device, with its settings checked.
    /// - Parameter port: where the device is, from the rig or from its simulator.
    /// - Throws: ``RigError`` for a setting that the driver does not have or cannot use, `TransportError` when the system is
    ///   out of descriptors.
    package func makeDriver(_ device: Device, port: String, waker: Waker) throws -> any Driver {
        let settings = DeviceSettings(device.settings, device: device.name, file: file, line: device.line)
        guard let kind = DeviceKind.named(device.driver) else {
            throw RigError(
                file: file, line: device.line,
                reason: .invalidValue(
                    key: "driver", value: device.driver,
                    expected: "one of " + DeviceKind.ofRigs.map(\.name).sorted().joined(separator: ", ")))
        }
        do throws(DeviceSettingsError) {
            return try kind.makeDriver(settings, port: port, waker: waker)
        } catch {
            throw RigError(error)
        }
    }
}

extension RigError {
    init(_ error: DeviceSettingsError) {
        let reason: Reason =
            switch error.reason {
            case .unknownKey(let key, let known): .unknownKey(key, nearest: nearestName(to: key, in: known))
            case .missingKey(let key, let table): .missingKey(key, inTable: table)
            case .invalidValue(let key, let value, let expected): .invalidValue(key: key, value: value, expected: expected)
            }
        self.init(file: error.file, line: error.line, reason: reason)
    }
}
