package import Devices
import Protocols
package import Transports

extension Rig {
    /// The driver of a device, with its settings checked.
    /// - Parameter port: where the device is, from the rig or from its simulator.
    /// - Throws: ``RigError`` for a setting that the driver does not have or cannot use, `TransportError` when the system is
    ///   out of descriptors.
    package func makeDriver(_ device: Device, port: String, waker: Waker) throws -> any Driver {
        switch device.driver {
        case "cyton":
            return CytonDriver(name: device.name, port: port, setup: try cytonSetup(device), waker: waker)
        case "thinkgear":
            try check(device, known: [])
            return ThinkGearDriver(name: device.name, port: port, waker: waker)
        case "freeeeg32":
            try check(device, known: ["frame_bytes"])
            let size = try integer(
                "frame_bytes", device, in: FreeEEG32Frame.smallestSize...512, byDefault: FreeEEG32Frame.size)
            return FreeEEG32Driver(name: device.name, port: port, frameSize: size, waker: waker)
        case "rda":
            try check(device, known: [])
            return RDADriver(name: device.name, port: port, waker: waker)
        case "lsl": return try lslDriver(device, port: port, waker: waker)
        case "emotiv":
            let key = try emotivKey(device)
            try check(device, known: ["key_file"])
            return EmotivDriver(name: device.name, port: port, key: key, waker: waker)
        case "alsa":
            try check(device, known: ["rate", "channels", "format", "access"])
            let rate = try integer("rate", device, in: 8000...192_000, byDefault: 16_000)
            let channels = try integer("channels", device, in: 1...64, byDefault: 1)
            let format = try choice("format", device, ALSATransport.Format.self)
            let access = try choice("access", device, ALSATransport.Access.self) ?? .read
            return ALSADriver(
                name: device.name, port: port, rate: rate, channels: channels, format: format, access: access, waker: waker)
        default:
            try check(device, known: ["baud_rate"])
            let rate = try integer("baud_rate", device, in: 1200...4_000_000, byDefault: 921_600)
            return RigLinkDriver(name: device.name, port: port, baudRate: rate, waker: waker)
        }
    }

    func integer(
        _ key: String, _ device: Device, in range: ClosedRange<Int>, byDefault value: Int
    ) throws(RigError) -> Int {
        guard let setting = device.settings[key] else { return value }
        guard let number = setting.integer, range.contains(number) else {
            throw invalid(
                key, "\(setting)", device,
                expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func check(_ device: Device, known: [String]) throws(RigError) {
        guard let key = device.settings.keys.sorted().first(where: { !known.contains($0) }) else { return }
        throw RigError(
            file: file, line: device.line, reason: .unknownKey(key, nearest: nearestName(to: key, in: known)))
    }

    func invalid(_ key: String, _ value: String, _ device: Device, expected: String) -> RigError {
        RigError(
            file: file, line: device.line, reason: .invalidValue(key: key, value: value, expected: expected))
    }
}
