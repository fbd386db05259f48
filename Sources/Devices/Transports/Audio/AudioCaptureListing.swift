import CALSA
import Glibc

/// A capture device that ALSA knows: of a sound card, or of a sound server.
public struct AudioCaptureListing: Codable, Sendable, Equatable {
    /// ALSA's name. A card's device is named by the card's identifier, which stays when cards are plugged in another order.
    public var port: String
    public var description: String
    /// USB vendor number of the card; nil for cards that are not on USB.
    public var usbVendor: Int?
    /// USB product number of the card.
    public var usbProduct: Int?
    /// nil where the card tells none.
    public var serialNumber: String?
    /// Whether this user may open it; a sound server decides for itself.
    public var accessible: Bool

    public init(
        port: String, description: String, usbVendor: Int? = nil, usbProduct: Int? = nil, serialNumber: String? = nil,
        accessible: Bool = true
    ) {
        self.port = port
        self.description = description
        self.usbVendor = usbVendor
        self.usbProduct = usbProduct
        self.serialNumber = serialNumber
        self.accessible = accessible
    }

    /// Cards first, then what programs and sound servers add to ALSA's configuration.
    public static func all() -> [AudioCaptureListing] { SoundCards.captureDevices() + servers() }

    /// Plug-ins that only convert, which ALSA lists beside the devices.
    private static let converters: Set = ["null", "lavrate", "samplerate", "speexrate", "speex", "upmix", "vdownmix", "oss"]

    private static func servers() -> [AudioCaptureListing] {
        var hints: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
        guard snd_device_name_hint(-1, "pcm", &hints) == 0, let hints else { return [] }
        defer { snd_device_name_free_hint(hints) }
        var result: [AudioCaptureListing] = []
        var index = 0
        while let hint = hints[index] {
            index += 1
            // A missing direction means both. Names with a card are variants of the card's own.
            guard let name = text(hint, "NAME"), !name.contains("CARD="), !converters.contains(name),
                text(hint, "IOID") ?? "Input" == "Input"
            else { continue }
            let description = text(hint, "DESC") ?? ""
            result.append(
                AudioCaptureListing(port: name, description: description.split(separator: "\n").joined(separator: ", ")))
        }
        return result
    }

    private static func text(_ hint: UnsafeMutableRawPointer, _ key: String) -> String? {
        guard let value = snd_device_name_get_hint(hint, key) else { return nil }
        defer { free(value) }
        return String(cString: value)
    }
}
