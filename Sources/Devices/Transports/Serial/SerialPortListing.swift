import CSerialPort
import Glibc

/// A serial port of this machine, as libserialport describes it.
public struct SerialPortListing: Codable, Sendable, Equatable {
    /// Path of the port, "/dev/ttyUSB0".
    public var port: String
    public var description: String
    /// USB vendor number of the adapter; nil for ports that are not on USB.
    public var usbVendor: Int?
    /// USB product number of the adapter.
    public var usbProduct: Int?
    public var serialNumber: String?
    /// Whether this user may read and write it.
    public var accessible: Bool

    public init(
        port: String, description: String, usbVendor: Int?, usbProduct: Int?, serialNumber: String?, accessible: Bool
    ) {
        self.port = port
        self.description = description
        self.usbVendor = usbVendor
        self.usbProduct = usbProduct
        self.serialNumber = serialNumber
        self.accessible = accessible
    }

    /// All serial ports of this machine.
    public static func all() -> [SerialPortListing] {
        var list: UnsafeMutablePointer<OpaquePointer?>?
        guard sp_list_ports(&list) == SP_OK, let list else { return [] }
        defer { sp_free_port_list(list) }
        var result: [SerialPortListing] = []
        var index = 0
        while let port = list[index] {
            index += 1
            guard let name = sp_get_port_name(port).map({ String(cString: $0) }) else { continue }
            var vendor: Int32 = 0
            var product: Int32 = 0
            let isUSB = sp_get_port_usb_vid_pid(port, &vendor, &product) == SP_OK
            result.append(
                SerialPortListing(
                    port: name, description: sp_get_port_description(port).map { String(cString: $0) } ?? "",
                    usbVendor: isUSB ? Int(vendor) : nil, usbProduct: isUSB ? Int(product) : nil,
                    serialNumber: sp_get_port_usb_serial(port).map { String(cString: $0) },
                    accessible: access(name, R_OK | W_OK) == 0))
        }
        return result
    }
}
