/// What a Cyton tells about itself after a soft reset; the text ends with `$$$`.
public struct CytonStartUp: Equatable, Sendable {
    /// What the text ends with.
    public static let end: [UInt8] = Array("$$$".utf8)

    /// "v3.1.2", when the text names it.
    public var firmware: String?
    /// Whether a Daisy board with channels 9–16 answers.
    public var hasDaisy: Bool
    /// The converter, as the text names it.
    public var analogFrontEnd: String?

    /// 3 of "v3.1.2"; 0 when the text names no firmware.
    public var majorVersion: Int {
        firmware.flatMap { Int($0.drop { !$0.isNumber }.prefix { $0.isNumber }) } ?? 0
    }

    /// Reads the text up to and including `$$$`.
    /// - Returns: nil when the text has no end or is not a Cyton's.
    public init?(_ text: String) {
        guard text.contains("$$$"), text.contains("OpenBCI") else { return nil }
        func value(after label: String) -> String? {
            guard let range = text.firstRange(of: label) else { return nil }
            let rest = text[range.upperBound...].drop { $0 == " " }
            let word = rest.prefix { !$0.isWhitespace && $0 != "$" }
            return word.isEmpty ? nil : String(word)
        }
        firmware = value(after: "Firmware:")
        analogFrontEnd = value(after: "On Board ADS1299 Device ID:")
        hasDaisy = text.contains("On Daisy ADS1299 Device ID:")
    }

    /// The text that firmware 3.1.2 sends.
    public static func text(hasDaisy: Bool) -> String {
        "OpenBCI V3 8-16 channel\r\nOn Board ADS1299 Device ID: 0x3E\r\n"
            + (hasDaisy ? "On Daisy ADS1299 Device ID: 0x3E\r\n" : "")
            + "LIS3DH Device ID: 0x33\r\nFirmware: v3.1.2\r\n$$$"
    }
}
