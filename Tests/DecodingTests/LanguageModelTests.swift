import Decoding
import Failures
import Foundation
import Signals
import Testing

struct LanguageModelTests {
    static let text = [
        "a b a c", "b a", "a b a", "c c a b", "a d", "b", "e a b a c f", "g a b", "a b a c", "a b d", "c a b a", "d d d a", "f",
        "a b a",
    ].map { $0.split(separator: " ").map(String.init) }

    @Test(arguments: [1, 2, 3, 4, 5, 9]) func `probabilities are those of the formulas`(order: Int) throws {
        let model = try LanguageModel(sentences: Self.text, order: order)
        let formula = KneserNeyFormula(Self.text, order: order)
        var contexts: [[String]] = [[], ["<s>"], ["g"], ["e", "e"]]
        for sentence in Self.text.prefix(7) {
            for end in 1...sentence.count { contexts.append((["<s>"] + sentence.prefix(end)).suffix(order - 1)) }
        }
        for context in contexts {
            let context = Array(context.suffix(order - 1))
            let numbers = try context.map { try #require(model.number(of: $0)) }
            for unit in ["a", "b", "f", "</s>", "<unk>"] {
                let expected = formula.probability(of: unit, after: context)
                let got = pow(10, model.logProbability(of: try #require(model.number(of: unit)), after: numbers))
                #expect(abs(got - expected) < 1e-9, "\(context) \(unit)")
            }
        }
    }

    @Test(arguments: 1...5) func `the probabilities after every context sum to one`(order: Int) throws {
        let model = try LanguageModel(sentences: Self.text, order: order)
        let units = (0..<UInt32(model.unitCount)).filter { $0 != LanguageModel.sentenceStart }
        for first in units + [LanguageModel.sentenceStart] {
            for second in units {
                let sum = units.reduce(0.0) { $0 + pow(10, model.logProbability(of: $1, after: [first, second])) }
                #expect(abs(sum - 1) < 1e-9)
            }
        }
    }

    @Test func `order and repetition of sentences' units decide, not their order in the text`() throws {
        let model = try LanguageModel(sentences: Self.text, order: 4)
        #expect(try LanguageModel(sentences: Self.text.reversed(), order: 4).encoded == model.encoded)
    }

    @Test func `characters have the space between words as a unit`() throws {
        #expect(ModelText.units(of: " ab  c\t", .characters) == ["a", "b", "<space>", "c"])
        #expect(ModelText.units(of: "e\u{301}", .characters) == ["\u{E9}"])
        let model = try LanguageModel(text: "ab c\nab\n\n", units: .characters, order: 9)
        #expect(model.unitKind == .characters && model.number(of: "<space>") != nil)
    }

    @Test func `a model knows the sentences that it was counted from`() throws {
        let model = try LanguageModel(text: "one two three\nyes\nfour  five\tsix seven", units: .words, order: 3)
        #expect(model.knows("four five six seven") && !model.knows("one two"))
        #expect(throws: LanguageModelError("m", .knownText("one two three"))) {
            try model.refuse(["no way out", "one two three"], place: "m")
        }
        // Single words stand in many texts.
        try model.refuse(["yes", "one two"], place: "m")
        let opened = try LanguageModel(encoded: model.encoded, place: "m")
        #expect(opened.knows("yes") && opened.unitKind == .words)
    }

    @Test func `an ARPA file gives back the model that wrote it`() throws {
        for order in [1, 2, 4] {
            let model = try LanguageModel(sentences: Self.text, order: order)
            let read = try LanguageModel(arpa: model.arpa, place: "lm.arpa")
            #expect(read.arpa == model.arpa)
        }
    }

    @Test func `n-grams whose beginnings an ARPA file lacks count all the same`() throws {
        let arpa = """
            \\data\\
            ngram 1=4
            ngram 2=1
            ngram 3=1

            \\1-grams:
            -1.0 zebra -0.5
            -0.5 ant -0.25
            -99 <s> -0.1
            -0.7 </s>

            \\2-grams:
            -0.3 ant zebra -0.2

            \\3-grams:
            -0.2 zebra ant </s>

            \\end\\
            """
        let model = try LanguageModel(arpa: Array(arpa.utf8), place: "x")
        let (zebra, ant) = (try #require(model.number(of: "zebra")), try #require(model.number(of: "ant")))
        #expect(ant < zebra)
        #expect(abs(model.logProbability(of: LanguageModel.sentenceEnd, after: [zebra, ant]) + 0.2) < 1e-12)
        // Back-off of zebra, then ant by itself.
        #expect(abs(model.logProbability(of: ant, after: [zebra]) + 0.5 + 0.5) < 1e-12)
        #expect(abs(model.logProbability(of: zebra, after: [zebra, ant]) + 0.3) < 1e-12)
        #expect(model.logProbability(of: LanguageModel.unknown, after: []) == -100)
    }

    @Test func `every cut of a file is refused`() throws {
        let model = try LanguageModel(sentences: Array(Self.text.prefix(4)), order: 3)
        let (arpa, encoded) = (model.arpa, model.encoded)
        for length in 0..<arpa.count - 6 {
            #expect(throws: LanguageModelError.self) { try LanguageModel(arpa: Array(arpa.prefix(length)), place: "lm.arpa") }
        }
        for length in 0..<encoded.count {
            #expect(throws: LanguageModelError.self) { try LanguageModel(encoded: Array(encoded.prefix(length)), place: "lm") }
        }
    }

    @Test func `every changed byte of a binary file is refused`() throws {
        let encoded = try LanguageModel(sentences: Array(Self.text.prefix(4)), order: 3).encoded
        for place in encoded.indices {
            var changed = encoded
            changed[place] ^= 0x10
            #expect(throws: LanguageModelError.self) { try LanguageModel(encoded: changed, place: "lm") }
        }
    }

    @Test func `a file is mapped, and what is no file has an error of its own`() throws {
        let model = try LanguageModel(sentences: Self.text, order: 4)
        let file = NSTemporaryDirectory() + "larmor-\(UUID()).lm"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Data(model.encoded).write(to: URL(fileURLWithPath: file))
        let opened = try LanguageModel(file: file)
        #expect(opened.arpa == model.arpa)
        for path in [file + "-none", NSTemporaryDirectory()] {
            #expect { try LanguageModel(file: path) } throws: { ($0 as? LanguageModelError)?.kind == .missingInput }
        }
    }

    @Test func `orders and units that cannot be are refused`() {
        #expect(throws: LanguageModelError.self) { try LanguageModel(sentences: [["a"]], order: 10) }
        #expect(throws: LanguageModelError("language model", .noText)) {
            try LanguageModel(text: " \n", units: .words, order: 2)
        }
        #expect(throws: LanguageModelError.self) { try LanguageModel(text: "a <s> b", units: .words, order: 2) }
    }

    @Test func `perplexity counts ends of sentences and unknown units`() throws {
        let model = try LanguageModel(sentences: [["a"], ["a"]], order: 1)
        // a and the end twice each: discounts 1 of 4, and the rest over three units.
        let p = 1.0 / 4 + 2.0 / 4 / 3
        let found = model.perplexity(of: [["a"], ["x"]])
        #expect(found.units == 4 && found.unknown == 1)
        #expect(abs(found.value - pow(p * p * p / 6, -0.25)) < 1e-9)
    }
}
