import Foundation
import NeuralNetworks
import Recognition
import Testing

/// A model folder that version 0.1.0 wrote: an untrained network of two layers, and what that version's program heard with it.
@Suite struct OldModelTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Models-0.1.0/words"

    @Test func `a model of version 0_1_0 opens, and hears what it heard then`() throws {
        let model = try RecognizerModel(folder: Self.folder)
        #expect(
            model.card.words == ["low", "high"]
                && model.card.shape == .words(WordsShape(inputs: 39, hidden: 3, layers: 2, outputs: 3)))
        var recognizer = StreamingRecognizer(model)
        var state = model.network.initialState()
        var logits: [Float] = [0, 0, 0]
        var words: [StreamingRecognizer.Word] = []
        for t in 0..<40 {
            let frame = (39 * t..<39 * t + 39).map { i -> Float in
                let whole = (i * 37 + i / 39 * 11 + 5) % 101 - 50
                return Float(whole) / 10
            }
            var output = logits.mutableSpan
            model.network.step(frame.span, state: &state, into: &output)
            frame.withUnsafeBufferPointer { if let word = recognizer.step(audio: $0, eeg: nil) { words.append(word) } }
        }
        for (found, then) in zip(logits, [-0.39284295, -0.31694767, 0.22613141] as [Float]) {
            #expect(abs(found - then) < 1e-5)
        }
        #expect(words.map(\.index) == [1] && words.map(\.frame) == [0])
        #expect(abs(words[0].logProbability + 0.66911083) < 1e-5)
    }

    @Test func `a model whose tensors are another network's is an error that names the file and the tensor`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/larmor-model-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.copyItem(atPath: Self.folder, toPath: folder)
        let card = URL(fileURLWithPath: folder + "/model.json")
        let text = String(decoding: try Data(contentsOf: card), as: UTF8.self)
        try Data(text.replacingOccurrences(of: "\"hidden\" : 3", with: "\"hidden\" : 4").utf8).write(to: card)
        let error = #expect(throws: RecognizerModel.FileError.self) { try RecognizerModel(folder: folder) }
        #expect(error?.file == folder + "/model.safetensors")
        #expect(error?.problem.contains("gru.weight_ih_l0") == true)
    }
}
