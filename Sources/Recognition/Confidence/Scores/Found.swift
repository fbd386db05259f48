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
