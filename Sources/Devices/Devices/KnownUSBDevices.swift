import Transports

/// USB ids behind which a device is known to be.
public struct KnownUSBDevice: Sendable, Equatable {
    /// How its bytes come: through a serial port of the system, bulk transfers, or HID reports.
    public enum Way: Sendable { case serial, bulk, hid }

    /// USB vendor number.
    public var vendor: UInt16
    /// USB product number.
    public var product: UInt16
    /// For people.
    public var name: String
    public var way: Way

    /// Those of all kinds, each once.
    public static let all: [KnownUSBDevice] = DeviceKind.all.flatMap(\.usb).reduce(into: []) { all, device in
        if !all.contains(where: { $0.id == device.id }) { all.append(device) }
    }

    // Chips that stand in the devices of several kinds.
    static let ft231X = KnownUSBDevice(
        vendor: 0x0403, product: 0x6015, name: "FTDI FT231X, OpenBCI's dongle", way: .serial)
    static let ft232R = KnownUSBDevice(vendor: 0x0403, product: 0x6001, name: "FTDI FT232R", way: .serial)
    static let stm32 = KnownUSBDevice(
        vendor: 0x0483, product: 0x5740, name: "STM32 virtual port, FreeEEG32", way: .serial)
}

extension KnownUSBDevice {
    /// "vendor:product", four hexadecimal digits each, as lsusb writes it.
    public var id: String { USBAddress.hex(vendor) + ":" + USBAddress.hex(product) }

    /// Drivers that fit, by their names in rig files, the likeliest first.
    public var drivers: [String] {
        DeviceKind.all.filter { kind in kind.usb.contains { $0.id == id } }.map(\.name)
    }

    static func named(_ id: String?) -> KnownUSBDevice? { all.first { $0.id == id } }
}
