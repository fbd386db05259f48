import Foundation

/// Attributes of devices in /sys: one short line each.
enum SystemFile {
    /// - Returns: nil for no file or an empty one.
    static func text(_ path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : text
    }

    /// - Returns: nil for what is no number from 0 to 65,535.
    static func number(_ path: String, radix: Int) -> Int? {
        text(path).flatMap { Int($0, radix: radix) }.flatMap { 0...0xFFFF ~= $0 ? $0 : nil }
    }
}
