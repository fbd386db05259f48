import Foundation
import NeuralNetworks
import Recognition
import SignalFeatures
import Signals
import TensorFiles
import Testing

/// Three "words" that need no speech: tones, each with overtones so that a stretched spectrum is still like it.
func toneWords(_ count: Int, seed: UInt64, speaker: String = "a") -> [SpokenText] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { index in
        let word = index % 3
        let length = 1600 + random.integer(below: 1600)
        let step = 2 * Double.pi * [350, 900, 2200][word] / 8000
        let samples = (0..<length).map { i -> Float in
            let place = Double(i)
            return Float(0.15 * sin(step * place) + 0.05 * sin(1.5 * step * place)) + 0.001 * Float(random.normal())
        }
        return SpokenText(samples: samples, rate: 8000, text: ["low", "mid", "high"][word], speaker: speaker)
    }
}

private func smallLive(epochs: Int) -> TrainingRecipe {
    var recipe = TrainingRecipe.live
    recipe.hidden = 16
    recipe.layers = 1
    recipe.planes = [2]
    recipe.epochs = epochs
    recipe.batch = 4
    recipe.learningRate = 0.01
    recipe.wordsPerString = 1...3
    recipe.perturbation?.warp = 0.97...1.03
    recipe.perturbation?.ratio_dB = 15...30
    return recipe
}

private func data(_ recipe: TrainingRecipe, validation: Int = 9) throws -> RecognizerTraining {
    try RecognizerTraining(
        .init(
            units: Units(.words, spelling: ["low", "mid", "high"]),
            training: toneWords(48, seed: 1) + toneWords(24, seed: 2, speaker: "b"),
            validation: toneWords(validation, seed: 3), rate: 8000),
        recipe: recipe)
}

@Suite struct RecognizerTrainingTests {
    @Test func `the preset live learns three tones among changed voices and noise, and reads new ones after their end`() throws
    {
        let training = try data(smallLive(epochs: 40))
        let model = try #require(try training.run { _ in true })
        #expect(model.card.shape.preset == .live && model.card.audioFeatures == .bands)
        #expect((model.card.validationErrorRate ?? 1) < 0.15)
        #expect((model.card.validationLoss ?? .infinity) < 3)
        #expect(model.card.speakers == ["a", "b"] && model.card.texts?.count == 3)
        let readings = try #require(RecognizerEvaluation(model, rate: 8000).read(toneWords(30, seed: 9)))
        let errors = readings.reduce(WordErrors()) { $0 + $1.words }
        #expect(errors.reference == 30 && errors.rate < 0.15, "\(errors)")
        // The control: noise of the same power says nothing about the words.
        let control = try #require(RecognizerEvaluation(model, rate: 8000).read(toneWords(30, seed: 9), replaced: true))
        #expect(control.reduce(WordErrors()) { $0 + $1.words }.rate > 0.5)
    }

    @Test(arguments: [TrainingRecipe.Kind.words, .live])
    func `a training that was interrupted after any epoch goes on to the same bits`(kind: TrainingRecipe.Kind) throws {
        var recipe = kind.small
        recipe.epochs = 3
        var kept: [TrainingCheckpoint] = []
        let whole = try #require(try data(recipe).run(epochEnded: { kept.append($0) }) { _ in true })
        #expect(kept.count == 3)
        let folder = FileManager.default.temporaryDirectory.path + "/larmor-checkpoint-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for epoch in 0..<2 {
            let path = folder + "/\(epoch).safetensors"
            try kept[epoch].write(path, fingerprint: "x")
            let training = try data(recipe)
            let read = try TrainingCheckpoint(path, fingerprint: "x", parameters: training.parameterCount)
            #expect(read == kept[epoch])
            let resumed = try #require(try training.run(from: read) { _ in true })
            #expect(resumed == whole)
        }
        // Another training's, and a damaged one.
        let path = folder + "/0.safetensors"
        #expect(throws: SafeTensors.FileError.self) {
            try TrainingCheckpoint(path, fingerprint: "y", parameters: whole.network.parameters.count)
        }
        #expect(throws: SafeTensors.FileError.self) { try TrainingCheckpoint(path, fingerprint: "x", parameters: 5) }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        for cut in [0, 7, 100, bytes.count - 1] {
            try bytes.prefix(cut).write(to: URL(fileURLWithPath: path))
            #expect(throws: SafeTensors.FileError.self) {
                try TrainingCheckpoint(path, fingerprint: "x", parameters: whole.network.parameters.count)
            }
        }
    }

    @Test func `a checkpoint with a changed number is refused`() throws {
        var kept: [TrainingCheckpoint] = []
        let training = try data(smallLive(epochs: 1))
        _ = try training.run(epochEnded: { kept.append($0) }) { _ in true }
        let path = FileManager.default.temporaryDirectory.path + "/larmor-damaged-\(UUID()).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        for value in [Float.nan, kept[0].parameters[7].nextUp] {
            try kept[0].write(path, fingerprint: "x")
            var file = try SafeTensors(Data(contentsOf: URL(fileURLWithPath: path)), name: path)
            var parameters = kept[0].parameters
            parameters[7] = value
            file.tensors["parameters"] = SafeTensors.Tensor(shape: [parameters.count], parameters)
            try Data(file.encoded()).write(to: URL(fileURLWithPath: path))
            #expect(throws: SafeTensors.FileError.self) {
                try TrainingCheckpoint(path, fingerprint: "x", parameters: training.parameterCount)
            }
        }
    }

    @Test func `patience ends a training that gets no better, and the best epoch is kept`() throws {
        var recipe = smallLive(epochs: 30)
        recipe.patience = 2
        // Nothing is learned at this rate.
        recipe.learningRate = 0
        var epochs = 0
        var first: [Float] = []
        let model = try #require(
            try data(recipe).run(epochEnded: { state in
                epochs = state.epoch
                if first.isEmpty { first = state.parameters }
            }) { _ in true })
        // Equal results are no better ones: the first epoch's stands, and two more were waited for.
        #expect(epochs == 3 && model.network.parameters == first)
    }

    @Test func `a text that the units cannot spell is an error with the word`() throws {
        let error = try #require(throws: Units.SpellingError.self) {
            try RecognizerTraining(
                .init(units: Units(.words, texts: ["low"]), training: toneWords(3, seed: 1), rate: 8000), recipe: .words)
        }
        #expect(error.unknown == "mid")
    }

    @Test func `sentences of characters are trained without windows`() throws {
        var recipe = smallLive(epochs: 2)
        recipe.labelWindow = 5
        let sentences = toneWords(12, seed: 4).map { word -> SpokenText in
            var sentence = word
            sentence.text = "ab c"
            sentence.samples += word.samples
            return sentence
        }
        let training = try RecognizerTraining(
            .init(units: Units(.characters, spelling: ["ab c"]), training: sentences, rate: 8000), recipe: recipe)
        let model = try #require(try training.run { _ in true })
        #expect(model.card.labelWindow == 0 && model.card.words == [" ", "a", "b", "c"])
        #expect(model.card.finalLoss.isFinite)
    }
}

extension TrainingRecipe {
    /// A recipe that a test can afford.
    enum Kind: String, Sendable {
        case words, live

        var small: TrainingRecipe {
            if self == .live { return smallLive(epochs: 3) }
            var recipe = TrainingRecipe.words
            (recipe.hidden, recipe.layers, recipe.batch) = (12, 1, 8)
            return recipe
        }
    }
}

@Suite struct RecipeTests {
    @Test func `a recipe without a timescale has the fingerprint of before there were any`() throws {
        var recipe = TrainingRecipe.words
        #expect(!recipe.fingerprint.contains("timescale") && recipe.fingerprint.contains("seed: 1"))
        #expect(recipe.fingerprint.hasSuffix("patience: nil, seed: 1)"))
        recipe.timescale = try Timescale(8, .epochs)
        #expect(recipe.fingerprint.contains("8 epochs"))
    }
}
