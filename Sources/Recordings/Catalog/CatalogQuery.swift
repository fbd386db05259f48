public import Foundation

/// Which sessions are wanted; every condition that is set must hold.
public struct CatalogQuery: Sendable, Equatable {
    /// A subject's name, upper or lower case.
    public var subject: String?
    /// A device's name or driver, upper or lower case.
    public var device: String?
    /// Recorded at or after this moment.
    public var from: Date?
    /// Recorded before this moment.
    public var before: Date?
    /// Words that must all occur in subject, note, recognised words, prompts, markers or annotations; a word that ends with
    /// `*` stands for all that begin so.
    public var text: String?

    public init(subject: String? = nil, device: String? = nil, from: Date? = nil, before: Date? = nil, text: String? = nil) {
        self.subject = subject
        self.device = device
        self.from = from
        self.before = before
        self.text = text
    }

    /// The words of ``text``.
    var terms: [String] { text?.split(whereSeparator: \.isWhitespace).map(String.init) ?? [] }

    /// An FTS5 expression in which every term is a string, so that no character has a meaning of its own.
    var fullTextPattern: String {
        terms.map { term in
            let isPrefix = term.hasSuffix("*")
            let word = (isPrefix ? String(term.dropLast()) : term).replacing("\"", with: "\"\"")
            return "\"\(word)\"" + (isPrefix ? "*" : "")
        }.joined(separator: " AND ")
    }

    /// Patterns for SQL's LIKE with `\` as its escape, where there is no full-text search.
    var likePatterns: [String] {
        terms.map { term in
            let word = term.hasSuffix("*") ? String(term.dropLast()) : term
            return "%" + word.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_") + "%"
        }
    }
}
