/// What a network's outputs stand for.
public struct EmissionUnits: Sendable, Equatable {
    /// Text of each output; the blank's is not read.
    public let names: [String]
    /// Index of the blank.
    public let blank: Int
    /// Index of the unit that stands between words; nil where each unit is a word, or a whole text is one.
    public let separator: Int?
    /// Whether units spell words; without a separator a whole text is one word.
    public let isSpelt: Bool

    /// - Parameter spells: whether units are characters; they are where there is a separator.
    /// - Throws: ``SearchError`` when there is no such blank or separator.
    public init(names: [String], blank: Int = 0, separator: Int? = nil, spells: Bool = false) throws(SearchError) {
        guard (1...65_536).contains(names.count) else {
            throw SearchError(.option("units", expected: "1 to 65536", found: "\(names.count)"))
        }
        guard names.indices.contains(blank) else {
            throw SearchError(.option("blank", expected: "one of the \(names.count) units", found: "\(blank)"))
        }
        guard separator.map({ names.indices.contains($0) && $0 != blank }) ?? true else {
            throw SearchError(.option("separator", expected: "a unit that is not the blank", found: "\(separator ?? -1)"))
        }
        (self.names, self.blank, self.separator) = (names, blank, separator)
        isSpelt = spells || separator != nil
    }

    public var count: Int { names.count }

    /// A text's units: one for each word, or one for each character with separators between words; nil where one is missing.
    func spell(_ text: String) -> [Int]? {
        var result: [Int] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            if isSpelt {
                if !result.isEmpty {
                    guard let separator else { return nil }
                    result.append(separator)
                }
                for character in word {
                    guard let unit = number(of: String(character)) else { return nil }
                    result.append(unit)
                }
            } else {
                guard let unit = number(of: String(word)) else { return nil }
                result.append(unit)
            }
        }
        return result.isEmpty ? nil : result
    }

    private func number(of name: String) -> Int? {
        names.indices.first { names[$0] == name && $0 != blank && $0 != separator }
    }

    /// The words that units spell.
    public func words(of units: some Sequence<Int>) -> [String] {
        guard let separator else {
            let parts = units.map { names[$0] }
            return isSpelt && !parts.isEmpty ? [parts.joined()] : parts
        }
        return units.split(separator: separator).map { $0.map { names[$0] }.joined() }
    }
}
