import CLibUSB

/// An open USB device with its claimed interface; a context of its own, so that nothing is shared between transports.
///
/// One thread uses it. ``close()`` comes after the last transfer has come back.
final class USBDevice {
    let context: OpaquePointer
    let handle: OpaquePointer
    let inEndpoint: UInt8
    /// nil for a device that is only read.
    let outEndpoint: UInt8?
    private let interface: Int32
    private var isOpen = true

    /// Opens the first device that fits and claims the interface that has the endpoints.
    /// - Throws: ``TransportError`` (absent, permission, busy, unsupported).
    init(_ address: USBAddress, _ endpoints: USBEndpoints, port: String) throws(TransportError) {
        var made: OpaquePointer?
        try LibUSB.check(libusb_init(&made), "libusb_init", port: port)
        guard let context = made else {
            throw LibUSB.error(LIBUSB_ERROR_OTHER.rawValue, "libusb_init", port: port)
        }
        do throws(TransportError) {
            let handle = try Self.open(address, context, port: port)
            do throws(TransportError) {
                let found = try Self.interface(handle, endpoints, port: port)
                // A kernel driver that has taken the interface is asked to let go; where there is none this changes nothing.
                libusb_set_auto_detach_kernel_driver(handle, 1)
                try LibUSB.check(
                    libusb_claim_interface(handle, found.interface), "claim interface \(found.interface)",
                    port: port)
                self.handle = handle
                interface = found.interface
                inEndpoint = found.in
                outEndpoint = found.out
            } catch {
                libusb_close(handle)
                throw error
            }
        } catch {
            libusb_exit(context)
            throw error
        }
        self.context = context
    }

    deinit { close() }

    func close() {
        guard isOpen else { return }
        isOpen = false
        libusb_release_interface(handle, interface)
        libusb_close(handle)
        libusb_exit(context)
    }

    private static func open(
        _ address: USBAddress, _ context: OpaquePointer, port: String
    ) throws(TransportError) -> OpaquePointer {
        var list: UnsafeMutablePointer<OpaquePointer?>?
        let count = libusb_get_device_list(context, &list)
        guard count >= 0, let list else { throw LibUSB.error(Int32(count), "list devices", port: port) }
        defer { libusb_free_device_list(list, 1) }
        var seen: [String] = []
        var refusal: TransportError?
        for index in 0..<count {
            var descriptor = libusb_device_descriptor()
            guard let device = list[index], libusb_get_device_descriptor(device, &descriptor) == 0,
                descriptor.idVendor == address.vendor, descriptor.idProduct == address.product
            else { continue }
            var handle: OpaquePointer?
            let result = libusb_open(device, &handle)
            guard result == 0, let handle else {
                // Another one with these ids may be allowed.
                refusal = LibUSB.error(result, "open", port: port)
                continue
            }
            guard let wanted = address.serialNumber else { return handle }
            let serial = text(handle, descriptor.iSerialNumber)
            if serial == wanted { return handle }
            seen.append(serial.isEmpty ? "none" : serial)
            libusb_close(handle)
        }
        if let refusal { throw refusal }
        let found =
            seen.isEmpty
            ? "" : "; with these ids there are the serial numbers \(seen.joined(separator: ", "))"
        throw TransportError(
            .absent, port: port, detail: "no such USB device is plugged in\(found)",
            remedy: "plug the device in; `larmor devices` lists what is there", errorNumber: 2)
    }

    private static func text(_ handle: OpaquePointer, _ index: UInt8) -> String {
        guard index > 0 else { return "" }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = libusb_get_string_descriptor_ascii(handle, index, &bytes, Int32(bytes.count))
        return count > 0 ? String(decoding: bytes[..<Int(count)], as: UTF8.self) : ""
    }

    private typealias Interface = (interface: Int32, in: UInt8, out: UInt8?)

    private static func interface(
        _ handle: OpaquePointer, _ endpoints: USBEndpoints, port: String
    ) throws(TransportError) -> Interface {
        var found: UnsafeMutablePointer<libusb_config_descriptor>?
        try LibUSB.check(
            libusb_get_active_config_descriptor(libusb_get_device(handle), &found), "configuration",
            port: port)
        defer { libusb_free_config_descriptor(found) }
        if let configuration = found?.pointee {
            for index in 0..<Int(configuration.bNumInterfaces) {
                let interface = configuration.interface[index]
                guard interface.num_altsetting > 0 else { continue }
                if let fitting = fitting(interface.altsetting[0], endpoints) { return fitting }
            }
        }
        switch endpoints {
        case .bulk:
            throw TransportError(
                .unsupported, port: port,
                detail: "expected an interface of class 0xFF with a bulk endpoint each way, the device has none",
                remedy: "name a RigLink board; a device with a serial port is named by its port")
        case .hidReports(let bytes):
            throw TransportError(
                .unsupported, port: port,
                detail: "expected a HID interface with input reports of \(bytes) bytes, the device has none",
                remedy: "name the device that the driver is made for; `larmor devices` says which driver fits")
        }
    }

    private static func fitting(
        _ setting: libusb_interface_descriptor, _ wanted: USBEndpoints
    ) -> Interface? {
        let number = Int32(setting.bInterfaceNumber)
        let endpoints = (0..<Int(setting.bNumEndpoints)).map { setting.endpoint[$0] }
        let isIn = { (endpoint: libusb_endpoint_descriptor) in endpoint.bEndpointAddress & 0x80 != 0 }
        switch wanted {
        case .bulk:
            guard setting.bInterfaceClass == 0xFF else { return nil }
            let bulk = endpoints.filter { $0.bmAttributes & 3 == 2 }
            guard let into = bulk.first(where: isIn), let out = bulk.first(where: { !isIn($0) }) else { return nil }
            return (number, into.bEndpointAddress, out.bEndpointAddress)
        case .hidReports(let bytes):
            // 3: human interface devices; 3: interrupt endpoints; the low 11 bits are the size of a packet.
            guard setting.bInterfaceClass == 3,
                let into = endpoints.first(where: {
                    isIn($0) && $0.bmAttributes & 3 == 3 && Int($0.wMaxPacketSize & 0x7FF) == bytes
                })
            else { return nil }
            return (number, into.bEndpointAddress, nil)
        }
    }
}
