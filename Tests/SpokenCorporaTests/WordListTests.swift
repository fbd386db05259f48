import Failures
import Foundation
import Recognition
import Settings
import Signals
import SpokenCorpora
import Testing

/// The folder `corpora` of the project.
let corpora = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "corpora").path

struct `Word lists` {
    @Test(arguments: ["english.txt", "mandarin.txt"])
    func `have 150 different words each, which are also spoken differently`(name: String) throws {
        let list = try WordList(file: "\(corpora)/\(name)")
        #expect(list.words.count == 150)
        #expect(Set(list.words.map(\.written)).count == 150)
        #expect(Set(list.words.map(\.spoken)).count == 150)
        #expect(!list.voices.isEmpty)
    }

    @Test func `of English are small letters, of Mandarin hanzi with pinyin`() throws {
        let english = try WordList(file: "\(corpora)/english.txt")
        #expect(english.words.allSatisfy { $0.spoken.allSatisfy { ("a"..."z").contains($0) } && $0.written == $0.spoken })
        let mandarin = try WordList(file: "\(corpora)/mandarin.txt")
        #expect(
            mandarin.words.allSatisfy { word in
                word.written.unicodeScalars.allSatisfy { (0x4E00...0x9FFF).contains($0.value) }
                    // A syllable for each hanzi.
                    && word.spoken.count(where: \.isNumber) == word.written.count
            })
        #expect(mandarin.writing["tian1qi4"] == "天气")
    }

    @Test func `know syllables of pinyin`() {
        for good in ["wo3", "tian1qi4", "lv4", "er4", "zhuang1", "xue2sheng5", "nve4"] {
            #expect(Pinyin.problem(in: good) == nil)
        }
        for bad in ["", "wo", "wo6", "3", "tian1qi", "bk4", "Wo3", "lü4"] { #expect(Pinyin.problem(in: bad) != nil) }
    }

    static let head = "language: zh\nvoices: cmn-latn-pinyin\nreading: pinyin\n\n"

    @Test(arguments: [
        ("一\tyi1\n一\tyi2", 6), ("一\tyi", 5), ("一", 5), ("一\tyi1\tx", 5), ("一 二\tyi1", 5), ("一\tyi1\n二\t", 6),
    ])
    func `that are wrong are refused with the line`(words: String, line: Int) {
        do {
            _ = try WordList(text: Self.head + words, file: "list")
            Issue.record("taken")
        } catch {
            guard case .line(line, _) = error.reason else {
                Issue.record("\(error)")
                return
            }
            #expect(error.kind == .badInput && error.description.hasPrefix("list:\(line): "))
        }
    }

    @Test(arguments: [
        "", "language: en\n\nyes", "voices: en-us\n\nyes", "language: en\nvoices: en-us\n\n",
        "language: en\nvoices: en-us\nreading: x\n\na\tb1",
    ])
    func `without a whole head, or without words, are refused`(text: String) {
        #expect(throws: SpokenCorpusError.self) { try WordList(text: text, file: "list") }
    }

    @Test func `that are not there have the exit code for it`() {
        do {
            _ = try WordList(file: "/nowhere/list.txt")
            Issue.record("taken")
        } catch { #expect(error.reason == .noSuchFile && error.kind == .missingInput) }
    }

    @Test func `take the first of words that sound alike`() throws {
        let list = try WordList(text: Self.head + "他\tta1\n她\tta1", file: "list")
        #expect(list.writing["ta1"] == "他")
    }
}

struct `Sentence grammars` {
    private var lists: [WordList] {
        get throws { [try WordList(file: "\(corpora)/english.txt"), try WordList(file: "\(corpora)/mandarin.txt")] }
    }

    @Test(arguments: ["english-sentences.toml", "mandarin-sentences.toml"])
    func `of the project make sentences of three to seven words`(name: String) throws {
        let grammar = try SentenceGrammar(file: "\(corpora)/\(name)", lists: lists)
        var random = SplitMix64(seed: 1)
        for _ in 0..<500 { #expect((3...7).contains(grammar.sentence(&random).count)) }
    }

    @Test(arguments: [
        "language = \"fr\"\nsentences = [\"the house\"]",
        "language = \"en\"\nsentences = [\"the zebra\"]",
        "language = \"en\"\nsentences = [\"the {thing}\"]",
        "language = \"en\"\nsentences = []",
        "language = \"en\"\nsentences = [\"\"]",
        "language = \"en\"\nsentences = [3]",
        "language = \"en\"\nsentences = [\"the {thing}\"]\n[classes]\nthing = \"zebra\"",
        "language = \"en\"\nsentences = [\"the house\"]\nother = 1",
    ])
    func `that are wrong are refused`(text: String) throws {
        #expect(throws: SettingsError.self) {
            try SentenceGrammar(try SettingsTable(toml: text, file: "grammar"), lists: lists)
        }
    }
}

struct `Sentences` {
    @Test func `never come twice, take turns among languages, and have as many words as asked for`() throws {
        let lists = [try WordList(file: "\(corpora)/english.txt"), try WordList(file: "\(corpora)/mandarin.txt")]
        var source = SentenceSource(lists, grammars: [], length: 2...3, avoiding: [])
        var random = SplitMix64(seed: 5)
        let sentences = try (0..<400).map { try source.sentence($0, &random) }
        #expect(Set(sentences.map(\.spoken)).count == 400)
        #expect(sentences.enumerated().allSatisfy { $1.language == ($0 % 2 == 0 ? "en" : "zh") })
        #expect(Set(sentences.map { $0.spoken.split(separator: " ").count }) == [2, 3])
    }

    @Test func `end with an error when there are no others`() throws {
        let list = try WordList(text: "language: en\nvoices: en-us\n\nyes\nno", file: "list")
        var source = SentenceSource([list], grammars: [], length: 1...1, avoiding: ["no"])
        var random = SplitMix64(seed: 5)
        #expect(try source.sentence(0, &random).spoken == "yes")
        #expect(throws: SpokenCorpusError.self) { try source.sentence(1, &random) }
    }

    @Test func `of different splits have different variants and pitches`() {
        let voices = VoiceSet()
        #expect(voices.shared == nil)
        #expect(Set(VoiceSet.pitches(.train)).isDisjoint(with: VoiceSet.pitches(.test)))
        var wrong = voices
        wrong.test.append("m1")
        #expect(wrong.shared == "m1")
    }
}
