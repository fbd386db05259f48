import Foundation

/// Where a command's words go: results to standard output, everything else to standard error.
enum Console {
    static func result(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

    static func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    /// One JSON object with sorted keys, on one line.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        var data = try encoder.encode(value)
        data.append(0x0A)
        FileHandle.standardOutput.write(data)
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
}
