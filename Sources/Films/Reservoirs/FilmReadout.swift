public import Failures
import Foundation
import LinearAlgebra

/// A trained readout of a film: how speech features drive it, and what its states mean.
///
/// On disk a folder with `readout.json` and `readout.bin` (weights as little-endian 32-bit floats, features × classes, then the
/// intercepts).
public struct FilmReadout: Sendable, Equatable {
    public struct Card: Codable, Sendable, Equatable {
        public var labels: [String]
        public var mask: InputMask
        /// Of the features that drive the film.
        public var mean: [Float]
        public var deviation: [Float]
        public var parts: Int
        public var nodes: Int
        /// Steps before the detected begin of speech that drive the film, too.
        public var lookBack: Int
        public var audioRate: Int
        public var reservoir: String
        public var lambda: Double
        public var conditionNumber: Double
        public var trainingUtterances: Int
        public var trainingAccuracy: Double

        public init(
            labels: [String], mask: InputMask, mean: [Float], deviation: [Float], parts: Int, nodes: Int, lookBack: Int,
            audioRate: Int, reservoir: String, lambda: Double, conditionNumber: Double, trainingUtterances: Int,
            trainingAccuracy: Double
        ) {
            self.labels = labels
            self.mask = mask
            self.mean = mean
            self.deviation = deviation
            self.parts = parts
            self.nodes = nodes
            self.lookBack = lookBack
            self.audioRate = audioRate
            self.reservoir = reservoir
            self.lambda = lambda
            self.conditionNumber = conditionNumber
            self.trainingUtterances = trainingUtterances
            self.trainingAccuracy = trainingAccuracy
        }
    }

    public struct FileError: Failure, Equatable {
        public var file: String
        public var problem: String
        public var kind: FailureKind { .badInput }

        public var description: String { "\(file): not a usable readout: \(problem)" }
    }

    public var card: Card
    /// Shape `[parts · nodes, labels]`.
    public var weights: [Float]
    public var intercept: [Float]

    public init(card: Card, regression: RidgeRegression) {
        self.card = card
        weights = regression.weights.values.map { Float($0) }
        intercept = regression.intercept.map { Float($0) }
    }

    /// The best class of an utterance, its score and the distance to the second best.
    /// - Parameter states: shape `[steps, nodes]`.
    public func classify(
        _ states: UnsafeBufferPointer<Float>, steps: Int
    ) -> (label: Int, score: Float, margin: Float) {
        let pooled = StatePooling.pool(states, steps: steps, nodes: card.nodes, parts: card.parts)
        let classes = card.labels.count
        var scores = intercept
        for (feature, value) in pooled.enumerated() {
            for k in 0..<classes { scores[k] += value * weights[feature * classes + k] }
        }
        var best = 0
        for k in 1..<max(1, classes) where scores[k] > scores[best] { best = k }
        let second = scores.indices.filter { $0 != best }.map { scores[$0] }.max() ?? scores[best]
        return (best, scores[best], scores[best] - second)
    }

    public func write(folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(card).write(to: URL(fileURLWithPath: folder + "/readout.json"), options: .atomic)
        var data = Data(capacity: 4 * (weights.count + intercept.count))
        for value in weights + intercept { withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
        try data.write(to: URL(fileURLWithPath: folder + "/readout.bin"), options: .atomic)
    }

    /// - Throws: ``FileError``.
    public init(folder: String) throws(FileError) {
        let cardFile = folder + "/readout.json"
        guard let json = FileManager.default.contents(atPath: cardFile) else {
            throw FileError(file: cardFile, problem: "there is no such file; `larmor train readout` makes one")
        }
        do {
            card = try JSONDecoder().decode(Card.self, from: json)
        } catch {
            throw FileError(file: cardFile, problem: "\(error)")
        }
        let file = folder + "/readout.bin"
        let classes = card.labels.count
        let rows = card.parts.multipliedReportingOverflow(by: card.nodes)
        guard classes > 0, card.parts > 0, card.nodes > 0, !rows.overflow, rows.partialValue < 1 << 26,
            card.mean.count == card.mask.inputs, card.deviation.count == card.mask.inputs
        else { throw FileError(file: cardFile, problem: "its sizes do not fit together") }
        let count = (rows.partialValue + 1) * classes
        guard let data = FileManager.default.contents(atPath: file), data.count == 4 * count else {
            throw FileError(file: file, problem: "expected \(4 * count) bytes")
        }
        let values = data.withUnsafeBytes { bytes in
            (0..<count).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
        weights = Array(values[..<(count - classes)])
        intercept = Array(values[(count - classes)...])
    }
}
