import Foundation

/// Texts as a header holds them: printable ASCII of a limited length.
enum EDFText {
    private static let substitutes = ["µ": "u", "μ": "u", "Ω": "Ohm", "°": "deg", "ß": "ss", "–": "-", "‐": "-"]

    /// The text in ASCII: letters lose their accents, and what has no likeness becomes "_".
    static func ascii(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        let folded = text.map { substitutes[String($0)] ?? String($0).folding(options: .diacriticInsensitive, locale: nil) }
            .joined()
        return String(folded.map { $0.isASCII && ($0.asciiValue ?? 0) >= 0x20 && $0.asciiValue != 0x7F ? $0 : "_" })
    }

    /// A word of a field whose words are separated by spaces; "X" for none.
    static func word(_ text: String?) -> String {
        let word = ascii(text ?? "").trimmingCharacters(in: .whitespaces).replacing(" ", with: "_")
        return word.isEmpty ? "X" : word
    }

    private static let labelWidth = 16

    /// Labels of at most 16 characters. Two that differ in the recording differ in the file; two that are equal stay so.
    /// - Returns: the labels, and a remark on each that had to be changed.
    static func labels(_ labels: [String]) -> (labels: [String], remarks: [String]) {
        // Annotations are told by their labels.
        var taken = Set(EDFFormat.annotationLabels)
        var numbers: [String: Int] = [:]
        var written: [String] = []
        var remarks: [String] = []
        var known: [String: String] = [:]
        for label in labels {
            if let name = known[label] {
                written.append(name)
                continue
            }
            let trimmed = ascii(label).trimmingCharacters(in: .whitespaces)
            var name = String(trimmed.prefix(labelWidth)).trimmingCharacters(in: .whitespaces)
            // Many may begin alike: each looks on where the last one found its number.
            let stem = name
            var number = numbers[stem] ?? 2
            while !name.isEmpty, taken.contains(name) {
                let suffix = "~\(number)"
                name = String(trimmed.prefix(labelWidth - suffix.count)) + suffix
                number += 1
            }
            numbers[stem] = number
            taken.insert(name)
            known[label] = name
            written.append(name)
            if name != label { remarks.append("the label “\(label)” is written as “\(name)”") }
        }
        return (written, remarks)
    }
}
