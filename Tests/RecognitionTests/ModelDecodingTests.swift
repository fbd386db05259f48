import Decoding
import Foundation
import NeuralNetworks
import Recognition
import SignalFeatures
import Signals
import Testing

struct ModelDecodingTests {
    private static func model(_ kind: Units.Kind, window: Int = 0) -> RecognizerModel {
        let texts = kind == .words ? ["one", "two", "three"] : [" ", "a", "b"]
        let shape = RecognizerShape.words(WordsShape(inputs: 39, hidden: 16, layers: 1, outputs: 4))
        let card = RecognizerModel.Card(
            units: Units(kind, texts: texts), shape: shape, frontEnd: .words, audioRate: 8000, eegChannels: 0,
            standardisation: Standardisation(
                mean: [Float](repeating: 0, count: 39), deviation: [Float](repeating: 3, count: 39)), labelWindow: window,
            seed: 1,
            epochs: 0, trainingWords: 0, finalLoss: 0)
        return RecognizerModel(card: card, network: Network(shape.sequence(), seed: 8))
    }

    private static func noise(seconds: Int) -> [Float] {
        var random = SplitMix64(seed: 3)
        return (0..<8000 * seconds).map { _ in Float(0.1 * random.normal()) }
    }

    @Test func `a model's folder keeps its beam search and language model`() throws {
        let folder = NSTemporaryDirectory() + "larmor-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var model = Self.model(.words, window: 4)
        try model.write(folder: folder)
        #expect(try RecognizerModel(folder: folder).decoding == nil)
        var settings = ModelDecoding.Settings()
        settings.beam = 12
        settings.hotWords = ["two": 1.5]
        model.decoding = try ModelDecoding(
            model.card, settings, LanguageModel(text: "one two three\ntwo one\n", units: .words, order: 2))
        try model.write(folder: folder)
        let read = try RecognizerModel(folder: folder)
        #expect(read == model && read.decoding?.text.graph.options.holdOff == 8)
        try Data("no model".utf8).write(to: URL(fileURLWithPath: folder + "/language.bin"))
        #expect { try RecognizerModel(folder: folder) } throws: {
            ($0 as? RecognizerModel.FileError)?.file == folder + "/language.bin"
        }
        try Data("{\"beam\":0}".utf8).write(to: URL(fileURLWithPath: folder + "/decoding.json"))
        #expect { try RecognizerModel(folder: folder) } throws: {
            ($0 as? RecognizerModel.FileError)?.file == folder + "/decoding.json"
        }
    }

    @Test func `a language model of characters does not fit a model of words`() throws {
        let language = try LanguageModel(text: "one two", units: .characters, order: 2)
        #expect(throws: SearchError.self) { try TextDecoding(Self.model(.words).card, languageModel: language) }
        _ = try TextDecoding(
            Self.model(.characters).card, languageModel: LanguageModel(text: "ab a", units: .characters, order: 2))
    }

    @Test(arguments: [Units.Kind.words, .characters]) func `what is read is the search's best text, in the order of its frames`(
        kind: Units.Kind
    ) throws {
        let model = Self.model(kind)
        let sound = Self.noise(seconds: 2)
        let language = try LanguageModel(
            text: kind == .words ? "one two three\ntwo one\n" : "ab a\nb ab\n", units: kind == .words ? .words : .characters,
            order: 3)
        // One utterance.
        var settings = ModelDecoding.Settings()
        (settings.silence_s, settings.longest_s) = (60, 600)
        let decoding = try ModelDecoding(model.card, settings, language)
        let evaluation = RecognizerEvaluation(model, rate: 8000, decoding: decoding)
        let found = evaluation.read(sound)
        // The same by hand.
        let front = MelFrontEnd(rate: 8000, options: .words)
        var recognizer = StreamingRecognizer(model)
        var search = PrefixBeamSearch(decoding.text.graph)
        sound.withUnsafeBufferPointer { samples in
            front.feed(samples) { features, _ in
                guard recognizer.advance(audio: features, eeg: nil) else { return }
                var values = recognizer.logits
                LogSoftmax.apply(&values)
                try? search.push(frames: values)
            }
        }
        #expect(found.map { $0.index + 1 } == search.hypotheses()[0].units.map(\.unit))
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.frame <= $1.frame })
        // Words have evidence, from all texts that the search kept.
        let words = evaluation.hear(sound)
        #expect(words.map(\.text) == decoding.text.graph.units.words(of: found.map { $0.index + 1 }))
        for word in words {
            let evidence = try #require(word.evidence)
            #expect((0...1).contains(evidence.posterior) && evidence.margin.isFinite)
            // It takes ten frames to know how loud they are.
            #expect(word.lastFrame < 10 || evidence.quality?.snr_dB != nil)
            #expect(exp(evidence.margin) >= evidence.posterior - 1e-9)
        }
    }

    @Test func `a damaged beam search can be replaced or taken away, and leaves no language model behind`() throws {
        let folder = NSTemporaryDirectory() + "larmor-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let model = Self.model(.words)
        try model.write(folder: folder)
        let language = try LanguageModel(text: "one two three\n", units: .words, order: 2)
        try ModelDecoding(model.card, .init(), language).write(folder: folder)
        try Data("{".utf8).write(to: URL(fileURLWithPath: folder + "/decoding.json"))
        #expect(throws: RecognizerModel.FileError.self) { try RecognizerModel(folder: folder) }
        #expect(try RecognizerModel(folder: folder, readsDecoding: false).card == model.card)
        try ModelDecoding(model.card, .init(), nil).write(folder: folder)
        #expect(!FileManager.default.fileExists(atPath: folder + "/language.bin"))
        #expect(try RecognizerModel(folder: folder).decoding?.languageModel == nil)
        try Data("{".utf8).write(to: URL(fileURLWithPath: folder + "/decoding.json"))
        #expect(try ModelDecoding.remove(folder: folder))
        #expect(try !ModelDecoding.remove(folder: folder))
        #expect(try RecognizerModel(folder: folder).decoding == nil)
    }
}
