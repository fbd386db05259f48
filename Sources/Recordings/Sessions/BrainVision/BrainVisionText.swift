import Foundation
import Signals

/// The sections of a BrainVision text file in their order; names of sections and keys are compared without case.
///
/// - Source: Brain Products, "BrainVision Core Data Format 1.0".
struct BrainVisionText {
    struct Entry {
        /// As it is written.
        var key: String
        var value: String
    }

    private var sections: [String: [Entry]] = [:]
    private var firsts: [String: [String: String]] = [:]
    /// What stands behind `[Comment]`, as it is written; "" where there is none.
    private(set) var comment = ""
    /// The bytes are neither ASCII nor UTF-8 and were read as the Windows code page of Western Europe.
    private(set) var isForeign = false

    /// - Throws: ``SessionError`` when the file cannot be read.
    init(_ path: String) throws(SessionError) {
        let file = try MappedFile(path: path)
        let text = file.withBytes { bytes -> String in
            let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            if let text = String(validating: bytes[start...], as: UTF8.self) { return text }
            isForeign = true
            return String(data: Data(bytes[start...]), encoding: .windowsCP1252)
                ?? String(String.UnicodeScalarView(bytes[start...].map { Unicode.Scalar($0) }))
        }
        var section = ""
        var rest = text[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(where: \.isNewline) ?? rest.endIndex
            let line = rest[..<end].trimmingCharacters(in: .whitespaces)
            rest = end < rest.endIndex ? rest[rest.index(after: end)...] : rest[rest.endIndex...]
            if line.hasPrefix(";") || line.isEmpty { continue }
            if line.hasPrefix("["), line.hasSuffix("]") {
                section = line.dropFirst().dropLast().lowercased()
                // The comment is free text up to the end.
                if section == "comment" {
                    comment = String(rest)
                    return
                }
            } else if let equals = line.firstIndex(of: "=") {
                let entry = Entry(
                    key: line[..<equals].trimmingCharacters(in: .whitespaces),
                    value: line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces))
                sections[section, default: []].append(entry)
                let key = entry.key.lowercased()
                if firsts[section]?[key] == nil { firsts[section, default: [:]][key] = entry.value }
            }
        }
    }

    /// The first value of each key, by keys in lower case.
    subscript(_ section: String) -> [String: String] { firsts[section.lowercased()] ?? [:] }

    /// All entries of a section in the file's order, equal keys included.
    func entries(_ section: String) -> [Entry] { sections[section.lowercased()] ?? [] }

    /// The fields of a value: commas separate them, and stand in texts as `\1`.
    static func fields(_ value: String) -> [String] {
        value.split(separator: ",", omittingEmptySubsequences: false).map { text($0) }
    }

    static func text(_ field: some StringProtocol) -> String { String(field).replacing("\\1", with: ",") }

    /// A number that may have a comma as its decimal point.
    static func number(_ text: String) -> Double? {
        let text = text.trimmingCharacters(in: .whitespaces)
        let plain = text.contains(".") ? text : text.replacing(",", with: ".")
        guard plain.utf8.allSatisfy({ (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }) else {
            return nil
        }
        return Double(plain).flatMap { $0.isFinite ? $0 : nil }
    }

    /// yyyyMMddHHmmss and up to six digits of microseconds; nil for what is no such moment.
    static func moment(_ text: String) -> Date? {
        let digits = text.trimmingCharacters(in: .whitespaces).utf8.map { Int($0) - 0x30 }
        guard (14...20).contains(digits.count), digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
        func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
        guard let day = EDFStart.Day(year: number(0..<4), month: number(4..<6), day: number(6..<8)).date,
            number(8..<10) < 24, number(10..<12) < 60, number(12..<14) <= 60
        else { return nil }
        // What is all zeros is a field that was never filled in.
        guard number(0..<4) > 0 else { return nil }
        let fraction = digits.count > 14 ? Double(number(14..<digits.count)) / pow(10, Double(digits.count - 14)) : 0
        return day.addingTimeInterval(Double(number(8..<10) * 3600 + number(10..<12) * 60 + number(12..<14)) + fraction)
    }

    /// The same as a field.
    static func text(_ moment: Date) -> String {
        let micro = Int64(saturating: (moment.timeIntervalSince1970 * 1e6).rounded())
        let (second, part) = (micro.flooredDivision(1_000_000), micro - micro.flooredDivision(1_000_000) * 1_000_000)
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "yyyyMMddHHmmss"
        return formatter.string(from: Date(timeIntervalSince1970: Double(second))) + String(format: "%06d", Int(part))
    }
}

extension Int64 {
    fileprivate func flooredDivision(_ divisor: Int64) -> Int64 {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? quotient - 1 : quotient
    }
}
