import Foundation
import NeuralNetworks
import Recognition
import SignalFeatures
import Testing

@Suite struct UnitsTests {
    @Test func `words and characters spell a text and read it back`() throws {
        let words = Units(.words, spelling: ["two one", " three  one"])
        #expect(words.texts == ["one", "three", "two"])
        #expect(try words.labels(of: "two  one three") == [3, 1, 2] && words.text(of: [3, 1, 2]) == "two one three")
        let error = try #require(throws: Units.SpellingError.self) { try words.labels(of: "one four") }
        #expect(error.unknown == "four")

        let characters = Units(.characters, spelling: ["你好 ab", "é"])
        #expect(characters.texts == [" ", "a", "b", "é", "你", "好"].sorted())
        let labels = try characters.labels(of: "  ab\t你é ")
        #expect(labels.count == 5 && characters.text(of: labels) == "ab 你é")
        #expect(characters.text(of: [1, 1] + labels + [1]) == "ab 你é")
        #expect(throws: Units.SpellingError.self) { try characters.labels(of: "c") }
    }

    @Test func `a text's hash does not depend on white space, and is that of sha256sum`() {
        // printf 'two one' | sha256sum
        #expect(TextHash.of("two one") == TextHash.of(" two \n one"))
        #expect(TextHash.of("two one").count == 16 && TextHash.of("two one") != TextHash.of("one two"))
    }

    @Test func `characters become words at spaces and after pauses`() {
        var assembler = WordAssembler()
        var found: [WordAssembler.Word] = []
        for (frame, text) in [(3, "h"), (9, "i"), (12, " "), (13, " "), (20, "y"), (30, "o")] {
            if let word = assembler.next(text, logProbability: -0.5, frame: UInt64(frame)) { found.append(word) }
        }
        #expect(found == [.init(text: "hi", first: 3, frame: 9, logProbability: -1)])
        #expect(assembler.current?.text == "yo")
        for frame in 31..<80 where assembler.next(nil, logProbability: 0, frame: UInt64(frame)) != nil {
            Issue.record("too early")
        }
        #expect(assembler.next(nil, logProbability: 0, frame: 80)?.text == "yo")
        #expect(assembler.current == nil && assembler.finish() == nil)
        _ = assembler.next("x", logProbability: -1, frame: 100)
        #expect(assembler.finish()?.text == "x" && assembler.finish() == nil)
    }
}

@Suite struct ModelCardTests {
    private func card() -> RecognizerModel.Card {
        let shape = LiveShape(inputs: 40, width: 8, blocks: 2, outputs: 4, planes: [2, 2])
        return RecognizerModel.Card(
            units: Units(.characters, texts: [" ", "a", "b"]), shape: .live(shape), frontEnd: .bands, audioRate: 16_000,
            eegChannels: 0,
            standardisation: Standardisation(
                mean: [Float](repeating: 0, count: 40), deviation: [Float](repeating: 1, count: 40)),
            labelWindow: 0, seed: 1, epochs: 1, trainingWords: 1, finalLoss: 1)
    }

    private func model() -> RecognizerModel {
        let card = card()
        return RecognizerModel(card: card, network: Network(card.shape.sequence(), seed: 4))
    }

    @Test func `a model of the preset live comes back from its folder as it was`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/larmor-live-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let model = model()
        try model.write(folder: folder)
        let read = try RecognizerModel(folder: folder)
        #expect(read == model)
        #expect(read.card.units.kind == .characters && read.card.audioFeatures == .bands)
    }

    @Test(arguments: [
        ("\"inputs\" : 40", "\"inputs\" : 41"), ("\"width\" : 8", "\"width\" : -8"), ("\"width\" : 8", "\"width\" : 99999999"),
        ("\"blocks\" : 2", "\"blocks\" : 0"), ("\"outputs\" : 4", "\"outputs\" : 5"),
        ("\"preset\" : \"live\"", "\"preset\" : \"later\""),
        ("\"bands\" : 40", "\"bands\" : 3"), ("\"warp\" : 1", "\"warp\" : 0"), ("\"audioRate\" : 16000", "\"audioRate\" : 1"),
        ("\"highest_Hz\" : 3900", "\"highest_Hz\" : 39000"), ("\"labelWindow\" : 0", "\"labelWindow\" : -1"),
        ("\"a\"", "\"b\""), ("\"eegChannels\" : 0", "\"eegChannels\" : 9000000000000000000"),
    ])
    func `a card with what cannot be is an error that names the file`(text: String, wrong: String) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/larmor-card-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try model().write(folder: folder)
        let file = folder + "/model.json"
        let json = try String(contentsOfFile: file, encoding: .utf8)
        let changed = json.replacingOccurrences(of: text, with: wrong)
        #expect(changed != json, "the card has no \(text)")
        try Data(changed.utf8).write(to: URL(fileURLWithPath: file))
        let error = try #require(throws: RecognizerModel.FileError.self) { try RecognizerModel(folder: folder) }
        #expect(error.file == file, "\(error)")
    }

    @Test func `weights that are no numbers are refused`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/larmor-weights-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var model = model()
        model.network.parameters[5] = .nan
        try model.write(folder: folder)
        let error = try #require(throws: RecognizerModel.FileError.self) { try RecognizerModel(folder: folder) }
        #expect(error.file == folder + "/model.safetensors")
    }
}
