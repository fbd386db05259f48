import Devices
import Testing
import Transports

@Suite struct DeviceListingTests {
    private func usb(_ vendor: Int, _ product: Int, accessible: Bool = true) -> DeviceListing {
        DeviceListing(
            USBDeviceListing(
                address: "usb:21a1:0001:SN1", vendor: vendor, product: product, description: "x", serialNumber: "SN1",
                isVendorSpecific: false, accessible: accessible))
    }

    @Test func `a dongle is recognised, and its port goes without the serial number`() {
        let dongle = usb(0x21A1, 1, accessible: false)
        #expect(dongle.drivers == ["emotiv"] && dongle.usbId == "21a1:0001" && dongle.serialNumber == "SN1")
        #expect(dongle.port == "usb:21a1:0001")
        #expect(dongle.missing?.contains("--udev-rules") == true)
        #expect(usb(0x1234, 0xED02).drivers == ["emotiv"])
        // A device that no driver fits lacks nothing.
        #expect(usb(0x1D6B, 2, accessible: false).missing == nil)
    }

    @Test func `serial ports name drivers by their USB ids`() {
        func port(_ vendor: Int?, _ product: Int?, accessible: Bool = true) -> DeviceListing {
            DeviceListing(
                SerialPortListing(
                    port: "/dev/ttyNONE0", description: "d", usbVendor: vendor, usbProduct: product, serialNumber: "7",
                    accessible: accessible))
        }
        #expect(port(0x0403, 0x6015).drivers.first == "cyton" && port(0x0483, 0x5740).drivers.first == "freeeeg32")
        #expect(port(nil, nil).drivers == ["riglink", "thinkgear"] && port(nil, nil).usbId == nil)
        #expect(port(1, 2, accessible: false).missing?.contains("dialout") == true)
        #expect(port(0x0403, 0x6015).usbId == "0403:6015" && port(0x0403, 0x6015).serialNumber == "7")
    }

    @Test func `a card that this user may not open says which group is missing`() {
        var card = AudioCaptureListing(port: "plughw:CARD=A,DEV=0", description: "A")
        #expect(DeviceListing(card).missing == nil && DeviceListing(card).drivers == ["alsa"])
        card.accessible = false
        #expect(DeviceListing(card).missing?.contains("group audio") == true)
    }

    @Test func `every known device has a udev rule`() {
        for device in KnownUSBDevice.all {
            let ids = device.id.split(separator: ":")
            let line = UdevRules.text.split(separator: "\n").first {
                $0.contains("\"\(ids[0])\"") && $0.contains("\"\(ids[1])\"")
            }
            let subsystem = device.way == .serial ? "tty" : "usb"
            #expect(line?.contains("SUBSYSTEM==\"\(subsystem)\"") == true, "\(device.id)")
        }
    }
}
