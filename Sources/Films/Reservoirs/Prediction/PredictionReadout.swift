public import Failures
import LinearAlgebra
public import Origin

/// A trained continuous readout: how inputs drive the film, and the weights that make a prediction of its states.
///
/// On disk a folder with `readout.json` and `readout.safetensors`.
public struct PredictionReadout: Sendable, Equatable {
    public struct Card: Codable, Sendable, Equatable {
        /// "prediction", which tells it from a readout that names words.
        public var kind: String
        public var settings: PredictionSettings
        /// Labels of the channels that drive the film.
        public var inputs: [String]
        /// "device.stream channel".
        public var target: String
        /// Frames of the input stream a second.
        public var rate: Double
        /// Of each input, over the steps that were not held back.
        public var mean: [Double]
        public var deviation: [Double]
        /// Values of a state, and of a drive frame.
        public var nodes: Int
        public var channels: Int
        public var reservoir: String
        public var lambda: Double
        public var trainingSteps: Int
        /// On the steps that were held back to choose λ, the smallest among all λ; see ``PredictionTraining/Result/heldBackNRMSE``.
        public var heldBackNRMSE: Double
        public var provenance: Provenance?

        public init(
            settings: PredictionSettings, inputs: [String], target: String, rate: Double, mean: [Double], deviation: [Double],
            nodes: Int, channels: Int, reservoir: String, lambda: Double, trainingSteps: Int, heldBackNRMSE: Double
        ) {
            kind = Self.kindName
            (self.settings, self.inputs, self.target, self.rate) = (settings, inputs, target, rate)
            (self.mean, self.deviation, self.nodes, self.channels) = (mean, deviation, nodes, channels)
            (self.reservoir, self.lambda, self.trainingSteps) = (reservoir, lambda, trainingSteps)
            self.heldBackNRMSE = heldBackNRMSE
        }

        static let kindName = "prediction"
        /// Columns of its features.
        var width: Int { settings.features.width(nodes: nodes, inputs: inputs.count) }
    }

    public var card: Card
    /// One output.
    public var readout: LinearReadout

    public init(card: Card, readout: LinearReadout) {
        precondition(readout.weights.rows == card.width && readout.weights.columns == 1, "a weight for each column")
        (self.card, self.readout) = (card, readout)
    }
}

/// Why a continuous readout cannot be trained.
public enum PredictionError: Failure, Equatable {
    /// Steps with a target that can be learned from.
    case tooFewSteps(found: Int, needed: Int)
    /// A stretch whose inputs are not as many as its steps ask for.
    case inputs(found: Int, steps: Int, each: Int)
    /// A delay that no unbroken stretch is long enough for.
    case delay(Int, longest: Int)
    /// Sums of so many columns fit into no memory.
    case tooManyColumns(found: Int, most: Int)

    public var kind: FailureKind { .badInput }

    public var description: String {
        switch self {
        case .tooFewSteps(let found, let needed):
            "the recordings hold \(found) steps with a target, behind the washout of each unbroken stretch; expected \(needed) or more. "
                + "Record longer, or check that input and target were recorded"
        case .inputs(let found, let steps, let each):
            "a stretch of \(steps) steps has \(found) inputs; expected \(each) for each step. Give recordings of the same channels"
        case .delay(let delay, let longest):
            "a state of \(delay) steps ago is never there: the longest unbroken stretch of the recordings has \(longest) steps. "
                + "Take shorter delays, or record longer"
        case .tooManyColumns(let found, let most):
            "the readout has \(found) columns; expected \(most) or fewer. Take fewer delays, no squares, or fewer nodes"
        }
    }
}
