import Foundation
import Glibc

/// The capture devices of this machine's sound cards, as the kernel tells everybody: libasound itself sees only those cards that
/// this user may open.
///
/// - Source: the kernel's documentation, sound/designs/procfile (/proc/asound).
public enum SoundCards {
    /// - Parameter root: in front of /proc, /sys and /dev; for tests.
    public static func captureDevices(root: String = "") -> [AudioCaptureListing] {
        let folder = root + "/proc/asound"
        let cards = (entries(folder) { $0.hasPrefix("card") ? Int($0.dropFirst(4)) : nil })
        let names = cardNames(SystemFile.text(folder + "/cards") ?? "")
        return cards.flatMap { card in
            let devices = entries("\(folder)/card\(card)") { name in
                name.hasPrefix("pcm") && name.hasSuffix("c") ? Int(name.dropFirst(3).dropLast()) : nil
            }
            let identifier = SystemFile.text("\(folder)/card\(card)/id") ?? "\(card)"
            // A card on USB is an interface: its device is the folder above.
            let usb = "\(root)/sys/class/sound/card\(card)/device/.."
            return devices.map { device in
                let name = field("name", of: SystemFile.text("\(folder)/card\(card)/pcm\(device)c/info") ?? "")
                return AudioCaptureListing(
                    port: "plughw:CARD=\(identifier),DEV=\(device)",
                    description: [names[card], name].compactMap(\.self).joined(separator: ", "),
                    usbVendor: SystemFile.number(usb + "/idVendor", radix: 16),
                    usbProduct: SystemFile.number(usb + "/idProduct", radix: 16),
                    serialNumber: SystemFile.text(usb + "/serial"),
                    accessible: access("\(root)/dev/snd/pcmC\(card)D\(device)c", R_OK | W_OK) == 0)
            }
        }
    }

    /// Numbers in a folder's names, in order.
    private static func entries(_ folder: String, _ number: (String) -> Int?) -> [Int] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).compactMap(number).sorted()
    }

    /// Lines like " 1 [Device         ]: USB-Audio - USB PnP Sound Device", each followed by one of details.
    private static func cardNames(_ text: String) -> [Int: String] {
        var names: [Int: String] = [:]
        for line in text.split(separator: "\n") {
            guard let number = line.split(separator: " ").first.flatMap({ Int($0) }), let colon = line.range(of: "]: ") else {
                continue
            }
            let parts = line[colon.upperBound...].split(separator: " - ", maxSplits: 1)
            names[number] = parts.last.map(String.init)
        }
        return names
    }

    /// The value of a line "key: value".
    private static func field(_ key: String, of text: String) -> String? {
        text.split(separator: "\n").first { $0.hasPrefix(key + ": ") }.map { String($0.dropFirst(key.count + 2)) }
    }
}
