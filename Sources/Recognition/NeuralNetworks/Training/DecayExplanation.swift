/// What a weight decay means for a training: how long it remembers, and how others would write it.
public struct DecayExplanation: Sendable, Equatable, Codable {
    /// τ, in several units.
    public struct Time: Sendable, Equatable, Codable {
        /// nil without decay: nothing is ever forgotten.
        public var iterations: Double?
        public var epochs: Double?
        /// Of recordings; nil where their length is not known.
        public var minutes: Double?
    }

    /// The same setting in the words of other programs.
    public struct Conventions: Sendable, Equatable, Codable {
        /// `weight_decay` of `torch.optim.AdamW`: times the learning rate of the step. It decays all parameters that it is given.
        public var torch: Double
        /// Where the decay is not multiplied by the learning rate, only by the schedule's share of its maximum.
        public var decoupled: Double
        /// `weight_decay` of `optax.adamw`, as in PyTorch; the rule of what decays is its `mask`.
        public var optax: Double
    }

    /// Largest of the schedule.
    public var learningRate: Double
    /// λ in PyTorch's convention.
    public var weightDecay: Double
    public var timescale: Time
    public var epochs: Double
    public var iterationsPerEpoch: Double
    /// κ = Σ ηₜ λ: how many timescales the training lasts.
    public var timescales: Double
    /// Share of the weights' beginning that is left at the end, Π (1 − ηₜ λ).
    public var initialShareLeft: Double
    /// How many updates of equal weight average as much as those that are left do, (Σ w)² / Σ w²; 0 without decay.
    public var effectiveUpdates: Double
    /// Mean age at the end of the updates that are averaged, iterations; nil without decay.
    public var meanAge: Double?
    public var conventions: Conventions
    /// What speaks against the setting.
    public var warnings: [String]

    /// - Parameters:
    ///   - weightDecay: λ in PyTorch's convention, 0 or more.
    ///   - learningRate: largest of the schedule.
    ///   - extent: how much the training sees.
    ///   - rates: the learning rate of each step; nil for a constant one.
    public init(weightDecay: Double, learningRate: Double, _ extent: TrainingExtent, rates: [Double]? = nil) {
        let rates = rates ?? [Double](repeating: learningRate, count: extent.iterations)
        let memory = UpdateWeights(rates: rates, weightDecay: weightDecay)
        self.learningRate = learningRate
        self.weightDecay = weightDecay
        (epochs, iterationsPerEpoch) = (extent.epochs, extent.iterationsPerEpoch)
        let share = learningRate * weightDecay
        let iterations = share > 0 ? 1 / share : nil
        timescale = Time(
            iterations: iterations, epochs: iterations.map { $0 / extent.iterationsPerEpoch },
            minutes: iterations.flatMap { count in extent.minutesPerEpoch.map { count / extent.iterationsPerEpoch * $0 } })
        timescales = rates.reduce(0) { $0 + $1 * weightDecay }
        initialShareLeft = memory.initial
        effectiveUpdates = memory.effectiveCount
        meanAge = memory.meanAge
        conventions = Conventions(torch: weightDecay, decoupled: share, optax: weightDecay)
        warnings = Self.warnings(timescale.epochs, extent)
    }

    private static func warnings(_ epochs: Double?, _ extent: TrainingExtent) -> [String] {
        guard let epochs else {
            return [
                "without weight decay no update is forgotten: a timescale of 1 to \(extent.epochs.formattedShort) epochs is usual"
            ]
        }
        // A timescale of exactly one epoch is none below it, whatever the rounding of λ.
        if epochs < 1 - 1e-6 {
            return [
                "the timescale of \(epochs.formattedShort) epochs is below 1: the weights are no average over all data; a larger timescale "
                    + "or a smaller decay"
            ]
        }
        if epochs > extent.epochs * (1 + 1e-6) {
            return [
                "the timescale of \(epochs.formattedShort) epochs is longer than the training (\(extent.epochs.formattedShort)): early updates "
                    + "and the random beginning are not forgotten; a smaller timescale or a larger decay"
            ]
        }
        return []
    }
}

/// How much each update of a training is worth in the final weights: the moving average that decay makes of them, unrolled.
///
///     w_T = Π (1 − aₜ) w_0 + Σᵢ [aᵢ Π_{j > i} (1 − aⱼ)] qᵢ        with aₜ = ηₜ λ; all shares add up to 1
///
/// An exact identity for any schedule.
public struct UpdateWeights: Sendable, Equatable {
    /// Share of the beginning.
    public let initial: Double
    /// Share of each update, first to last.
    public let updates: [Double]

    public init(rates: [Double], weightDecay: Double) {
        var left = 1.0
        var updates = [Double](repeating: 0, count: rates.count)
        for i in rates.indices.reversed() {
            let share = rates[i] * weightDecay
            updates[i] = share * left
            left *= 1 - share
        }
        (initial, self.updates) = (left, updates)
    }

    /// (Σ w)² / Σ w²; 0 when no update is left.
    public var effectiveCount: Double {
        let (sum, squares) = updates.reduce(into: (0.0, 0.0)) { $0 = ($0.0 + $1, $0.1 + $1 * $1) }
        return squares > 0 ? sum * sum / squares : 0
    }

    /// Σ w · age / Σ w, the last update being of age 0; nil when no update is left.
    public var meanAge: Double? {
        let sum = updates.reduce(0, +)
        guard sum > 0 else { return nil }
        return updates.enumerated().reduce(0.0) { $0 + $1.element * Double(updates.count - 1 - $1.offset) } / sum
    }
}
