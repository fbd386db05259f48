import Foundation
import NeuralNetworks
import Origin
import Recognition
import SignalFeatures
import Signals
import Testing

/// Two "words": tones, as a speaker says them whose throat has this size.
private func tones(_ count: Int, seed: UInt64, size: Double = 1, speaker: String = "a") -> [SpokenText] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { index in
        let word = index % 2
        let length = 3000 + random.integer(below: 2000)
        let step = 2 * Double.pi * (word == 0 ? 500 : 1000) * size / 8000
        let samples = (0..<length).map { Float(0.2 * sin(step * Double($0))) + 0.002 * Float(random.normal()) }
        return SpokenText(samples: samples, rate: 8000, text: ["low", "high"][word], speaker: speaker)
    }
}

private func trained(seed: UInt64, epochs: Int = 12) throws -> RecognizerModel {
    var recipe = TrainingRecipe.words
    (recipe.hidden, recipe.layers, recipe.epochs, recipe.batch, recipe.learningRate) = (24, 2, epochs, 4, 0.01)
    recipe.seed = seed
    let training = try RecognizerTraining(
        .init(units: Units(.words, texts: ["low", "high"]), training: tones(48, seed: 1), rate: 8000), recipe: recipe)
    return try #require(try training.run { _ in true })
}

private func errors(_ model: RecognizerModel, _ spoken: [SpokenText]) throws -> WordErrors {
    try #require(RecognizerEvaluation(model, rate: 8000).read(spoken)).reduce(WordErrors()) { $0 + $1.words }
}

/// The logits of a stream, bit by bit.
private func bits(_ model: RecognizerModel, _ spoken: [SpokenText]) -> [UInt32] {
    let front = MelFrontEnd(rate: 8000, options: model.card.audioFeatures)
    var recognizer = StreamingRecognizer(model)
    var found: [UInt32] = []
    for samples in spoken.map(\.samples) {
        samples.withUnsafeBufferPointer {
            front.feed($0) { features, _ in
                _ = recognizer.step(audio: features, eeg: nil)
                found += recognizer.logits.map(\.bitPattern)
            }
        }
    }
    return found
}

@Suite struct AdaptationTests {
    /// Trained once for all tests.
    private static let shared = Result { try trained(seed: 1) }
    private let model: RecognizerModel
    /// A throat whose words lie between those of the training.
    private let stranger = tones(40, seed: 5, size: 1.3, speaker: "b")
    private let test = tones(30, seed: 6, size: 1.3, speaker: "b")

    init() throws { model = try Self.shared.get() }

    private func adapted(_ method: AdaptationMethod, epochs: Int = 40) throws -> RecognizerAdaptation.Result {
        var recipe = AdaptationRecipe(method: method)
        (recipe.rank, recipe.epochs, recipe.batch) = (8, epochs, 4)
        return try #require(try RecognizerAdaptation(model, stranger).run(recipe))
    }

    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "adapters-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try model.write(folder: folder)
        try body(folder)
    }

    @Test func `a side network learns a stranger, and is a small file beside a model that stays as it is`() throws {
        let before = try errors(model, test)
        let result = try adapted(.read)
        let after = try errors(result.model, test)
        #expect(before.rate > 0.3 && after.rate < 0.2, "\(before) and \(after)")
        // Read without it, the speakers of the training are as they were.
        #expect(result.model.network == model.network && result.skippedSteps == 0)
        let rank = 8
        #expect(result.trainableParameters == rank * 25 + 6 * rank * rank + 6 * rank + 24 * (rank + 1))
        try inFolder { folder in
            let weights = try ContentHash.sha256(of: folder + "/model.safetensors")
            var adapter = try #require(result.model.adapter)
            adapter.card.subject = "b"
            let file = try adapter.write("b", model: folder)
            #expect(file.bytes < 12_000 && file.path == folder + "/adapters/b.safetensors")
            #expect(try ContentHash.sha256(of: folder + "/model.safetensors") == weights && adapter.card.backbone == weights)
            #expect(RecognizerAdapter.names(model: folder) == ["b"])
            let read = try RecognizerModel(folder: folder, adapter: "b")
            #expect(read.adapter == adapter)
            #expect(bits(read, test) == bits(result.model, test))
            #expect(try RecognizerModel(folder: folder) == model)
            // What a session keeps beside its copy of the model is taken without being named.
            try Data(try adapter.encoded()).write(to: URL(fileURLWithPath: folder + "/" + RecognizerAdapter.copyName))
            #expect(try RecognizerModel(folder: folder) == read)
        }
    }

    @Test func `an adapter that was not trained changes no bit`() throws {
        var untrained = model
        let side = try #require(model.card.shape.side)
        let shape = SideNetwork.Shape(width: side.width, rank: 4, taps: side.taps.count)
        let trained = try #require(try adapted(.read, epochs: 1).model.adapter)
        var card = trained.card
        card.shape = shape
        untrained.adapter = RecognizerAdapter(card: card, side: SideNetwork(shape, seed: 3))
        #expect(bits(untrained, test) == bits(model, test))
    }

    @Test func `an adapter of another backbone, a damaged one, a missing one and a bad name are refused`() throws {
        let adapter = try #require(try adapted(.read, epochs: 1).model.adapter)
        try inFolder { folder in
            try adapter.write("b", model: folder)
            let path = RecognizerAdapter.path("b", model: folder)
            let other = try trained(seed: 2, epochs: 1)
            let error = #expect(throws: RecognizerModel.FileError.self) { try RecognizerAdapter(path, for: other) }
            #expect(error?.problem.contains("made for another model") == true && error?.file == path)
            #expect(error?.description.contains("not a usable adapter") == true)
            let missing = #expect(throws: RecognizerModel.FileError.self) { try RecognizerModel(folder: folder, adapter: "c") }
            #expect(missing?.isMissing == true)
            for name in ["", "../b", "a/b", ".b", String(repeating: "x", count: 65)] {
                #expect(throws: RecognizerModel.FileError.self) { try RecognizerModel(folder: folder, adapter: name) }
                #expect(throws: RecognizerModel.FileError.self) { try adapter.write(name, model: folder) }
            }
            let bytes = try adapter.encoded()
            for cut in [0, 7, bytes.count / 2, bytes.count - 1] {
                try Data(bytes[..<cut]).write(to: URL(fileURLWithPath: path))
                #expect(throws: RecognizerModel.FileError.self) { try RecognizerModel(folder: folder, adapter: "b") }
            }
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.copyItem(atPath: folder + "/model.safetensors", toPath: path)
            let foreign = #expect(throws: RecognizerModel.FileError.self) { try RecognizerModel(folder: folder, adapter: "b") }
            #expect(foreign?.problem.contains("no card") == true)
        }
    }

    @Test(arguments: AdaptationMethod.allCases)
    func `every method learns the stranger from the same strings, twice to the same bits`(method: AdaptationMethod) throws {
        let before = try errors(model, stranger)
        let result = try adapted(method)
        #expect(try errors(result.model, stranger).rate < before.rate, "\(method)")
        #expect(try adapted(method, epochs: 2).model == adapted(method, epochs: 2).model)
        #expect((result.model.network == model.network) == method.makesAdapter)
        let whole = model.network.layout.count
        #expect(method == .full ? result.trainableParameters == whole : result.trainableParameters < whole)
        let cache = try RecognizerAdaptation(model, stranger).cacheBytes(method)
        #expect((cache > 0) == (method.makesAdapter || method == .head))
    }
}
