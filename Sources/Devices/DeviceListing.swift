import Transports

/// A device that is plugged in, and the driver that fits.
public struct DeviceListing: Codable, Sendable, Equatable {
    public var kind: String
    public var port: String
    public var description: String
    /// Driver names for a rig file; empty when none is known to fit.
    public var drivers: [String]
    /// What has to be done before it can be used.
    public var missing: String?

    /// Looks at the serial ports and the capture devices of this machine.
    public static func all() -> [DeviceListing] {
        SerialPortListing.all().map(Self.init) + AudioCaptureListing.all().map(Self.init)
    }

    init(_ port: SerialPortListing) {
        kind = "serial"
        self.port = port.port
        let hex = { (value: Int) in
            let text = String(value, radix: 16)
            return String(repeating: "0", count: max(0, 4 - text.count)) + text
        }
        var text = port.description
        if let vendor = port.usbVendor, let product = port.usbProduct {
            text += " \(hex(vendor)):\(hex(product))"
        }
        if let serial = port.serialNumber { text += " \(serial)" }
        description = text
        // The Cyton's dongle is an FTDI FT231X or FT232R; any other serial port may carry RigLink.
        drivers = port.usbVendor == 0x0403 ? ["cyton", "riglink"] : ["riglink"]
        missing = port.accessible ? nil : "permission: add this user to the group dialout and log in again"
    }

    init(_ audio: AudioCaptureListing) {
        kind = "audio"
        port = audio.port
        description = audio.description
        drivers = ["alsa"]
        missing = nil
    }
}
