import Devices
import Protocols
import Transports

extension Rig {
    /// The driver of a device, with its settings checked.
    /// - Parameter port: where the device is, from the rig or from its simulator.
    /// - Throws: ``RigError`` for a setting that the driver does not have or cannot use, `TransportError` when the system is
    ///   out of descriptors.
    func makeDriver(_ device: Device, port: String, waker: Waker) throws -> any Driver {
        switch device.driver {
        case "cyton":
            try check(device, known: ["gain", "gains"])
            return CytonDriver(name: device.name, port: port, gains: try gains(device), waker: waker)
        case "alsa":
            try check(device, known: ["rate", "channels"])
            let rate = try integer("rate", device, in: 8000...192_000, byDefault: 16_000)
            let channels = try integer("channels", device, in: 1...64, byDefault: 1)
            return ALSADriver(name: device.name, port: port, rate: rate, channels: channels)
        default:
            try check(device, known: ["baud_rate"])
            let rate = try integer("baud_rate", device, in: 1200...4_000_000, byDefault: 921_600)
            return RigLinkDriver(name: device.name, port: port, baudRate: rate, waker: waker)
        }
    }

    private func gains(_ device: Device) throws(RigError) -> [Int] {
        let gain = try integer("gain", device, in: 1...24, byDefault: 24)
        var gains = [Int](repeating: gain, count: CytonPacket.channels)
        if let list = device.settings["gains"] {
            let values = (list.list ?? []).compactMap(\.integer)
            guard values.count == CytonPacket.channels else {
                throw invalid("gains", "\(list)", device, expected: "a list of eight gains")
            }
            gains = values
        }
        guard let wrong = gains.first(where: { !CytonScale.gains.contains($0) }) else { return gains }
        throw invalid("gain", "\(wrong)", device, expected: "one of 1, 2, 4, 6, 8, 12, 24")
    }

    private func integer(
        _ key: String, _ device: Device, in range: ClosedRange<Int>, byDefault value: Int
    ) throws(RigError) -> Int {
        guard let setting = device.settings[key] else { return value }
        guard let number = setting.integer, range.contains(number) else {
            throw invalid(key, "\(setting)", device, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private func check(_ device: Device, known: [String]) throws(RigError) {
        guard let key = device.settings.keys.sorted().first(where: { !known.contains($0) }) else { return }
        throw RigError(
            file: file, line: device.line, reason: .unknownKey(key, nearest: nearestName(to: key, in: known)))
    }

    private func invalid(_ key: String, _ value: String, _ device: Device, expected: String) -> RigError {
        RigError(
            file: file, line: device.line, reason: .invalidValue(key: key, value: value, expected: expected))
    }
}
