public import Transports

/// A device that is plugged in, and the driver that fits.
public struct DeviceListing: Codable, Sendable, Equatable {
    public var kind: String
    /// What a rig file's `port` would be.
    public var port: String
    public var description: String
    /// Driver names for a rig file, the likeliest first; empty when none is known to fit.
    public var drivers: [String]
    /// What has to be done before it can be used, or to use it well.
    public var missing: String?
    /// "vendor:product" in hexadecimal digits, for devices on USB.
    public var usbId: String?
    public var serialNumber: String?
    /// Milliseconds for which an FTDI chip gathers bytes; a driver that opens the port sets 1 where this user may.
    public var latencyTimerMs: Int?

    private static let udevRemedy = "install the rules that `larmor devices --udev-rules` prints, and plug it in again"

    /// Looks at the serial ports, the USB devices that are neither serial ports nor sound cards, and the capture devices of this
    /// machine.
    public static func all() -> [DeviceListing] {
        let serial = SerialPortListing.all().map { DeviceListing($0) }
        let audio = AudioCaptureListing.all().map { DeviceListing($0) }
        let shown = Set((serial + audio).compactMap(\.usbId))
        let usb = USBDeviceListing.all().map { DeviceListing($0) }.filter { device in
            KnownUSBDevice.named(device.usbId)?.way != .serial && !shown.contains(device.usbId ?? "")
        }
        return serial + usb + audio
    }

    public init(_ port: SerialPortListing) {
        kind = "serial"
        self.port = port.port
        description = port.description
        usbId = Self.id(port.usbVendor, port.usbProduct)
        serialNumber = port.serialNumber
        // The list of kinds ends with the ones that fit any board.
        drivers =
            KnownUSBDevice.named(usbId)?.drivers ?? DeviceKind.all.reversed().filter(\.isOnAnySerialPort).map(\.name)
        missing = port.accessible ? nil : "permission: add this user to the group dialout and log in again"
        if let timer = FTDILatencyTimer(port: port.port) {
            latencyTimerMs = timer.milliseconds
            if missing == nil, timer.milliseconds > 1, !timer.isSettable {
                missing = "low delay, 1 ms instead of \(timer.milliseconds): \(Self.udevRemedy)"
            }
        }
    }

    public init(_ device: USBDeviceListing) {
        kind = "usb"
        description = device.description
        usbId = Self.id(device.vendor, device.product)
        serialNumber = device.serialNumber
        let known = KnownUSBDevice.named(usbId)
        drivers = known?.drivers ?? []
        // From an Emotiv dongle's serial number its key can be made, and rigs are stored with recordings: its port goes without.
        port = known?.way == .hid ? "usb:" + (usbId ?? "") : device.address
        missing = device.accessible || drivers.isEmpty ? nil : "permission: \(Self.udevRemedy)"
    }

    public init(_ audio: AudioCaptureListing) {
        kind = "audio"
        port = audio.port
        description = audio.description
        usbId = Self.id(audio.usbVendor, audio.usbProduct)
        serialNumber = audio.serialNumber
        drivers = ["alsa"]
        missing = audio.accessible ? nil : "permission: add this user to the group audio and log in again"
    }

    private static func id(_ vendor: Int?, _ product: Int?) -> String? {
        guard let vendor = vendor.flatMap({ UInt16(exactly: $0) }), let product = product.flatMap({ UInt16(exactly: $0) })
        else { return nil }
        return USBAddress.hex(vendor) + ":" + USBAddress.hex(product)
    }
}
