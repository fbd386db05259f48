import Foundation
import Glibc

/// A USB device of this machine, as the kernel describes it in /sys; nothing is opened for it.
public struct USBDeviceListing: Codable, Sendable, Equatable {
    /// As ``USBAddress`` reads it.
    public var address: String
    /// USB vendor number.
    public var vendor: Int
    /// USB product number.
    public var product: Int
    public var description: String
    public var serialNumber: String?
    /// Whether it has an interface of class 0xFF, which no kernel driver claims by its class.
    public var isVendorSpecific: Bool
    /// Whether this user may open it.
    public var accessible: Bool

    public init(
        address: String, vendor: Int, product: Int, description: String, serialNumber: String?, isVendorSpecific: Bool,
        accessible: Bool
    ) {
        self.address = address
        self.vendor = vendor
        self.product = product
        self.description = description
        self.serialNumber = serialNumber
        self.isVendorSpecific = isVendorSpecific
        self.accessible = accessible
    }

    /// Everything but hubs.
    public static func all() -> [USBDeviceListing] {
        let folder = "/sys/bus/usb/devices"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().compactMap { name in
            let path = folder + "/" + name
            guard !name.contains(":"), let vendor = SystemFile.number(path + "/idVendor", radix: 16),
                let product = SystemFile.number(path + "/idProduct", radix: 16),
                SystemFile.number(path + "/bDeviceClass", radix: 16) != 9
            else { return nil }
            let serial = SystemFile.text(path + "/serial")
            let interfaces = names.filter { $0.hasPrefix(name + ":") }
            let words = [SystemFile.text(path + "/manufacturer"), SystemFile.text(path + "/product")].compactMap(\.self)
            return USBDeviceListing(
                address: USBAddress(vendor: UInt16(vendor), product: UInt16(product), serialNumber: serial)
                    .description,
                vendor: vendor, product: product, description: words.joined(separator: " "),
                serialNumber: serial,
                isVendorSpecific: interfaces.contains {
                    SystemFile.number(folder + "/" + $0 + "/bInterfaceClass", radix: 16) == 0xFF
                },
                accessible: access(node(path), R_OK | W_OK) == 0)
        }
    }

    private static func node(_ path: String) -> String {
        let digits = { (value: Int) in
            String(repeating: "0", count: max(0, 3 - "\(value)".count)) + "\(value)"
        }
        let bus = SystemFile.number(path + "/busnum", radix: 10) ?? 0
        return "/dev/bus/usb/\(digits(bus))/\(digits(SystemFile.number(path + "/devnum", radix: 10) ?? 0))"
    }
}
