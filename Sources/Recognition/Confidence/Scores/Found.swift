/// Text from outside, made fit for a message: short, and without characters that move a terminal's cursor.
enum Found {
    static func text(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(40) {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            result.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
        }
        return text.unicodeScalars.count > 40 ? result + "…" : result
    }
}

/// Hexadecimal digits of a digest.
enum Hexadecimal {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(
            decoding: bytes.flatMap { byte in Array(((byte < 16 ? "0" : "") + String(byte, radix: 16)).utf8) }, as: UTF8.self)
    }
}
