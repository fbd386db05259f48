import Foundation

/// A uniform field over time as text: per line seconds and three components in tesla, separated by commas, blanks or semicolons;
/// empty lines and lines that begin with # do not count. Between lines it is linear, before and after it is constant.
public struct FieldTable: Sendable {
    public let times_s: [Double]
    public let fields_T: [SIMD3<Double>]

    /// - Throws: ``DriveTable/FileError`` naming the line.
    public init(file: String) throws(DriveTable.FileError) {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw DriveTable.FileError(file: file, line: 0, expected: "a table of time and field", found: "no such file")
        }
        try self.init(text: String(decoding: data, as: UTF8.self), file: file)
    }

    public init(text: String, file: String) throws(DriveTable.FileError) {
        var times: [Double] = []
        var fields: [SIMD3<Double>] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.split { $0 == "," || $0 == ";" || $0 == " " || $0 == "\t" }
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            func fail(_ expected: String, _ found: String) -> DriveTable.FileError {
                DriveTable.FileError(file: file, line: index + 1, expected: expected, found: found)
            }
            guard words.count == 4 else { throw fail("a time in seconds and three fields in tesla", "\(words.count) values") }
            var numbers: [Double] = []
            for word in words {
                guard let value = Double(word), value.isFinite, abs(value) <= 1e4 else {
                    throw fail("a number from -10000 to 10000", "“\(word.prefix(40))”")
                }
                numbers.append(value)
            }
            if let last = times.last, numbers[0] <= last { throw fail("a time after \(last) s", "\(numbers[0])") }
            times.append(numbers[0])
            fields.append(SIMD3(numbers[1], numbers[2], numbers[3]))
        }
        guard !times.isEmpty else {
            throw DriveTable.FileError(file: file, line: 0, expected: "at least one line", found: "none")
        }
        (times_s, fields_T) = (times, fields)
    }

    /// Tesla at a time in seconds.
    public func field_T(at time_s: Double) -> SIMD3<Double> {
        guard time_s > times_s[0] else { return fields_T[0] }
        var (low, high) = (0, times_s.count - 1)
        guard time_s < times_s[high] else { return fields_T[high] }
        while high - low > 1 {
            let middle = (low + high) / 2
            if times_s[middle] <= time_s { low = middle } else { high = middle }
        }
        let t = (time_s - times_s[low]) / (times_s[high] - times_s[low])
        return fields_T[low] + t * (fields_T[high] - fields_T[low])
    }

    /// The knots at which the field bends.
    public var times: DriveTimes {
        let slopes = zip(times_s.indices, times_s.indices.dropFirst()).map { a, b in
            (fields_T[b] - fields_T[a]) / (times_s[b] - times_s[a])
        }
        let around = [SIMD3<Double>.zero] + slopes + [.zero]
        // A bend that only rounding makes is none.
        let least = 1e-9 * slopes.reduce(0) { max($0, $1.max(), -$1.min()) }
        func bends(_ knot: Int) -> Bool {
            let change = around[knot + 1] - around[knot]
            return max(change.max(), -change.min()) > least
        }
        return DriveTimes(edges_s: times_s.indices.filter(bends).map { times_s[$0] })
    }
}
