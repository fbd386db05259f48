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
            vendor: 0x0403, product: 0x6015, name: "FTDI FT231X, OpenBCI's dongle",
            drivers: ["cyton", "thinkgear", "riglink"], way: .serial),
        .init(
            vendor: 0x0403, product: 0x6001, name: "FTDI FT232R", drivers: ["cyton", "thinkgear", "riglink"], way: .serial),
        .init(
            vendor: 0x0483, product: 0x5740, name: "STM32 virtual port, FreeEEG32", drivers: ["freeeeg32", "riglink"],
            way: .serial),
        .init(vendor: 0x21A1, product: 0x0001, name: "Emotiv EPOC dongle", drivers: ["emotiv"], way: .hid),
        .init(vendor: 0x1234, product: 0xED02, name: "Emotiv EPOC dongle, older", drivers: ["emotiv"], way: .hid),
        // pid.codes gives 1209:0001 to everybody for tests; a product takes an id of its own.
        .init(vendor: 0x1209, product: 0x0001, name: "RigLink board", drivers: ["riglink"], way: .bulk),
    ]
}

extension KnownUSBDevice {
    /// "vendor:product", four hexadecimal digits each, as lsusb writes it.
    public var id: String { USBAddress.hex(vendor) + ":" + USBAddress.hex(product) }

    static func named(_ id: String?) -> KnownUSBDevice? { all.first { $0.id == id } }
}
