public import Failures
import Foundation
import LinearAlgebra
public import Origin

/// A trained readout of a film: how speech features drive it, and what its states mean.
///
/// On disk a folder with `readout.json` and `readout.safetensors` (see ``FilmReadout/write(folder:)``).
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
        /// Who made it, how, and from what; absent in readouts of 0.1.
        public var provenance: Provenance?

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
        /// Whether there is no file of that name.
        public var isMissing = false
        /// Whether it is there and is a folder, or may not be read.
        private var isClosed = false
        public var kind: FailureKind { isMissing || isClosed ? .missingInput : .badInput }

        public var description: String { "\(file): not a usable readout: \(problem)" }

        /// A file that could not be read.
        init(unreadable file: String) {
            isMissing = !FileManager.default.fileExists(atPath: file)
            isClosed = FailureKind.ofInput(at: file) == .missingInput
            self.file = file
            problem =
                isMissing
                ? "there is no such file; `larmor train readout` makes one" : "it cannot be read, or is no regular file"
        }

        init(file: String, problem: String) { (self.file, self.problem) = (file, problem) }
    }

    public var card: Card
    /// Shape `[parts · nodes, labels]`.
    public var weights: [Float]
    public var intercept: [Float]

    /// - Parameters:
    ///   - weights: shape `[parts · nodes, labels]`.
    ///   - intercept: one value per label.
    init(card: Card, weights: [Float], intercept: [Float]) {
        self.card = card
        self.weights = weights
        self.intercept = intercept
    }

    /// - Parameter readout: from `parts · nodes` values to as many outputs as there are labels.
    public init(card: Card, readout: LinearReadout) {
        self.card = card
        weights = readout.weights.values.map { Float($0) }
        intercept = readout.intercept.map { Float($0) }
    }

    /// Classes, the one with the largest score first; of equals the one with the lower index.
    public static func ranking(_ scores: [Float]) -> [Int] {
        scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    }

    /// The readout's output for each class.
    /// - Parameter states: shape `[steps, nodes]`.
    public func scores(_ states: UnsafeBufferPointer<Float>, steps: Int) -> [Float] {
        let pooled = StatePooling.pool(states, steps: steps, nodes: card.nodes, parts: card.parts)
        let classes = card.labels.count
        var scores = intercept
        for (feature, value) in pooled.enumerated() {
            for k in 0..<classes { scores[k] += value * weights[feature * classes + k] }
        }
        return scores
    }
}
