import Foundation
import NeuralNetworks
import Recognition
import SignalFeatures
import Signals
import Testing

/// EEG alone, from recorded sessions to letters.
@Suite(.serialized) struct EEGRecognizerTests {
    private struct Trained {
        var corpus: EEGCorpus
        var model: RecognizerModel
    }

    private static func settings() -> EEGCorpus.Settings {
        EEGCorpus.Settings(line: 50, reference: .none, components: 12)
    }

    private static func train(_ corpus: EEGCorpus) throws -> RecognizerModel {
        var recipe = TrainingRecipe.krishna
        // Small batches, or there are too few steps; a blank that is likely from the start saves some of them.
        (recipe.hidden, recipe.epochs, recipe.batch, recipe.learningRate, recipe.blankBias) = (32, 40, 4, 0.01, 2)
        let training = try RecognizerTraining(
            .init(units: Units(.characters, texts: EEGStand.letters), corpus), recipe: recipe)
        return try #require(try training.run { _ in true })
    }

    /// Trained once for all tests.
    private static let shared = Result {
        let stand = EEGStand()
        defer { stand.remove() }
        let (known, new) = (EEGStand.texts(150, seed: 1), EEGStand.texts(30, seed: 2))
        try stand.session("known", EEGStand.signal(known, seed: 3))
        try stand.session("new", EEGStand.signal(new, seed: 4))
        let corpus = try EEGCorpus(
            try stand.corpus([("known", known, "train"), ("new", new, "test")]), settings: settings())
        return Trained(corpus: corpus, model: try train(corpus))
    }

    private let trained: Trained
    init() throws { trained = try Self.shared.get() }

    @Test func `letters are learnt from EEG alone and read from another session, and noise in its place reads nothing`() throws
    {
        let evaluation = RecognizerEvaluation(trained.model, rate: 0)
        let errors = try #require(evaluation.read(trained.corpus.test)).reduce(WordErrors()) { $0 + $1.characters }
        let control = try #require(evaluation.read(trained.corpus.test, replaced: true)).reduce(WordErrors()) {
            $0 + $1.characters
        }
        #expect(errors.rate < 0.1, "\(errors)")
        #expect(control.rate > 0.5, "\(control)")
        #expect(evaluation.wordErrorRate(trained.corpus).map { $0 < 0.3 } == true)
    }

    @Test func `a beam search reads EEG, too: with a lexicon of what is spelt, no worse than the best path, and with evidence`()
        throws
    {
        let test = trained.corpus.test
        var settings = ModelDecoding.Settings()
        settings.lexicon = Set(test.map(\.text)).sorted()
        // More than half a second lies between two letters.
        settings.silence_s = 3
        let decoding = try ModelDecoding(trained.model.card, settings, nil)
        let plain = try #require(RecognizerEvaluation(trained.model, rate: 0).read(test))
        let searched = try #require(RecognizerEvaluation(trained.model, rate: 0, decoding: decoding).read(test))
        func errors(_ readings: [RecognizerEvaluation.Reading]) -> WordErrors {
            readings.reduce(WordErrors()) { $0 + $1.characters }
        }
        #expect(errors(searched).count <= errors(plain).count, "\(errors(searched)) \(errors(plain))")
        let words = searched.flatMap(\.heard)
        #expect(words.count >= test.count * 9 / 10)
        #expect(words.allSatisfy { $0.evidence.map { (0...1).contains($0.posterior) } == true })
    }

    @Test func `the front end is fitted to the training split only`() throws {
        let stand = EEGStand()
        defer { stand.remove() }
        let (known, new) = (EEGStand.texts(150, seed: 1), EEGStand.texts(30, seed: 2))
        try stand.session("known", EEGStand.signal(known, seed: 3))
        // Another test session, ten times as loud.
        try stand.session("new", EEGStand.signal(new, seed: 5).map { 10 * $0 })
        let corpus = try EEGCorpus(
            try stand.corpus([("known", known, "train"), ("new", new, "test")]), settings: Self.settings())
        #expect(corpus.fit == trained.corpus.fit && corpus.training == trained.corpus.training)
        #expect(corpus.test != trained.corpus.test)
    }

    @Test func `a model comes back from its folder as it was, reads the same, and is refused where its front end is damaged`()
        throws
    {
        let folder = FileManager.default.temporaryDirectory.path + "/larmor-model-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try trained.model.write(folder: folder)
        let back = try RecognizerModel(folder: folder)
        #expect(back.card == trained.model.card && back.network == trained.model.network)
        let test = trained.corpus.test
        #expect(RecognizerEvaluation(back, rate: 0).read(test) == RecognizerEvaluation(trained.model, rate: 0).read(test))
        let card = try String(contentsOfFile: folder + "/model.json", encoding: .utf8)
        for (old, new, problem) in [
            (#""version" : 1"#, #""version" : 7"#, "version 7"), (#""window" : 32"#, #""window" : 33"#, "power of two"),
            (#""hearsSound" : false"#, #""hearsSound" : true"#, "audio rate"),
            (#""components" : 12"#, #""components" : 13"#, "fit"),
            (#""rate" : 250"#, #""rate" : 20"#, "20"),
        ] {
            #expect(card.contains(old))
            try card.replacing(old, with: new).write(toFile: folder + "/model.json", atomically: true, encoding: .utf8)
            let error = #expect(throws: RecognizerModel.FileError.self) { try RecognizerModel(folder: folder) }
            #expect(
                error?.file == folder + "/model.json" && error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
        }
        // A card of a model with more landmarks is not that of these weights.
        try card.replacing(#""landmarks" : 256"#, with: #""landmarks" : 100"#).write(
            toFile: folder + "/model.json", atomically: true, encoding: .utf8)
        let error = #expect(throws: RecognizerModel.FileError.self) { try RecognizerModel(folder: folder) }
        #expect(error?.file == folder + "/model.safetensors" && error?.problem.contains("landmarks") == true)
    }

    @Test func `a hole in the recording is a masked hole in the features, at the same place`() throws {
        let stand = EEGStand()
        defer { stand.remove() }
        let texts = EEGStand.texts(4, seed: 8)
        let values = EEGStand.signal(texts, seed: 9)
        try stand.session("whole", values)
        try stand.session("holed", values, without: 1000..<1030)
        let specification = EEGFrontEndSpecification.krishna(channels: 4, rate: 250)
        let whole = try EEGRecording(session: stand.folder + "/whole").features(specification, regression: [])
        let holed = try EEGRecording(session: stand.folder + "/holed").features(specification, regression: [])
        #expect(whole.count == holed.count)
        let width = specification.rawFeatures
        // Frames of samples 1000 … 1029, and those whose windows reach into them.
        for frame in [399, 400, 405, 411, 424] {
            let mask = holed[frame * width + 20..<(frame + 1) * width]
            #expect(mask.allSatisfy { $0 == (frame > 399 ? 1 : 0) }, "\(frame) \(mask)")
        }
        #expect(whole[..<(399 * width)] == holed[..<(399 * width)])
    }

    @Test func `lines without EEG, of another headset or beyond the recording are told`() throws {
        let stand = EEGStand()
        defer { stand.remove() }
        let texts = EEGStand.texts(4, seed: 8)
        try stand.session("one", EEGStand.signal(texts, seed: 9))
        var late = texts
        late[1].end = 99
        let error = #expect(throws: CorpusError.self) { try EEGCorpus(try stand.corpus([("one", late, "train")])) }
        #expect(error?.description.contains("corpus.jsonl:2: it stands at") == true)
        let none = Corpus(path: stand.folder + "/c.jsonl", utterances: [Utterance(audio: "a.wav", text: "x")])
        let missing = #expect(throws: CorpusError.self) { try EEGCorpus(none) }
        #expect(missing?.description.contains("no “eeg”") == true)
        #expect(throws: CorpusError.self) { try SpeechCorpus(try stand.corpus([("one", texts, "train")]), rate: 8000) }
        let corpus = try stand.corpus([("one", texts, "train")])
        try corpus.write()
        #expect(try Corpus(file: corpus.path) == corpus)
        let split = try stand.corpus([("one", texts, "train"), ("one", texts, "test")])
        #expect(throws: CorpusError.self) { try split.checkLeaks() }
    }
}
