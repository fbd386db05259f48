import Failures
import Foundation
import Origin
import Outputs
import TensorFiles

extension FilmReadout {
    private static let cardName = "/readout.json"
    private static let weightsName = "/readout.safetensors"
    /// Before 0.2: little-endian 32-bit floats, weights and then the intercepts, without names or shapes.
    private static let oldWeightsName = "/readout.bin"

    /// Writes a folder with the card, `readout.json`, and `readout.safetensors`: the tensors `weights`, shape
    /// `[parts · nodes, labels]`, and `intercept`, shape `[labels]`, so that an utterance's scores are
    /// `pooled @ weights + intercept` in NumPy.
    public func write(folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let classes = intercept.count
        let file = SafeTensors(tensors: [
            "weights": .init(shape: [weights.count / max(1, classes), classes], weights),
            "intercept": .init(shape: [classes], intercept),
        ])
        try OutputFile.write([UInt8](try file.encoded()), to: folder + Self.weightsName, inSession: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try OutputFile.write([UInt8](try encoder.encode(card)), to: folder + Self.cardName, inSession: true)
        // The weights of an older readout in the same folder would not fit the new card.
        let old = folder + Self.oldWeightsName
        if FileManager.default.fileExists(atPath: old) { try FileManager.default.removeItem(atPath: old) }
    }

    /// Reads a folder that this or an earlier version wrote.
    /// - Throws: ``FileError`` that names the file and what is wrong with it.
    public init(folder: String) throws(FileError) {
        let cardFile = folder + Self.cardName
        guard let json = RegularFile.contents(cardFile) else {
            throw FileError(unreadable: cardFile)
        }
        let card: Card
        do {
            card = try JSONDecoder().decode(Card.self, from: json)
        } catch {
            throw FileError(file: cardFile, problem: DecodingFault(error).description)
        }
        if let problem = card.problem { throw FileError(file: cardFile, problem: problem) }
        let (weights, intercept) = try Self.weights(folder, features: card.parts * card.nodes, classes: card.labels.count)
        guard weights.allSatisfy(\.isFinite), intercept.allSatisfy(\.isFinite) else {
            throw FileError(file: folder + Self.weightsName, problem: "a weight is not a finite number")
        }
        self.init(card: card, weights: weights, intercept: intercept)
    }

    private static func weights(
        _ folder: String, features: Int, classes: Int
    ) throws(FileError) -> (weights: [Float], intercept: [Float]) {
        let file = folder + weightsName
        guard let data = RegularFile.contents(file) else {
            return try oldWeights(folder, features: features, classes: classes)
        }
        do throws(SafeTensors.FileError) {
            let tensors = try SafeTensors(data, name: file)
            return (
                try tensors.floats("weights", shape: [features, classes], file: file),
                try tensors.floats("intercept", shape: [classes], file: file)
            )
        } catch {
            throw FileError(file: file, problem: error.problem)
        }
    }

    private static func oldWeights(
        _ folder: String, features: Int, classes: Int
    ) throws(FileError) -> (weights: [Float], intercept: [Float]) {
        let file = folder + oldWeightsName
        guard let data = RegularFile.contents(file) else {
            throw FileError(unreadable: folder + weightsName)
        }
        let count = (features + 1) * classes
        guard data.count == 4 * count else {
            throw FileError(file: file, problem: "expected \(4 * count) bytes, found \(data.count)")
        }
        let values = data.withUnsafeBytes { bytes in
            (0..<count).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
        return (Array(values.dropLast(classes)), Array(values.suffix(classes)))
    }
}

extension FilmReadout.Card {
    /// What is wrong with a card that came from a file; nil when fields and scores can be made with it.
    fileprivate var problem: String? {
        guard !labels.isEmpty, labels.count <= 10_000, Set(labels).count == labels.count else {
            return "its labels are none, too many or not all different"
        }
        guard (1...1000).contains(parts), (1...100_000).contains(nodes) else {
            return "\(parts) parts of \(nodes) nodes; expected up to 1,000 parts of up to 100,000 nodes"
        }
        guard mask.isPossible else { return "an input mask that no film array has" }
        guard mean.count == mask.inputs, deviation.count == mask.inputs, mean.allSatisfy(\.isFinite),
            deviation.allSatisfy({ $0.isFinite && $0 > 0 })
        else { return "its features' means and deviations do not fit, or a deviation is not above 0" }
        guard (8000...192_000).contains(audioRate) else { return "an audio rate of \(audioRate) Hz; expected 8,000 … 192,000" }
        guard (0...10_000).contains(lookBack) else { return "a look-back of \(lookBack) steps" }
        return nil
    }
}
