/// A USB device as a rig names it: "usb:VID:PID" or "usb:VID:PID:SERIAL", the ids in hexadecimal.
public struct USBAddress: Hashable, Sendable, CustomStringConvertible {
    /// USB vendor number.
    public var vendor: UInt16
    /// USB product number.
    public var product: UInt16
    /// nil takes the first device with these ids.
    public var serialNumber: String?

    public init(vendor: UInt16, product: UInt16, serialNumber: String? = nil) {
        self.vendor = vendor
        self.product = product
        self.serialNumber = serialNumber
    }

    /// - Throws: ``TransportError`` (unsupported) for other text.
    public init(_ port: String) throws(TransportError) {
        let parts = port.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0] == "usb", let vendor = Self.id(parts[1]),
            let product = Self.id(parts[2]),
            parts.count == 3 || !parts[3].isEmpty
        else {
            throw TransportError(
                .unsupported, port: port,
                detail: "expected usb:VID:PID or usb:VID:PID:SERIAL, the ids with four digits",
                remedy: "for example usb:1209:0001; `larmor devices` lists what is there")
        }
        self.init(vendor: vendor, product: product, serialNumber: parts.count == 4 ? String(parts[3]) : nil)
    }

    /// Whether a port's name is meant as a USB address.
    public static func isAddress(_ port: String) -> Bool { port.hasPrefix("usb:") }

    public var description: String {
        "usb:" + Self.hex(vendor) + ":" + Self.hex(product) + (serialNumber.map { ":" + $0 } ?? "")
    }

    private static func id(_ text: Substring) -> UInt16? {
        text.count == 4 && text.allSatisfy(\.isHexDigit) ? UInt16(text, radix: 16) : nil
    }

    /// Four hexadecimal digits, as lsusb and udev write ids.
    public static func hex(_ id: UInt16) -> String {
        let text = String(id, radix: 16)
        return String(repeating: "0", count: 4 - text.count) + text
    }
}
