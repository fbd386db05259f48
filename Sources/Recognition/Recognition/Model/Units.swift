public import Failures

/// What a network's outputs stand for: output 0 is the blank, output k is `texts[k − 1]`.
public struct Units: Sendable, Equatable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// Each output is a word; a text's words stand between spaces.
        case words
        /// Each output is a character; the space is one of them.
        case characters
    }

    /// A text that these units cannot spell.
    public struct SpellingError: Failure, Equatable {
        /// The word or character that is none of the units.
        public var unknown: String
        public var kind: FailureKind { .badInput }
        public var description: String { "“\(unknown)” is none of the units that the recogniser has" }
    }

    public let kind: Kind
    public let texts: [String]
    private let labels: [String: Int]

    /// - Parameter texts: each once, none empty.
    public init(_ kind: Kind, texts: [String]) {
        (self.kind, self.texts) = (kind, texts)
        labels = Dictionary(texts.enumerated().map { ($1, $0 + 1) }, uniquingKeysWith: { first, _ in first })
    }

    /// The units that spell all of these texts, sorted.
    public init(_ kind: Kind, spelling texts: some Sequence<String>) {
        self.init(kind, texts: Set(texts.flatMap { Self.pieces(of: $0, kind) }).sorted())
    }

    /// Labels of a text, 1 … `texts.count`.
    public func labels(of text: String) throws(SpellingError) -> [Int] {
        var result: [Int] = []
        for piece in Self.pieces(of: text, kind) {
            guard let label = labels[piece] else { throw SpellingError(unknown: piece) }
            result.append(label)
        }
        return result
    }

    /// The text that labels spell.
    public func text(of labels: some Sequence<Int>) -> String {
        let pieces = labels.map { texts[$0 - 1] }
        return kind == .words ? pieces.joined(separator: " ") : Self.words(in: pieces.joined()).joined(separator: " ")
    }

    /// A text's words: what stands between white space.
    public static func words(in text: String) -> [String] { text.split(whereSeparator: \.isWhitespace).map(String.init) }

    private static func pieces(of text: String, _ kind: Kind) -> [String] {
        let words = words(in: text)
        return kind == .words ? words : words.joined(separator: " ").map(String.init)
    }

    public static func == (a: Units, b: Units) -> Bool { a.kind == b.kind && a.texts == b.texts }
}
