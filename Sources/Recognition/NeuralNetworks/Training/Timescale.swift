public import Failures

/// How long a training remembers its updates: weight decay as a time.
///
/// With decoupled decay the weights are a moving average of the updates; each counts for about τ = 1 / (η λ) iterations.
///
///     w ← (1 − η λ) w − η m̂ / (√v̂ + ε)     is     w ← (1 − 1/τ) w + (1/τ) q,   q = −(1/λ) m̂ / (√v̂ + ε)
///
/// A good τ in epochs stays about the same when the data or the network grow; λ does not. Below an epoch the average leaves out data,
/// above the whole training it keeps the random beginning.
///
/// - Source: after X. Wang, L. Aitchison, "How to set AdamW's weight decay as you scale model and dataset size", arXiv:2405.13698.
public struct Timescale: Sendable, Equatable, CustomStringConvertible {
    public enum Unit: String, Sendable, CaseIterable {
        /// Passes over the training data.
        case epochs
        /// Steps of the optimiser.
        case iterations
        /// Minutes of the recordings that it is trained on, pauses between them left out.
        case minutes

        fileprivate var names: [String] { [rawValue, String(rawValue.dropLast()), String(rawValue.prefix(3))] }
    }

    public let value: Double
    public let unit: Unit

    /// - Throws: ``TimescaleError`` when the value is not a number above 0.
    public init(_ value: Double, _ unit: Unit) throws(TimescaleError) {
        guard value > 0, value.isFinite else { throw .notPositive(value) }
        (self.value, self.unit) = (value, unit)
    }

    /// Of a text as `8 epochs`, `8epochs`, `4000 iterations` or `30 minutes`; a number alone counts epochs.
    public init(_ text: String) throws(TimescaleError) {
        let text = text.trimmingSpaces()
        if let epochs = Double(text) {
            try self.init(epochs, .epochs)
            return
        }
        let word = String(text.reversed().prefix { $0.isLetter }.reversed())
        let unit = Unit.allCases.first { $0.names.contains(word) }
        guard let unit, let value = Double(text.dropLast(word.count).trimmingSpaces()) else {
            throw .unreadable(String(text))
        }
        try self.init(value, unit)
    }

    public var description: String { "\(value.formattedShort) \(unit)" }

    /// τ in iterations.
    /// - Throws: ``TimescaleError`` when it is less than one iteration, or minutes of data without a length.
    public func iterations(_ extent: TrainingExtent) throws(TimescaleError) -> Double {
        let iterations: Double
        switch unit {
        case .iterations: iterations = value
        case .epochs: iterations = value * extent.iterationsPerEpoch
        case .minutes:
            guard let minutes = extent.minutesPerEpoch, minutes > 0 else { throw .noMinutes }
            iterations = value / minutes * extent.iterationsPerEpoch
        }
        guard iterations >= 1 else { throw .underOneIteration(self, iterations) }
        return iterations
    }

    /// λ in PyTorch's convention: 1 / (η τ).
    /// - Parameter learningRate: the largest of the schedule.
    public func weightDecay(learningRate: Double, _ extent: TrainingExtent) throws(TimescaleError) -> Double {
        guard learningRate > 0, learningRate.isFinite else { throw .learningRate(learningRate) }
        return 1 / (learningRate * (try iterations(extent)))
    }
}

/// How much a training sees: what turns a timescale into a weight decay.
public struct TrainingExtent: Sendable, Equatable {
    /// Steps of the optimiser in one pass over the data: examples / batch.
    public var iterationsPerEpoch: Double
    public var epochs: Double
    /// Length of the recordings in one pass; nil for data without a length.
    public var minutesPerEpoch: Double?

    /// - Precondition: at least one iteration and one epoch.
    public init(iterationsPerEpoch: Double, epochs: Double, minutesPerEpoch: Double? = nil) {
        precondition(iterationsPerEpoch > 0 && epochs > 0, "a training has iterations and epochs")
        (self.iterationsPerEpoch, self.epochs, self.minutesPerEpoch) = (iterationsPerEpoch, epochs, minutesPerEpoch)
    }

    /// All steps, as a whole number.
    public var iterations: Int { max(1, Int((iterationsPerEpoch * epochs).rounded())) }
}

/// A timescale or a scaling that cannot be.
public enum TimescaleError: Failure, Equatable {
    case notPositive(Double)
    case underOneIteration(Timescale, Double)
    case unreadable(String)
    case noMinutes
    case learningRate(Double)
    case scale(String)

    public var kind: FailureKind { .usage }

    public var description: String {
        switch self {
        case .notPositive(let value): "a timescale of \(value): expected a number above 0, for example 8 epochs"
        case .underOneIteration(let timescale, let iterations):
            "a timescale of \(timescale) is \(iterations.formattedShort) iterations: expected at least 1, or nothing would be remembered"
        case .unreadable(let text):
            "a timescale of “\(text.prefix(80))”: expected a number and epochs, iterations or minutes, for example “8 epochs”"
        case .noMinutes: "a timescale in minutes needs data with a length: give epochs or iterations"
        case .learningRate(let rate): "a learning rate of \(rate): expected a number above 0"
        case .scale(let text):
            "a scale of “\(text.prefix(80))”: expected data, width and batch with factors above 0, for example data=8x,width=4x,batch=2x"
        }
    }

    public static func == (a: TimescaleError, b: TimescaleError) -> Bool { a.description == b.description }
}

extension Double {
    /// For messages: without a fraction that is 0, and with no more digits than a `Float` has.
    var formattedShort: String {
        let short = "\(Float(self))"
        return short.hasSuffix(".0") ? String(short.dropLast(2)) : short
    }
}

extension StringProtocol {
    fileprivate func trimmingSpaces() -> SubSequence {
        var text = drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }
}
