/// The few literals of Python that stand in the header of a `.npy` file: a dictionary of texts, truth values and tuples of whole numbers.
struct PythonLiteral {
    enum Value: Equatable {
        case text(String)
        case boolean(Bool)
        case tuple([Int])
        case dictionary([String: Value])
        /// Something in square brackets, as records have; it is not read further.
        case list
    }

    private let bytes: ArraySlice<UInt8>
    private var place: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        place = bytes.startIndex
    }

    /// Whether only spaces are left.
    var isAtEnd: Bool { bytes[place...].allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 || $0 == 0 } }

    /// The next value; nil where there is none of those that are known.
    mutating func value(inside: Bool = false) -> Value? {
        switch next() {
        case UInt8(ascii: "{")?: inside ? nil : dictionary()
        case UInt8(ascii: "(")?: tuple()
        case UInt8(ascii: "["): skippedList()
        case UInt8(ascii: "'"), UInt8(ascii: "\""): text().map { .text($0) }
        case UInt8(ascii: "T"): take("True") ? .boolean(true) : nil
        case UInt8(ascii: "F"): take("False") ? .boolean(false) : nil
        default: nil
        }
    }

    /// The next byte that is no space; it is not taken.
    private mutating func next() -> UInt8? {
        while place < bytes.endIndex, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[place]) { place += 1 }
        return place < bytes.endIndex ? bytes[place] : nil
    }

    private mutating func take(_ word: String) -> Bool {
        guard bytes[place...].starts(with: word.utf8) else { return false }
        place += word.utf8.count
        return true
    }

    private mutating func takeIf(_ letter: Unicode.Scalar) -> Bool {
        guard next() == UInt8(ascii: letter) else { return false }
        place += 1
        return true
    }

    private mutating func text() -> String? {
        let quote = bytes[place]
        guard let end = bytes[(place + 1)...].firstIndex(of: quote) else { return nil }
        defer { place = end + 1 }
        let inner = bytes[(place + 1)..<end]
        return inner.contains(UInt8(ascii: "\\")) ? nil : String(decoding: inner, as: UTF8.self)
    }

    private mutating func dictionary() -> Value? {
        place += 1
        var entries: [String: Value] = [:]
        while !takeIf("}") {
            guard next() == UInt8(ascii: "'") || next() == UInt8(ascii: "\""), let key = text(), takeIf(":"),
                let value = value(inside: true), entries.updateValue(value, forKey: key) == nil
            else { return nil }
            if takeIf(",") { continue }
            return takeIf("}") ? .dictionary(entries) : nil
        }
        return .dictionary(entries)
    }

    private mutating func tuple() -> Value? {
        place += 1
        var sizes: [Int] = []
        while !takeIf(")") {
            _ = next()
            let digits = bytes[place...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard let size = Int(String(decoding: digits, as: UTF8.self)), sizes.count < 64 else { return nil }
            place = digits.endIndex
            // Python 2 wrote 3L.
            _ = takeIf("L")
            sizes.append(size)
            if takeIf(",") { continue }
            return takeIf(")") ? .tuple(sizes) : nil
        }
        return .tuple(sizes)
    }

    private mutating func skippedList() -> Value? {
        guard let end = bytes[place...].lastIndex(of: UInt8(ascii: "]")) else { return nil }
        place = end + 1
        return .list
    }
}
