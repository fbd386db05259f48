import Foundation

/// Two event logs line by line.
struct EventLogComparison {
    private(set) var difference: SessionDifference?
    /// Lines that are equal from the start on.
    private(set) var equalLines = 0

    init(_ a: [UInt8], _ b: [UInt8]) {
        let (left, right) = (Self.lines(a), Self.lines(b))
        equalLines = zip(left, right).prefix { $0 == $1 }.count
        let line = equalLines
        guard line < max(left.count, right.count) else { return }
        let first = line < left.count ? String(decoding: left[line], as: UTF8.self) : nil
        let second = line < right.count ? String(decoding: right[line], as: UTF8.self) : nil
        guard let first, let second, let field = Self.field(first, second) else {
            difference = SessionDifference(line: line + 1, field: "line", a: first, b: second)
            return
        }
        difference = SessionDifference(line: line + 1, field: field.name, a: field.a, b: field.b)
    }

    /// A cut last line is a line, too.
    private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// The first key, in the order of the first line, whose values differ; nil when a line is no JSON object.
    private static func field(_ a: String, _ b: String) -> (name: String, a: String?, b: String?)? {
        guard let left = object(a), let right = object(b) else { return nil }
        let keys = Set(left.keys).union(right.keys)
        let order = { (key: String) in
            (a.range(of: "\"\(key)\":") ?? b.range(of: "\"\(key)\":")).map { a.distance(from: a.startIndex, to: $0.lowerBound) }
                ?? .max
        }
        let differing = keys.filter { text(left[$0]) != text(right[$0]) }
        return differing.min { (order($0), $0) < (order($1), $1) }.map { ($0, text(left[$0]), text(right[$0])) }
    }

    private static func object(_ line: String) -> [String: Any]? {
        (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
    }

    private static func text(_ value: Any?) -> String? { value.map { "\($0)" } }
}
