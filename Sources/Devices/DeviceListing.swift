import Transports

/// A device that is plugged in, and the driver that fits.
public struct DeviceListing: Codable, Sendable, Equatable {
    public var kind: String
    public var port: String
    public var description: String
    /// Driver names for a rig file; empty when none is known to fit.
    public var drivers: [String]
    /// What has to be done before it can be used, or to use it well.
    public var missing: String?
    /// "vendor:product" in hexadecimal digits, for devices on USB.
    public var usbId: String?
    public var serialNumber: String?
    /// Milliseconds for which an FTDI chip gathers bytes; a driver that opens the port sets 1 where this user may.
    public var latencyTimerMs: Int?

    /// Looks at the serial ports, the USB devices that are no serial ports, and the capture devices of this machine.
    public static func all() -> [DeviceListing] {
        SerialPortListing.all().map(Self.init) + usbDevices() + AudioCaptureListing.all().map(Self.init)
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
            usbId = "\(hex(vendor)):\(hex(product))"
            text += " " + (usbId ?? "")
        }
        serialNumber = port.serialNumber
        if let serial = port.serialNumber { text += " \(serial)" }
        description = text
        drivers = Self.drivers(usbId: usbId)
        missing = port.accessible ? nil : "permission: add this user to the group dialout and log in again"
        if let timer = FTDILatencyTimer(port: port.port) {
            latencyTimerMs = timer.milliseconds
            if missing == nil, timer.milliseconds > 1, !timer.isSettable {
                missing = "low delay: as root, write 1 to the port's latency_timer (it is \(timer.milliseconds) ms)"
            }
        }
    }

    /// Drivers that may fit, the likeliest first.
    static func drivers(usbId: String?) -> [String] {
        switch usbId {
        // The Cyton's dongle has an FTDI FT231X or FT232R.
        case "0403:6015", "0403:6001": ["cyton", "thinkgear", "riglink"]
        // A virtual port of an STM32, as on the FreeEEG32.
        case "0483:5740": ["freeeeg32", "riglink"]
        default: ["riglink", "thinkgear"]
        }
    }

    init(_ audio: AudioCaptureListing) {
        kind = "audio"
        port = audio.port
        description = audio.description
        drivers = ["alsa"]
        missing = nil
    }
}
