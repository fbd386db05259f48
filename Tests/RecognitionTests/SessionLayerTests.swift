import Foundation
import NeuralNetworks
import Recognition
import SignalFeatures
import Signals
import Testing

/// Days: input layers of sessions, and the fit of one to a new day.
@Suite(.serialized) struct SessionLayerTests {
    private struct Trained {
        var model: RecognizerModel
        /// A day on which two electrodes were plugged in the other way round: to fit to, and to read.
        var block: [SpokenText]
        var test: [SpokenText]
    }

    private static func settings() -> EEGCorpus.Settings { EEGCorpus.Settings(line: 50, reference: .none, components: 12) }

    private static func recipe() -> TrainingRecipe {
        var recipe = TrainingRecipe.krishna
        (recipe.hidden, recipe.epochs, recipe.batch, recipe.learningRate, recipe.blankBias) = (32, 40, 4, 0.01, 2)
        (recipe.hasSessionLayer, recipe.balancesSessions) = (true, true)
        return recipe
    }

    private static func training(_ corpus: EEGCorpus, _ recipe: TrainingRecipe) throws -> RecognizerTraining {
        try RecognizerTraining(.init(units: Units(.characters, texts: EEGStand.letters), corpus), recipe: recipe)
    }

    private static func corpus(_ stand: EEGStand) throws -> Corpus {
        let days = [EEGStand.texts(90, seed: 1), EEGStand.texts(60, seed: 2)]
        for (day, texts) in days.enumerated() {
            try stand.session("day\(day + 1)", EEGStand.signal(texts, seed: UInt64(10 + day)).map { Float(day + 1) * $0 })
        }
        var corpus = try stand.corpus([("day1", days[0], "train"), ("day2", days[1], "train")])
        for index in corpus.utterances.indices { corpus.utterances[index].session = corpus.utterances[index].eeg }
        return corpus
    }

    private static let shared = Result {
        let stand = EEGStand()
        defer { stand.remove() }
        let eeg = try EEGCorpus(try corpus(stand), settings: settings())
        let model = try #require(try training(eeg, recipe()).run { _ in true })
        let (block, test) = (EEGStand.texts(60, seed: 5), EEGStand.texts(30, seed: 6))
        for (name, texts) in [("block", block), ("test", test)] {
            var values = EEGStand.signal(texts, seed: 20)
            for n in 0..<values.count / 4 { values.swapAt(4 * n, 4 * n + 1) }
            try stand.session(name, values)
        }
        let new = try stand.corpus([("block", block, "train"), ("test", test, "test")])
        let read = try EEGCorpus(new, eeg.specification, eeg.fit)
        return Trained(model: model, block: read.training, test: read.test)
    }

    private let trained: Trained
    init() throws { trained = try Self.shared.get() }

    private func errors(_ model: RecognizerModel) throws -> Double {
        try #require(RecognizerEvaluation(model, rate: 0).read(trained.test)).reduce(WordErrors()) { $0 + $1.characters }.rate
    }

    @Test func `a model has an input layer for each session, and reads a strange one with the last`() throws {
        let model = trained.model
        #expect(model.card.sessions == ["day1", "day2"] && model.card.shape.sessions == 2)
        #expect(model.session(named: "day1") == 0 && model.session(named: "day2") == 1 && model.session(named: "other") == 1)
        // Both have moved away from the identity, and from each other.
        let n = model.network.inputs
        let weights = model.network.parameters.prefix(2 * n * n)
        #expect(Array(weights.prefix(n * n)) != Array(weights.suffix(n * n)))
        let spoken = trained.test[0]
        let evaluation = RecognizerEvaluation(model, rate: 0)
        func heard(_ session: String) -> [HeardWord] { evaluation.hear(nil, eeg: spoken.eeg, session: session) }
        #expect(heard("other") == heard("day2"))
    }

    @Test func `an input layer that is fitted to a block of a new day reads that day better`() throws {
        let before = try errors(trained.model)
        let adaptation = try RecognizerAdaptation(trained.model, trained.block)
        var recipe = AdaptationRecipe(method: .input)
        (recipe.epochs, recipe.learningRate) = (30, 0.01)
        let model = try #require(try adaptation.run(recipe)).model
        let after = try errors(model)
        #expect(before > 0.4 && after < 0.75 * before, "\(before) → \(after)")
        #expect(model.card.shape.sessions == 1 && model.session(named: nil) == 0)
        // Only the layer is another one.
        let n = model.network.inputs
        #expect(
            model.network.parameters[(n * n + n)...].elementsEqual(trained.model.network.parameters[(2 * (n * n + n))...]))
        var named = model
        named.card.sessions = ["friday"]
        let folder = FileManager.default.temporaryDirectory.path + "/larmor-model-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try named.write(folder: folder)
        let back = try RecognizerModel(folder: folder)
        #expect(back.card == named.card && back.network == named.network)
        // A card that tells of other sessions than the network has is refused.
        let card = try String(contentsOfFile: folder + "/model.json", encoding: .utf8)
        try card.replacing(#""friday""#, with: #""friday", "monday""#).write(
            toFile: folder + "/model.json", atomically: true, encoding: .utf8)
        #expect(
            (#expect(throws: RecognizerModel.FileError.self) { try RecognizerModel(folder: folder) })?.problem.contains(
                "sessions") == true)
    }

    @Test func `an epoch that is balanced has as many strings of each session, and a training without layers is the old one`()
        throws
    {
        let stand = EEGStand()
        defer { stand.remove() }
        let eeg = try EEGCorpus(try Self.corpus(stand), settings: Self.settings())
        var recipe = Self.recipe()
        #expect(try Self.training(eeg, recipe).extent.iterationsPerEpoch == 45)
        recipe.balancesSessions = false
        #expect(try Self.training(eeg, recipe).extent.iterationsPerEpoch == 38)
        #expect(recipe.fingerprint.contains("hasSessionLayer"))
        #expect(!TrainingRecipe.krishna.fingerprint.contains("hasSessionLayer"))
    }
}
