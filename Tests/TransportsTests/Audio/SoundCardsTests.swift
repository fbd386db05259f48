import Foundation
import Testing
import Transports

struct SoundCardsTests {
    /// Files under a root as the kernel writes them for a built-in card with output and input, and for a USB microphone.
    private func root() throws -> String {
        let root = FileManager.default.temporaryDirectory.path + "/larmor-cards-\(UUID())"
        let files = [
            "proc/asound/cards": """
             0 [PCH            ]: HDA-Intel - HDA Intel PCH
                                  HDA Intel PCH at 0xa1230000 irq 145
             1 [Device         ]: USB-Audio - USB PnP Sound Device
                                  C-Media USB PnP Sound Device at usb-0000:00:14.0-2, full speed

            """,
            "proc/asound/card0/id": "PCH\n", "proc/asound/card0/pcm0p/info": "card: 0\nname: ALC256 Analog\n",
            "proc/asound/card0/pcm0c/info": "card: 0\ndevice: 0\nstream: CAPTURE\nid: ALC256 Analog\nname: ALC256 Analog\n",
            "proc/asound/card1/id": "Device\n", "proc/asound/card1/pcm0c/info": "card: 1\nname: USB Audio\n",
            "dev/snd/pcmC1D0c": "", "sys/devices/usb1/1-2/idVendor": "0d8c\n", "sys/devices/usb1/1-2/idProduct": "013c\n",
            "sys/devices/usb1/1-2/serial": "A7\n", "sys/devices/usb1/1-2/1-2:1.0/x": "", "sys/class/sound/card1/x": "",
        ]
        for (path, text) in files {
            let file = URL(fileURLWithPath: root + "/" + path)
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        try FileManager.default.createSymbolicLink(
            atPath: root + "/sys/class/sound/card1/device", withDestinationPath: root + "/sys/devices/usb1/1-2/1-2:1.0")
        return root
    }

    @Test func `cards are listed with their capture devices, USB ids, serial numbers and what this user may open`() throws {
        let root = try root()
        defer { try? FileManager.default.removeItem(atPath: root) }
        let found = SoundCards.captureDevices(root: root)
        #expect(found.map(\.port) == ["plughw:CARD=PCH,DEV=0", "plughw:CARD=Device,DEV=0"])
        #expect(found.map(\.description) == ["HDA Intel PCH, ALC256 Analog", "USB PnP Sound Device, USB Audio"])
        #expect(found.map(\.usbVendor) == [nil, 0x0D8C] && found.map(\.usbProduct) == [nil, 0x013C])
        #expect(found.map(\.serialNumber) == [nil, "A7"])
        // The first card's device is not there for this user.
        #expect(found.map(\.accessible) == [false, true])
    }

    @Test func `a machine without sound has no card`() {
        #expect(SoundCards.captureDevices(root: "/there/is/none").isEmpty)
    }
}
