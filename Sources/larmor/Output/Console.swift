import Foundation
import Texts

/// Where a command's words go: results to standard output, everything else to standard error.
enum Console {
    /// Seconds that a message waits for a terminal that is held; then it is left out.
    private static let patience = 1.0

    // Names and texts of devices and files may hold escape sequences, which a terminal would obey.
    static func result(_ text: String) {
        StandardStream.output.write(Array((ForeignText.terminal(text) + "\n").utf8), patience: nil)
    }

    static func note(_ text: String) {
        StandardStream.error.write(Array((ForeignText.terminal(text) + "\n").utf8), patience: patience)
    }

    /// Text that moves the cursor itself, on a terminal's standard error.
    static func terminal(_ text: String) { StandardStream.error.write(Array(text.utf8), patience: 0) }

    /// One JSON object with sorted keys, on one line; its provenance stands at its end.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        // JSON knows no such numbers; a damaged file's stamps may be some.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        var bytes = Array(try encoder.encode(value))
        if bytes.last == UInt8(ascii: "}") {
            let provenance = Array("\"provenance\":".utf8) + (try encoder.encode(ProcessProvenance.now))
            bytes.removeLast()
            bytes += (bytes.count > 1 ? [UInt8(ascii: ",")] : []) + provenance + [UInt8(ascii: "}")]
        }
        StandardStream.output.write(bytes + [0x0A], patience: nil)
    }

    /// "1 cluster", "2 clusters".
    static func count(_ number: some BinaryInteger, _ one: String, _ several: String? = nil) -> String {
        "\(number) \(number == 1 ? one : several ?? one + "s")"
    }

    /// A size for people: powers of 1000.
    static func bytes(_ count: Int) -> String {
        var value = Double(count)
        var units = ["B", "kB", "MB", "GB", "TB"]
        while value >= 999.5, units.count > 1 {
            value /= 1000
            units.removeFirst()
        }
        return number(value, digits: units[0] == "B" || value >= 99.95 ? 0 : 1) + " " + units[0]
    }

    static func number(_ value: Double, digits: Int) -> String { String(format: "%.\(digits)f", value) }

    /// With so many digits that count: "0.0648", "3.1e-07".
    static func number(_ value: Double, significant digits: Int) -> String { String(format: "%.\(digits)g", value) }
}
