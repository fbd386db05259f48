package import Settings
package import Signals

/// Patterns of sentences over classes of words: a TOML file.
///
///     language = "en"
///     sentences = ["{person} can see {which} {thing}", "{person} want {number} {food}"]
///
///     [classes]
///     person = "i you we"
///     thing = "house window"
///
/// A pattern is words of the list, and names of classes in braces.
public struct SentenceGrammar: Sendable, Equatable {
    public let language: String
    /// Of each pattern, for each place the words of which one stands there, as indices of the list.
    let patterns: [[[Int]]]

    /// - Parameter list: the words that it may use.
    /// - Throws: `SettingsError` that names the file and the line, also for a word that the list lacks.
    public init(file: String, lists: [WordList]) throws {
        try self.init(SettingsTable(contentsOf: file), lists: lists)
    }

    package init(_ table: SettingsTable, lists: [WordList]) throws(SettingsError) {
        try table.allow(["language", "sentences", "classes"])
        language = try table.required("language")
        guard let list = lists.first(where: { [language] in $0.language == language }) else {
            throw table.invalid(
                "language", language,
                expected: "the language of one of the word lists: "
                    + lists.map(\.language).joined(separator: ", "))
        }
        let places = Dictionary(list.words.enumerated().map { ($1.written, $0) }, uniquingKeysWith: { first, _ in first })
        var classes: [String: [Int]] = [:]
        if let section = try table.section("classes") {
            for name in section.settings.keys.sorted() {
                let words = try section.required(name).split(whereSeparator: \.isWhitespace).map(String.init)
                guard !words.isEmpty else { throw section.invalid(name, "", expected: "words with spaces between them") }
                var own: [Int] = []
                for word in words {
                    guard let place = places[word] else {
                        throw section.invalid(name, word, expected: "a word of \(list.file)")
                    }
                    own.append(place)
                }
                classes[name] = own
            }
        }
        let sentences = table.settings["sentences"]?.list ?? []
        guard !sentences.isEmpty else { throw table.missing("sentences") }
        var patterns: [[[Int]]] = []
        for sentence in sentences {
            guard let text = sentence.string else { throw table.wrongType("sentences", expected: "a list of texts") }
            var pattern: [[Int]] = []
            for part in text.split(separator: " ").map(String.init) {
                if part.hasPrefix("{"), part.hasSuffix("}"), let own = classes[String(part.dropFirst().dropLast())] {
                    pattern.append(own)
                } else if let place = places[part] {
                    pattern.append([place])
                } else {
                    throw table.invalid(
                        "sentences", part, expected: "a word of \(list.file), or the name of a class in braces")
                }
            }
            guard !pattern.isEmpty else { throw table.invalid("sentences", text, expected: "words and classes") }
            patterns.append(pattern)
        }
        self.patterns = patterns
    }

    package func sentence(_ random: inout SplitMix64) -> [Int] {
        patterns[random.integer(below: patterns.count)].map { $0[random.integer(below: $0.count)] }
    }
}
