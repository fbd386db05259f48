import Transports

/// USB ids that a driver is known to fit.
public struct KnownUSBDevice: Sendable, Equatable {
    public enum Way: Sendable { case serial, bulk, hid }

    public var vendor: UInt16
    public var product: UInt16
    public var name: String
    public var drivers: [String]
    public var way: Way

    public static let all: [KnownUSBDevice] = [
        .init(
            vendor: 0x0403, product: 0x6001, name: "FTDI FT232R", drivers: ["cyton", "riglink"], way: .serial),
        .init(
            vendor: 0x0403, product: 0x6015, name: "FTDI FT231X, OpenBCI's dongle",
            drivers: ["cyton", "riglink"],
            way: .serial),
        .init(vendor: 0x21A1, product: 0x0001, name: "Emotiv EPOC dongle", drivers: ["emotiv"], way: .hid),
        .init(vendor: 0x1234, product: 0xED02, name: "Emotiv EPOC dongle, older", drivers: ["emotiv"], way: .hid),
        // pid.codes gives 1209:0001 to everybody for tests; a product takes an id of its own.
        .init(vendor: 0x1209, product: 0x0001, name: "RigLink board", drivers: ["riglink"], way: .bulk),
    ]
}

extension DeviceListing {
    /// The USB devices that are reached through libusb; serial ports are listed as such.
    static func usbDevices() -> [DeviceListing] {
        USBDeviceListing.all().compactMap { device in
            let known = KnownUSBDevice.all.first {
                Int($0.vendor) == device.vendor && Int($0.product) == device.product
            }
            if known?.way == .serial { return nil }
            return DeviceListing(device, drivers: known?.drivers ?? [])
        }
    }

    private init(_ device: USBDeviceListing, drivers: [String]) {
        kind = "usb"
        port = device.address
        description = device.description
        self.drivers = drivers
        missing =
            device.accessible || drivers.isEmpty
            ? nil
            : "permission: install the rules that `larmor devices --udev-rules` prints, and plug it in again"
    }
}
