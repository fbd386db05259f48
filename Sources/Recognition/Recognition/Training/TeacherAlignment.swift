import Dispatch
import NeuralNetworks
import SignalFeatures

/// Finds with a trained recogniser where in a sound each unit of its text ends.
///
/// A teacher that reads the whole sound (preset `teacher`) says it best. A training then allows each label only shortly after that
/// (``SpokenText/unitEnds``), as it does for single words that were joined.
public struct TeacherAlignment: Sendable {
    private let model: RecognizerModel
    private let rate: Int

    /// - Parameters:
    ///   - model: its units have to be of the same kind as those of the training.
    ///   - rate: of the sounds; it has to be the model's.
    public init(_ model: RecognizerModel, rate: Int) {
        precondition(rate == model.card.audioRate, "sound of another rate than the model's")
        (self.model, self.rate) = (model, rate)
    }

    /// The utterances with their ``SpokenText/unitEnds``.
    /// - Throws: `CTCTrainingError` for the first utterance that the teacher's frames cannot hold; ``Units/SpellingError`` for a text that
    ///   it cannot spell.
    public func align(_ utterances: [SpokenText]) throws -> [SpokenText] {
        var results = [Result<[Int], any Error>](repeating: .success([]), count: utterances.count)
        results.withUnsafeMutableBufferPointer { slots in
            nonisolated(unsafe) let slots = slots  // Each iteration writes its own slot only.
            DispatchQueue.concurrentPerform(iterations: utterances.count) { index in
                slots[index] = Result { try unitEnds(of: utterances[index], index) }
            }
        }
        return try zip(utterances, results).map { utterance, result in
            var copy = utterance
            copy.unitEnds = try result.get()
            return copy
        }
    }

    private func unitEnds(of utterance: SpokenText, _ index: Int) throws -> [Int] {
        let labels = try model.card.units.labels(of: utterance.text)
        let hop = rate / 100
        // A little silence behind, as the teacher was trained with.
        let sound = utterance.samples + [Float](repeating: 0, count: 10 * hop)
        let audio = MelFrontEnd.features(of: sound, rate: rate, options: model.card.audioFeatures)
        let (width, own) = (model.card.shape.inputs, model.card.audioFeatures.features)
        let frames = audio.energies.count
        // Without EEG its features have their mean, which is 0.
        var features = [Float](repeating: 0, count: frames * width)
        for t in 0..<frames {
            for k in 0..<own {
                features[t * width + k] = model.card.standardisation.apply(audio.features[t * own + k], feature: k)
            }
        }
        let logits = CTCTraining.logits(model.network, features: features, frames: frames)
        do {
            let found = try CTCAlignment(
                logits: logits, units: model.network.outputs, target: labels, blank: RecognizerModel.blank)
            let stride = model.network.layers.stride
            return found.labels.map { min(utterance.samples.count, ($0.upperBound + 1) * stride * hop) }
        } catch {
            throw CTCTrainingError(utterance: index, reason: error)
        }
    }
}

extension RecognizerModel {
    /// A model that tells a training where its units stand.
    /// - Parameters:
    ///   - units: of the training.
    ///   - rate: of its sounds.
    /// - Throws: ``FileError`` when it cannot be read, has units of another kind, or reads sound of another rate.
    public init(teacher folder: String, units: Units.Kind, rate: Int) throws(FileError) {
        try self.init(folder: folder, isLive: false)
        let file = folder + "/model.json"
        guard card.units.kind == units else {
            throw FileError(
                file: file, problem: "its units are \(card.units.kind.rawValue), those of the training are \(units.rawValue)")
        }
        guard card.audioRate == rate else {
            throw FileError(file: file, problem: "it reads sound at \(card.audioRate) Hz, the training's has \(rate) Hz")
        }
    }
}
