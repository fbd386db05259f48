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
            throw FileError(file: cardFile, problem: "there is no such file; `larmor train readout` makes one")
        }
        let card: Card
        do {
            card = try JSONDecoder().decode(Card.self, from: json)
        } catch {
            throw FileError(file: cardFile, problem: DecodingFault(error).description)
        }
        let rows = card.parts.multipliedReportingOverflow(by: card.nodes)
        guard !card.labels.isEmpty, card.parts > 0, card.nodes > 0, !rows.overflow, rows.partialValue < 1 << 26,
            card.mean.count == card.mask.inputs, card.deviation.count == card.mask.inputs
        else { throw FileError(file: cardFile, problem: "its sizes do not fit together") }
        let (weights, intercept) = try Self.weights(folder, features: rows.partialValue, classes: card.labels.count)
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
            throw FileError(file: folder + weightsName, problem: "there is no such file; `larmor train readout` makes one")
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
