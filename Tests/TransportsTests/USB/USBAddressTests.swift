import Testing
import Transports

struct USBAddressTests {
    @Test func `a port names ids and maybe a serial number`() throws {
        #expect(try USBAddress("usb:1209:0001") == USBAddress(vendor: 0x1209, product: 1))
        // A serial number may hold colons.
        #expect(
            try USBAddress("usb:0403:6015:A:B")
                == USBAddress(vendor: 0x0403, product: 0x6015, serialNumber: "A:B"))
        #expect(USBAddress(vendor: 0x1209, product: 1, serialNumber: "7").description == "usb:1209:0001:7")
    }

    @Test(arguments: [
        "usb", "usb:1209", "usb:1209:1", "usb:12g9:0001", "usb:1209:0001:", "usb:+209:0001", "1209:0001",
    ])
    func `other text is refused with an example`(_ text: String) {
        #expect { try USBAddress(text) } throws: { error in
            guard let error = error as? TransportError else { return false }
            return error.code == .unsupported && error.port == text
                && error.remedy?.contains("usb:1209:0001") == true
        }
    }

    @Test func `a device that is not there is absent`() {
        #expect { try USBTransport("usb:1209:fffe", waker: nil) } throws: { error in
            (error as? TransportError)?.code == .absent
        }
    }
}
