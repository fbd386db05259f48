import Glibc
import Origin

/// A text file of columns of numbers with a line of names: by commas, or by spaces and tabs. Missing values are not a number.
struct NumberTable {
    let file: String
    let names: [String]
    /// One array for each column that was asked for.
    private(set) var columns: [[Double]]

    /// A file of more bytes than this is not read.
    static let mostBytes = 1 << 28
    private static let mostColumns = 100_000

    /// - Parameters:
    ///   - wanted: names of the columns to keep; nil for all.
    /// - Throws: `ByteFileError`, `ReservoirRecording.FileError` with the line.
    init(file: String, wanted: [String]? = nil) throws {
        self.file = file
        let bytes = try ByteFile.bytes(of: file, atMost: Self.mostBytes)
        var rest = bytes[...]
        var number = 1
        guard var heading = Self.nextLine(&rest), !bytes.isEmpty else {
            throw ReservoirRecording.FileError(file: file, line: 0, expected: "a line of column names", found: "an empty file")
        }
        if heading.starts(with: [0xEF, 0xBB, 0xBF]) { heading = heading.dropFirst(3) }
        let isComma = heading.count { $0 == Self.comma } > 0
        let all = Self.words(heading, isComma: isComma, most: Self.mostColumns).map(Self.unquoted)
        guard all.count <= Self.mostColumns else {
            throw ReservoirRecording.FileError(
                file: file, line: 1, expected: "at most \(Self.mostColumns) columns", found: "more")
        }
        names = wanted ?? all
        guard let places = Self.places(names, in: all) else {
            let missing = names.first { !all.contains($0) } ?? ""
            throw ReservoirRecording.FileError(
                file: file, line: 1, expected: "a column “\(missing)”", found: all.prefix(12).joined(separator: ", "))
        }
        columns = [[Double]](repeating: [], count: names.count)
        while let line = Self.nextLine(&rest) {
            number += 1
            if line.allSatisfy({ $0 <= 0x20 }) { continue }
            let words = Self.words(line, isComma: isComma, most: all.count)
            guard words.count == all.count else {
                throw ReservoirRecording.FileError(
                    file: file, line: number, expected: "\(all.count) values, as many as names",
                    found: words.count > all.count ? "more" : "\(words.count)")
            }
            for (column, place) in places.enumerated() {
                guard let value = Self.value(words[place]) else {
                    let found = String(decoding: words[place].prefix(40), as: UTF8.self)
                    throw ReservoirRecording.FileError(file: file, line: number, expected: "a number", found: "“\(found)”")
                }
                columns[column].append(value)
            }
        }
        guard let first = columns.first, !first.isEmpty else {
            throw ReservoirRecording.FileError(file: file, line: 0, expected: "rows of numbers", found: "only names")
        }
    }

    private static let comma = UInt8(ascii: ",")

    private static func places(_ names: [String], in all: [String]) -> [Int]? {
        var places: [Int] = []
        for name in names {
            guard let place = all.firstIndex(of: name) else { return nil }
            places.append(place)
        }
        return places
    }

    /// The bytes up to the next line feed; nil at the end.
    private static func nextLine(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard !rest.isEmpty else { return nil }
        let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
        defer { rest = rest[min(end + 1, rest.endIndex)...] }
        return rest[..<end]
    }

    /// - Parameter most: if there are more words, one more than this comes back.
    private static func words(_ line: ArraySlice<UInt8>, isComma: Bool, most: Int) -> [ArraySlice<UInt8>] {
        if !isComma { return line.split(maxSplits: most) { $0 <= 0x20 }.filter { !$0.allSatisfy { $0 <= 0x20 } } }
        return line.split(separator: comma, maxSplits: most, omittingEmptySubsequences: false).map { word in
            var word = word
            while let last = word.last, last <= 0x20 { word.removeLast() }
            return word.drop { $0 <= 0x20 }
        }
    }

    private static func unquoted(_ word: ArraySlice<UInt8>) -> String {
        let quote = UInt8(ascii: "\"")
        let inner = word.count >= 2 && word.first == quote && word.last == quote ? word.dropFirst().dropLast() : word
        return String(decoding: inner, as: UTF8.self)
    }

    /// Not a number for words that say that a value is missing; nil for words that are no number.
    private static func value(_ word: ArraySlice<UInt8>) -> Double? {
        if word.isEmpty { return .nan }
        // strtod would take hexadecimal numbers, too.
        guard word.count < 64, !word.contains(where: { "xXpP(".utf8.contains($0) }) else { return nil }
        let parsed = withUnsafeTemporaryAllocation(of: CChar.self, capacity: word.count + 1) { text -> Double? in
            for (index, byte) in word.enumerated() { text[index] = CChar(bitPattern: byte) }
            text[word.count] = 0
            guard let start = text.baseAddress else { return nil }
            var end: UnsafeMutablePointer<CChar>?
            let value = strtod(start, &end)
            return end == start + word.count ? value : nil
        }
        if let parsed { return parsed }
        return ["NA", "N/A", "null", "NULL", "None"].contains(String(decoding: word, as: UTF8.self)) ? .nan : nil
    }
}
