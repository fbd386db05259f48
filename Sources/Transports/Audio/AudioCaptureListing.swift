import CALSA
import Glibc

/// A capture device that ALSA knows.
public struct AudioCaptureListing: Codable, Sendable, Equatable {
    public var port: String
    public var description: String

    public static func all() -> [AudioCaptureListing] {
        var hints: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
        guard snd_device_name_hint(-1, "pcm", &hints) == 0, let hints else { return [] }
        defer { snd_device_name_free_hint(hints) }
        var result: [AudioCaptureListing] = []
        var index = 0
        while let hint = hints[index] {
            index += 1
            // A missing direction means both.
            guard let name = text(hint, "NAME"), name != "null", text(hint, "IOID") ?? "Input" == "Input" else { continue }
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
