import LinearAlgebra
import SignalFeatures
import Signals

/// Trains a film's readout: drives the film with every training word as the live pipeline would, and fits its states to the
/// words by ridge regression. λ is chosen by generalised cross-validation.
public struct ReadoutTraining {
    public struct Settings: Sendable, Equatable {
        /// Field of each film of the array, tesla. A small field is linear, a large one is not: an array has both.
        public var fields_T: [Float] = [0.01, 0.02, 0.03, 0.06]
        public var parts = 5
        public var lookBack = 5
        public var lambdas = (-4...4).map { pow10($0) }
        public var seed: UInt64 = 1
        /// Whether the readout comes from singular values of the states, not of their squares.
        public var isExact = false

        public init() {}

        private static func pow10(_ exponent: Int) -> Double {
            (0..<abs(exponent)).reduce(1.0) { value, _ in exponent > 0 ? value * 10 : value / 10 }
        }
    }

    /// A word that was spoken.
    public struct Word: Sendable {
        /// Samples at the training's rate.
        public var samples: [Float]
        /// Index of its label.
        public var label: Int

        public init(samples: [Float], label: Int) {
            self.samples = samples
            self.label = label
        }
    }

    private let spoken: [Word]
    private let labels: [String]
    private let rate: Int
    private let reservoir: any Reservoir
    private let settings: Settings

    /// - Parameters:
    ///   - words: to train with.
    ///   - labels: the words that there are.
    ///   - rate: samples per second.
    public init(words: [Word], labels: [String], rate: Int, reservoir: any Reservoir, settings: Settings) {
        spoken = words
        self.labels = labels
        self.rate = rate
        self.reservoir = reservoir
        self.settings = settings
    }

    /// - Parameter progress: called after every word with the fraction done; returns false to stop.
    /// - Returns: the readout, or nil when it was stopped.
    /// - Throws: the reservoir's error, ``ReadoutError``, `LinearAlgebraError`.
    public func run(_ progress: (Double) -> Bool) throws -> FilmReadout? {
        let words = spoken.map { segment($0) }
        let statistics = Standardisation(of: words.flatMap(\.features), features: MelFrontEnd.cepstra)
        let cells = reservoir.inputs / settings.fields_T.count
        let mask = InputMask(
            inputs: MelFrontEnd.cepstra, cells: cells, fields_T: settings.fields_T, seed: settings.seed)
        let matrix = mask.makeMatrix()
        let width = settings.parts * reservoir.nodes
        var features = Matrix<Double>(rows: words.count, columns: width)
        var targets = Matrix<Double>(rows: words.count, columns: labels.count)
        for (row, word) in words.enumerated() {
            let pooled = try states(of: word, matrix, statistics, drive: mask.channels)
            for (k, value) in pooled.enumerated() { features[row, k] = Double(value) }
            targets[row, word.label] = 1
            guard progress(Double(row + 1) / Double(words.count)) else { return nil }
        }
        let path = try RidgePath(states: features, targets: targets, lambdas: settings.lambdas, isExact: settings.isExact)
        let fit = try path.chooseByCrossValidation().readout
        let outputs = try fit.predict(features)
        let right = words.indices.filter { row in
            let scores = outputs.row(row)
            return scores.indices.max { scores[$0] < scores[$1] }.map { $0 - scores.startIndex } == words[row].label
        }.count
        let card = FilmReadout.Card(
            labels: labels, mask: mask, mean: statistics.mean, deviation: statistics.deviation,
            parts: settings.parts, nodes: reservoir.nodes, lookBack: settings.lookBack, audioRate: rate,
            reservoir: reservoir.description, lambda: fit.lambda, conditionNumber: path.conditionNumber(fit.lambda),
            trainingUtterances: words.count, trainingAccuracy: Double(right) / Double(words.count))
        return FilmReadout(card: card, readout: fit)
    }

    private struct Segment {
        /// Shape `[frames, 13]`.
        var features: [Float]
        var label: Int
    }

    /// The longest stretch of speech in a word between silences, as the live segmenter finds it, with its look-back.
    private func segment(_ word: Word) -> Segment {
        let silence = [Float](repeating: 0, count: rate / 2)
        let (features, energies) = MelFrontEnd.features(of: silence + word.samples + silence, rate: rate)
        var segmenter = SpeechSegmenter()
        var best = 0..<0
        var begin: Int?
        for energy in energies {
            switch segmenter.next(energy: energy) {
            case .began(let first): begin = first
            case .ended(let last):
                if let first = begin, last - first >= best.count { best = max(0, first - settings.lookBack)..<last + 1 }
                begin = nil
            case nil: break
            }
        }
        // A word too quiet for the segmenter is taken whole.
        if best.isEmpty { best = 0..<energies.count }
        let cepstra = best.flatMap { frame in
            features[frame * MelFrontEnd.features..<frame * MelFrontEnd.features + MelFrontEnd.cepstra]
        }
        return Segment(features: cepstra, label: word.label)
    }

    private func states(
        of word: Segment, _ matrix: InputMask.Matrix, _ statistics: Standardisation, drive channels: Int
    ) throws -> [Float] {
        let inputs = MelFrontEnd.cepstra
        let steps = word.features.count / inputs
        var drive = [Float](repeating: 0, count: steps * channels)
        var frame = [Float](repeating: 0, count: inputs)
        for step in 0..<steps {
            for k in 0..<inputs { frame[k] = statistics.apply(word.features[step * inputs + k], feature: k) }
            frame.withUnsafeBufferPointer { frame in
                drive.withUnsafeMutableBufferPointer { drive in
                    matrix.setDrive(
                        frame, UnsafeMutableBufferPointer(rebasing: drive[step * channels..<(step + 1) * channels]))
                }
            }
        }
        try reservoir.reset(seed: settings.seed)
        let states = try reservoir.run(drive)
        return states.withUnsafeBufferPointer {
            StatePooling.pool($0, steps: steps, nodes: reservoir.nodes, parts: settings.parts)
        }
    }
}
