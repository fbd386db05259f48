import Foundation
import Origin

/// The words of one language: how each is written and how it is spoken, and the voices of espeak-ng that speak it.
///
/// A text file, UTF-8. At its head `language: zh`, `voices: cmn-latn-pinyin`, and perhaps `reading: pinyin`; then, after an empty line, a
/// word a line: what is written, or what is written, a tab and what is spoken. Lines that begin with “#” are remarks.
public struct WordList: Sendable, Equatable {
    public struct Word: Sendable, Equatable {
        public var written: String
        /// What espeak-ng is given: the written word unless the list says otherwise.
        public var spoken: String
    }

    /// The name in messages.
    public let file: String
    /// A short name such as “en”.
    public let language: String
    /// Languages and accents of espeak-ng, at least one.
    public let voices: [String]
    public let words: [Word]
    /// Whether a word is spoken by another text than it is written with.
    public var hasReadings: Bool { words.contains { $0.written != $0.spoken } }

    private static let largest = 1 << 22
    private static let keys = ["language", "voices", "reading"]

    /// - Throws: ``SpokenCorpusError`` that names the file and the line.
    public init(file: String) throws(SpokenCorpusError) {
        let bytes: [UInt8]
        do {
            bytes = try ByteFile.bytes(of: file, atMost: Self.largest)
        } catch {
            switch error.reason {
            case .noSuchFile: throw SpokenCorpusError(file, .noSuchFile)
            case .unreadable(let why): throw SpokenCorpusError(file, .unreadable(why))
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SpokenCorpusError(file, .contents("it is not UTF-8 text; save it as UTF-8"))
        }
        try self.init(text: text, file: file)
    }

    /// - Parameter file: the name in messages.
    public init(text: String, file: String) throws(SpokenCorpusError) {
        func fault(_ line: Int, _ problem: String) -> SpokenCorpusError { SpokenCorpusError(file, .line(line, problem)) }
        var head: [String: String] = [:]
        var isHead = true
        var words: [Word] = []
        var lines: [String: Int] = [:]
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let number = index + 1
            let line = raw.trimmingCharacters(in: .whitespacesAndNewlines)
            if line.hasPrefix("#") { continue }
            if line.isEmpty {
                if !head.isEmpty { isHead = false }
                continue
            }
            guard !isHead else {
                let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
                guard parts.count == 2, Self.keys.contains(parts[0]), !parts[1].isEmpty else {
                    throw fault(
                        number, "expected “language: …”, “voices: …” or “reading: pinyin”, and an empty line before the words")
                }
                guard head.updateValue(parts[1], forKey: parts[0]) == nil else {
                    throw fault(number, "“\(parts[0])” stands there twice")
                }
                continue
            }
            let word = try Self.word(line, isPinyin: head["reading"] != nil) { problem in fault(number, problem) }
            if let other = lines[word.written] { throw fault(number, "“\(word.written)” stands in line \(other), too") }
            lines[word.written] = number
            words.append(word)
        }
        guard let language = head["language"], let voices = head["voices"] else {
            throw SpokenCorpusError(file, .contents("its head needs “language: …” and “voices: …”"))
        }
        guard language.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" }) else {
            throw SpokenCorpusError(file, .contents("“language” is a short name such as en, not “\(language)”"))
        }
        guard head["reading"] ?? "pinyin" == "pinyin" else {
            throw SpokenCorpusError(file, .contents("“reading” is “\(head["reading"] ?? "")”; expected pinyin"))
        }
        guard !words.isEmpty else { throw SpokenCorpusError(file, .contents("it has no words; expected one a line")) }
        (self.file, self.language, self.words) = (file, language, words)
        self.voices = voices.split(whereSeparator: { $0 == " " || $0 == "," }).map(String.init)
    }

    private static func word(
        _ line: String, isPinyin: Bool, _ fault: (String) -> SpokenCorpusError
    ) throws(SpokenCorpusError) -> Word {
        let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces) }
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && !$0.contains(where: \.isWhitespace) }) else {
            throw fault("expected a word, or a word, a tab and how it is spoken")
        }
        guard line.count <= 200,
            !line.unicodeScalars.contains(where: { $0.properties.generalCategory == .control && $0 != "\t" })
        else { throw fault("a word has at most 200 characters, and no control characters") }
        let word = Word(written: parts[0], spoken: parts.last ?? parts[0])
        if isPinyin {
            guard parts.count == 2 else { throw fault("“\(parts[0])” needs a tab and its pinyin behind it") }
            if let problem = Pinyin.problem(in: word.spoken) { throw fault(problem) }
        }
        return word
    }

    /// Written words by what is spoken. Of words that sound alike, the first of the list.
    public var writing: [String: String] {
        Dictionary(words.map { ($0.spoken, $0.written) }, uniquingKeysWith: { first, _ in first })
    }
}
