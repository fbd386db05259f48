import Foundation
import NeuralNetworks
import Recognition
import SignalFeatures
import Signals
import Testing

/// Two "words" that need no speech: tones of 400 and 1,500 Hz, each half a second or so.
private func tones(_ count: Int, seed: UInt64) -> [SpokenText] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { index in
        let word = index % 2
        let length = 3000 + random.integer(below: 2000)
        let step = 2 * Double.pi * (word == 0 ? 400 : 1500) / 8000
        let samples = (0..<length).map {
            Float(0.2 * sin(step * Double($0))) + 0.002 * Float(random.normal())
        }
        return SpokenText(samples: samples, rate: 8000, text: ["low", "high"][word])
    }
}

private func trained() throws -> RecognizerModel {
    var recipe = TrainingRecipe.words
    recipe.hidden = 24
    recipe.layers = 1
    recipe.epochs = 12
    recipe.batch = 4
    recipe.learningRate = 0.01
    let training = try RecognizerTraining(
        .init(units: Units(.words, texts: ["low", "high"]), training: tones(48, seed: 1), rate: 8000), recipe: recipe)
    return try #require(try training.run { _ in true })
}

/// Words in a signal, fed in pieces of `chunk` samples.
private func read(_ signal: [Float], _ model: RecognizerModel, chunk: Int) -> [StreamingRecognizer.Word] {
    let front = MelFrontEnd(rate: 8000)
    var recognizer = StreamingRecognizer(model)
    var words: [StreamingRecognizer.Word] = []
    for start in stride(from: 0, to: signal.count, by: chunk) {
        signal[start..<min(start + chunk, signal.count)].withUnsafeBufferPointer { piece in
            front.feed(piece) { features, _ in
                if let word = recognizer.step(audio: features, eeg: nil) { words.append(word) }
            }
        }
    }
    return words
}

@Suite struct RecognizerTests {
    /// Trained once for all tests.
    private static let shared = Result { try trained() }

    private let model: RecognizerModel
    private let signal: [Float]
    private let said: [Int]

    init() throws {
        model = try Self.shared.get()
        let words = tones(10, seed: 77)
        let silence = [Float](repeating: 0, count: 4000)
        signal = words.flatMap { silence + $0.samples } + silence + silence
        said = words.map { $0.text == "low" ? 0 : 1 }
    }

    @Test func `a small network learns two tones and reads them from a strip that it never heard`() {
        #expect(read(signal, model, chunk: 4096).map(\.index) == said)
    }

    @Test func `any split of the signal gives the same words in the same frames with the same bits`() {
        let whole = read(signal, model, chunk: signal.count)
        for chunk in [1, 37, 80, 1000] { #expect(read(signal, model, chunk: chunk) == whole) }
    }

    @Test func `a word is read after its end and within the label's window`() {
        let words = read(signal, model, chunk: 800)
        var end = 0
        var place = 0
        for word in tones(10, seed: 77) {
            end += 4000 + word.samples.count
            guard place < words.count else { break }
            // 100 frames a second; the window of 25 ms before and 8 frames of label window after, as trained.
            let frame = Double(words[place].frame)
            let seconds = Double(end) / 8000
            #expect(frame / 100 > seconds - 0.05 && frame / 100 < seconds + 0.1)
            place += 1
        }
        #expect(place == 10)
    }

    @Test func `training with the same seed gives the same bits`() throws {
        #expect(try trained().network.parameters == model.network.parameters)
    }

    @Test func `a model comes back from its folder as it was`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("larmor-model-\(UUID())")
            .path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try model.write(folder: folder)
        #expect(try RecognizerModel(folder: folder) == model)
        // Weights of another model of the same sizes.
        let card = try #require(FileManager.default.contents(atPath: folder + "/model.json"))
        var other = model
        other.network.parameters[0] += 1
        try other.write(folder: folder)
        try card.write(to: URL(fileURLWithPath: folder + "/model.json"))
        let mixed = #expect(throws: RecognizerModel.FileError.self) { try RecognizerModel(folder: folder) }
        #expect(mixed?.file == folder + "/model.safetensors" && mixed?.problem.contains("SHA-256") == true)
        try model.write(folder: folder)
        // Cut weights, then a missing file: each error names its file.
        let weights = folder + "/model.safetensors"
        let data = try #require(FileManager.default.contents(atPath: weights))
        try data.prefix(data.count - 5).write(to: URL(fileURLWithPath: weights))
        let cut = #expect(throws: RecognizerModel.FileError.self) { try RecognizerModel(folder: folder) }
        #expect(cut?.file == weights)
        try FileManager.default.removeItem(atPath: folder + "/model.json")
        let missing = #expect(throws: RecognizerModel.FileError.self) { try RecognizerModel(folder: folder) }
        #expect(missing?.file == folder + "/model.json")
    }
}
